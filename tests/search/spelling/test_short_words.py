"""Correction of mistyped words of two characters."""

from dataclasses import replace
from pathlib import Path

import pytest

from shangsou.lexicon.lexicon import Lexicon
from shangsou.search.ranking.recipe import default_ranking
from shangsou.search.spelling.short_words import correct_short_word
from shangsou.search.understanding.understand import understand
from tests.fixtures.lexicon import build_lexicon


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    """The lexicon of a shop of many things, each in sixty titles."""
    things = ("毛衣", "耳机", "面膜", "口红", "手机", "内裤", "板鞋", "黑红", "水杯", "水贝", "雨伞")
    titles = dict.fromkeys((f"{thing} 正品" for thing in things), 60)
    return build_lexicon(tmp_path_factory.mktemp("shop"), titles | {"猫粮": 3}, brands=("口洪",))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("毛依", "毛衣"),  # sounds and looks alike
        ("耳几", "耳机"),
        ("面摸", "面膜"),
        ("口虹", "口红"),
        ("手鸡", "手机"),  # sounds alike
        ("累裤", "内裤"),  # nearly: l for n, and nothing else of the shop is called so
        ("返鞋", "板鞋"),  # looks alike
        ("猫良", "猫粮"),  # in three titles, and sounds and looks alike: 3 x 3 against .2
    ],
)
def test_what_sounds_or_looks_like_a_word_of_the_shop_is_corrected(typed: str, meant: str, shop: Lexicon):
    query = understand(typed, default_ranking(), shop)
    assert query.text == meant
    assert query.correction is not None
    assert (query.correction.query, query.correction.applied) == (meant, True)
    assert next(step.name for step in query.understood.steps) == "spelling"


def test_another_word_of_the_general_dictionary_is_right_and_the_shop_s_is_offered(tmp_path: Path):
    # A note: the shop has none. 600 titles with 手机 against 100.
    query = understand("手记", default_ranking(), build_lexicon(tmp_path, {"手机 正品": 600}))
    assert query.text == "手记"
    assert query.correction is not None
    assert (query.correction.query, query.correction.applied) == ("手机", False)


@pytest.mark.parametrize(
    "typed",
    [
        "毛衣",
        "口洪",  # a brand of the shop
        "鲸鱼",  # nothing of the shop is like it
        "黑绳",  # 绳 and 红 have 纟 in common, as many characters have
        "水被",  # 水杯 and 水贝 sound like it, both in sixty titles
        "衣",
        "t恤",
        "ab",
    ],
)
def test_what_is_known_or_leaves_a_doubt_stays(typed: str, shop: Lexicon):
    query = understand(typed, default_ranking(), shop)
    assert (query.text, query.correction) == (typed, None)


def test_words_of_the_synonyms_and_phrases_in_quotation_marks_stay(shop: Lexicon):
    assert understand('"毛依"', default_ranking(), shop).text == "毛依"
    with_synonym = replace(default_ranking(), synonyms={"毛依": ("薄纱",)})
    assert understand("毛依", with_synonym, shop).text == "毛依"


def test_characters_that_often_meet_in_titles_are_no_typo(tmp_path: Path):
    # 手 and 鸡 stand side by side in ten titles, as no word: 60 titles with 手机 against 10 x 20.
    titles = {"手机 正品": 60, **{f"扒手鸡翅 {number}": 1 for number in range(10)}}
    assert correct_short_word("手鸡", build_lexicon(tmp_path, titles)) is None


def test_the_step_can_be_switched_off(shop: Lexicon):
    recipe = default_ranking()
    without = replace(recipe, understanding=recipe.understanding - {"spelling"})
    assert understand("毛依", without, shop).text == "毛依"
    assert understand("毛依", recipe, shop, correct=False).text == "毛依"
