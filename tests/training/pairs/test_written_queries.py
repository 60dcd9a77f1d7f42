"""Queries that are written from products."""

from dataclasses import replace

import pytest

from tests.training.pairs.shop import VOCABULARY
from training.pairs.pair import Pair
from training.pairs.query_forms import DEFAULT_FORMS, QueryForm, QueryForms, join_elements
from training.pairs.shop_products import ShopProduct
from training.pairs.written_queries import written_pairs

DRESS = ShopProduct("p1", "法式真丝连衣裙女士红色 100g")


def queries_of(
    product: ShopProduct, word: str, *forms: QueryForm, max_length: int = 20, seed: int = 1
) -> list[str]:
    learned = QueryForms(dict.fromkeys(forms, 1), max_length, {((("女",)), False): {"女": 9}}, 9)
    return [pair.query for pair in written([product], [word], learned, seed=seed)]


def written(
    products: list[ShopProduct], words: list[str], forms: QueryForms, *, seed: int, per_product: int = 1
) -> list[Pair]:
    groups = list(range(len(products)))
    return list(written_pairs(products, groups, words, VOCABULARY, forms, per_product=per_product, seed=seed))


@pytest.mark.parametrize(
    ("form", "query"),
    [
        (("material", "type"), "真丝连衣裙"),
        (("type", " ", "colour"), "连衣裙 红色"),
        (("value", "material", "type"), "法式真丝连衣裙"),
        (("type", "amount"), "连衣裙100g"),
        # As queries call it behind the type.
        (("type", "audience"), "连衣裙女"),
        # In front of the type they have no other word.
        (("audience", "type"), "女士连衣裙"),
    ],
)
def test_a_query_is_written_in_the_form_that_queries_have(form: QueryForm, query: str):
    assert queries_of(DRESS, "连衣裙", form) == [query]


def test_a_form_that_a_product_cannot_fill_is_left_out():
    assert queries_of(DRESS, "连衣裙", ("brand", "type"), ("material", "material", "type")) == []


def test_a_product_without_a_word_for_what_it_is_has_no_query():
    assert queries_of(DRESS, "", ("material", "type")) == []


def test_no_query_is_longer_than_people_type():
    assert queries_of(DRESS, "连衣裙", ("value", "material", "type"), max_length=6) == []


def test_no_query_is_the_title_itself():
    assert queries_of(ShopProduct("p1", "真丝连衣裙"), "连衣裙", ("material", "type")) == []


def test_brand_and_attributes_are_facts_as_well():
    shoe = ShopProduct("p1", "轻便跑鞋", brand="耐克", attributes={"材质": ("真丝",)})
    assert queries_of(shoe, "跑鞋", ("brand", "material", "type")) == ["耐克真丝跑鞋"]


def test_a_brand_that_is_none_is_no_fact():
    shoe = ShopProduct("p1", "轻便跑鞋", brand="其他")
    vocabulary = replace(VOCABULARY, brands=VOCABULARY.brands | {"其他": ()})
    forms = QueryForms({("brand", "type"): 1}, 20, {}, 9)
    assert list(written_pairs([shoe], [0], ["跑鞋"], vocabulary, forms, per_product=1, seed=1)) == []


def test_a_product_has_the_same_queries_whatever_others_there_are():
    other = ShopProduct("p2", "法式真丝围巾")
    alone = written([DRESS], ["连衣裙"], DEFAULT_FORMS, seed=3, per_product=3)
    both = written([other, DRESS], ["围巾", "连衣裙"], DEFAULT_FORMS, seed=3, per_product=3)
    assert [pair.query for pair in both if pair.product_id == "p1"] == [pair.query for pair in alone]
    assert len({pair.query for pair in alone}) == 3


def test_a_space_separates_latin_words():
    assert join_elements(("brand", "code", "type"), ["canon", "m50", "相机"]) == "canon m50相机"
