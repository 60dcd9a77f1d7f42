"""The forms of queries, the words for products and the elements of texts."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shangsou.lexicon.lexicon import Lexicon
from shangsou.lexicon.product_types import ProductTypes, TypeSpace
from tests.fixtures.lexicon import build_lexicon
from tests.training.pairs.shop import VOCABULARY
from training.pairs.query_forms import DEFAULT_FORMS, learn_forms
from training.pairs.shop_products import ShopProduct
from training.pairs.text_elements import find_elements
from training.pairs.type_words import find_type_words

NAMES = ("连衣裙", "跑鞋", "水器", "女装")


@pytest.fixture
def lexicon(tmp_path: Path) -> Lexicon:
    """Return a lexicon that knows four product types."""
    types = ProductTypes(
        names=NAMES,
        counts=np.array([9, 9, 9, 9], np.int32),
        leaves=frozenset(),
        wider={},
        products=36,
        accessories=frozenset(),
        space=TypeSpace(np.eye(4, dtype=np.float32), np.zeros(4, np.float32)),
        centroids=np.eye(4, dtype=np.float32),
    )
    return replace(build_lexicon(tmp_path, {"连衣裙": 1}), product_types=types, facts=VOCABULARY)


def test_a_text_is_cut_into_its_type_and_its_facts_in_order():
    found = find_elements("nike跑鞋 男 42码 黑色", "跑鞋", VOCABULARY)
    assert [(element.kind, element.text) for element in found] == [
        ("brand", "nike"),
        ("type", "跑鞋"),
        ("audience", "男"),
        ("size", "42码"),
        ("colour", "黑色"),
    ]


def test_forms_are_those_of_queries_that_hold_a_type_and_facts_alone(
    lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("training.pairs.query_forms._MIN_QUERIES", 3)
    queries = ["真丝连衣裙"] * 60 + ["连衣裙 红色"] * 40 + ["连衣裙女"] * 10
    # Without facts, with a word that is none, and without a type.
    others = ["连衣裙"] * 20 + ["漂亮连衣裙"] * 20 + ["红色"] * 20
    forms = learn_forms(queries + others, lexicon)
    assert forms.counts == {("material", "type"): 60, ("type", " ", "colour"): 40, ("type", "audience"): 10}
    assert forms.audience_words == {(("女",), False): {"女": 10}}
    # 40 of 170 queries have six characters, none has more.
    assert (forms.queries, forms.max_length) == (110, 6)


def test_few_queries_say_nothing_of_forms_however_often_they_were_typed(lexicon: Lexicon):
    assert learn_forms(["真丝连衣裙", "连衣裙女"] * 500, lexicon) is DEFAULT_FORMS


def test_a_hundred_different_queries_say_something_of_forms(lexicon: Lexicon):
    queries = [f"{amount}ml连衣裙" for amount in range(101, 201)]
    assert learn_forms(queries[:99] * 2, lexicon) is DEFAULT_FORMS
    assert learn_forms(queries, lexicon).counts == {("amount", "type"): 100}


def test_the_word_for_a_product_is_its_main_type_where_queries_end_in_it(lexicon: Lexicon):
    dress = ShopProduct("p1", "法式连衣裙 红色", product_type="连衣裙")
    assert find_type_words([dress], lexicon, ["真丝连衣裙", "连衣裙"]) == ["连衣裙"]
    assert find_type_words([dress], replace(lexicon, entities={}), ["连衣裙"]) == [""]


def test_without_a_query_log_the_product_words_of_the_lexicon_count(lexicon: Lexicon):
    dress = ShopProduct("p1", "法式连衣裙 红色", product_type="连衣裙")
    assert find_type_words([dress], replace(lexicon, entities={"连衣裙": "product"})) == ["连衣裙"]


def test_the_name_of_a_department_gives_way_to_the_thing_that_the_title_names(lexicon: Lexicon):
    dress = ShopProduct("p1", "法式连衣裙 红色", product_type="女装")
    assert find_type_words([dress], lexicon, ["连衣裙"] * 2) == ["连衣裙"]


def test_a_part_of_another_word_is_no_word_for_a_product(lexicon: Lexicon):
    heater = ShopProduct("p1", "家用热水器", product_type="水器")
    assert find_type_words([heater], lexicon, ["热水器"] * 2) == [""]
