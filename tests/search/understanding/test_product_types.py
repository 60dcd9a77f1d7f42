"""The product types of a query, with synonyms and the shop's own words."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shangsou.engines.query import TypeCondition
from shangsou.lexicon.lexicon import Lexicon
from shangsou.lexicon.product_types import ProductTypes, TypePrediction, TypeSpace
from shangsou.search.ranking.recipe import default_ranking
from shangsou.search.ranking.type_overrides import TypeOverride
from shangsou.search.understanding.product_types import AskedTypes, find_product_types
from shangsou.search.understanding.understand import understand
from tests.fixtures.lexicon import build_lexicon

NAMES = ("连衣裙", "半身裙", "太阳镜", "墨镜", "移动电源", "手机", "翻盖手机")
NOTHING = AskedTypes(None, is_bare=False, wants_accessory=False)
# Where no types are known, nothing tells what is an accessory.
UNKNOWN = NOTHING._replace(wants_accessory=True)


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    """Types along an axis each; of 翻盖手机 there is one product, of the others a hundred."""
    types = ProductTypes(
        names=NAMES,
        counts=np.array([100] * 6 + [1], np.int32),
        leaves=frozenset(NAMES[:-1]),
        wider={"翻盖手机": "手机"},
        products=600,
        accessories=frozenset(["墨镜"]),
        space=TypeSpace(np.eye(8, dtype=np.float32), np.zeros(8, np.float32)),
        centroids=np.eye(8, dtype=np.float32)[:7],
    )
    built = build_lexicon(tmp_path_factory.mktemp("types"), {"连衣裙": 3})
    return replace(built, product_types=types)


def asked(
    query: str,
    lexicon: Lexicon | None,
    *,
    near: str = "",
    synonyms: Mapping[str, tuple[str, ...]] | None = None,
    overrides: tuple[TypeOverride, ...] = (),
    without: str = "",
) -> tuple[tuple[TypePrediction, ...], AskedTypes]:
    """Return the types that a query asks for, with the condition. Its vector is that of a type, or none."""
    recipe = replace(
        default_ranking(),
        synonyms=synonyms or {},
        type_overrides=overrides,
        understanding=default_ranking().understanding - {without, "pinyin", "spelling"},
    )
    vector = np.eye(8, dtype=np.float32)[NAMES.index(near) if near else 7]
    parsed = understand(query, recipe, lexicon)
    found, condition = find_product_types(parsed, vector, recipe, lexicon)
    return found.understood.product_types, condition


def test_a_query_asks_for_the_type_that_it_names(lexicon: Lexicon) -> None:
    predictions, found = asked("红色连衣裙", lexicon, near="连衣裙")
    assert predictions == (TypePrediction("连衣裙", 1.0),)
    assert found == AskedTypes(TypeCondition(("连衣裙",)), is_bare=False, wants_accessory=False)
    assert asked("連衣裙", lexicon, near="连衣裙")[1].is_bare


def test_a_query_that_asks_for_none_has_no_condition(lexicon: Lexicon) -> None:
    assert asked("送给妈妈", lexicon) == ((), NOTHING)
    assert asked("", lexicon) == ((), NOTHING)
    assert asked("连衣裙", None) == ((), UNKNOWN)
    assert asked("连衣裙", lexicon, near="连衣裙", without="types") == ((), NOTHING)


def test_a_synonym_of_a_type_that_is_a_type_itself_is_asked_for_too(lexicon: Lexicon) -> None:
    synonyms = {"墨镜": ("太阳镜", "遮阳镜")}
    predictions, found = asked("墨镜", lexicon, near="墨镜", synonyms=synonyms)
    # 遮阳镜 is no type of this shop.
    assert predictions == (TypePrediction("墨镜", 1.0), TypePrediction("太阳镜", 1.0))
    assert found.condition == TypeCondition(("墨镜", "太阳镜"))


def test_a_thing_that_the_shop_knows_by_another_word_alone_is_asked_for_by_that(lexicon: Lexicon) -> None:
    predictions, found = asked("充电宝", lexicon, synonyms={"充电宝": ("移动电源", "充电器")})
    assert predictions == (TypePrediction("移动电源", 1.0),)
    # What is called as it was typed passes as well.
    condition = TypeCondition(("移动电源",), texts=("充电宝",))
    assert found == AskedTypes(condition, is_bare=True, wants_accessory=False)


def test_a_longer_query_asks_for_what_it_ends_in_once_reworded(lexicon: Lexicon) -> None:
    predictions, found = asked("黑色 充电宝", lexicon, synonyms={"充电宝": ("移动电源",)})
    assert predictions == (TypePrediction("移动电源", 1.0),)
    assert not found.is_bare
    # 充电宝|套 goes with it.
    assert asked("充电宝 套", lexicon, synonyms={"充电宝套": ("移动电源套",)}) == ((), NOTHING)


def test_what_a_longer_word_for_a_thing_ends_in_is_not_asked_for(lexicon: Lexicon) -> None:
    # 老人手机 ends in 手机, but is another word for 翻盖手机.
    predictions, found = asked("老人手机", lexicon, near="手机", synonyms={"老人手机": ("翻盖手机",)})
    assert predictions == (TypePrediction("翻盖手机", 1.0),)
    assert found.is_bare


def test_an_accessory_is_wanted_where_query_or_type_say_so(lexicon: Lexicon) -> None:
    assert not asked("手机", lexicon, near="手机")[1].wants_accessory
    assert asked("适用小米 手机", lexicon, near="手机")[1].wants_accessory
    assert asked("墨镜", lexicon, near="墨镜")[1].wants_accessory
    assert asked("上门开锁", lexicon)[1] == NOTHING._replace(wants_accessory=True)


def test_an_accessory_of_no_known_type_is_asked_for_by_all_its_words(lexicon: Lexicon) -> None:
    # 壳 behind 手机 says what goes with phones; the shop has no type for it.
    assert asked("手机壳", lexicon, near="手机") == ((), NOTHING._replace(needs_all_words=True))
    assert not asked("手机", lexicon, near="手机")[1].needs_all_words
    assert not asked("送给妈妈", lexicon)[1].needs_all_words
    assert not asked("手机壳", lexicon, near="手机", without="types")[1].needs_all_words
    # Where a synonym, or the shop, knows its type, it is asked for by that.
    for options in (
        {"synonyms": {"手机壳": ("移动电源",)}},
        {"overrides": (TypeOverride("p", "手机壳"),)},
    ):
        _, found = asked("手机壳", lexicon, near="手机", **options)
        assert found.condition is not None
        assert not found.needs_all_words


def test_a_rare_kind_is_asked_for_as_what_it_is_a_kind_of_unless_it_has_synonyms(lexicon: Lexicon) -> None:
    assert asked("翻盖手机", lexicon, near="翻盖手机")[1].condition == TypeCondition(("手机",))
    _, found = asked("翻盖手机", lexicon, near="翻盖手机", synonyms={"翻盖手机": ("移动电源",)})
    assert found.condition == TypeCondition(("翻盖手机", "移动电源"))


OVERRIDES = (
    TypeOverride("SKU-1", "手办"),
    TypeOverride("高达 模型", "手办"),
    TypeOverride("P-9", "高达手办"),
    TypeOverride("裙撑", "配饰"),
)


def test_a_type_that_only_the_shop_names_is_asked_for_where_a_query_holds_it(lexicon: Lexicon) -> None:
    expected = TypeCondition(
        ("手办",),
        ids=("SKU-1", "高达 模型"),
        other_ids=("P-9", "裙撑"),
        texts=("sku-1", "高达 模型"),
        other_texts=("p-9", "裙撑"),
    )
    assert asked("手办", lexicon, overrides=OVERRIDES) == (
        (TypePrediction("手办", 1.0),),
        AskedTypes(expected, is_bare=True, wants_accessory=False),
    )
    assert asked("海贼王手办", lexicon, overrides=OVERRIDES)[1] == AskedTypes(
        expected, is_bare=False, wants_accessory=False
    )
    # It needs no lexicon.
    assert asked("手办", None, overrides=OVERRIDES)[1].condition == expected


def test_of_types_that_the_shop_names_the_longest_is_meant(lexicon: Lexicon) -> None:
    predictions, _ = asked("高达手办", lexicon, overrides=OVERRIDES)
    assert predictions == (TypePrediction("高达手办", 1.0),)


def test_what_the_shop_says_to_be_something_else_is_kept_out_of_every_other_type(lexicon: Lexicon) -> None:
    _, found = asked("连衣裙", lexicon, near="连衣裙", overrides=OVERRIDES[3:])
    assert found.condition == TypeCondition(("连衣裙",), other_ids=("裙撑",), other_texts=("裙撑",))


def test_an_id_without_a_searchable_character_is_an_id_alone(lexicon: Lexicon) -> None:
    _, found = asked("手办", lexicon, overrides=(TypeOverride("\u200b", "手办"),))
    assert found.condition == TypeCondition(("手办",), ids=("\u200b",))


def test_a_lexicon_without_types_asks_for_none(lexicon: Lexicon, tmp_path: Path) -> None:
    assert asked("连衣裙", replace(lexicon, product_types=None), near="连衣裙") == ((), UNKNOWN)
