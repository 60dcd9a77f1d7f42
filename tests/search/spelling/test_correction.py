"""Correction of mistyped queries and of pinyin."""

from dataclasses import replace
from pathlib import Path

import pytest

from shangsou.lexicon.lexicon import Lexicon
from shangsou.search.ranking.recipe import default_ranking
from shangsou.search.spelling.corrector import thresholds
from shangsou.search.understanding.understand import understand
from tests.fixtures.lexicon import build_lexicon


def corrected(typed: str, lexicon: Lexicon) -> str:
    """What is searched for, in a shop whose lexicon is `lexicon`."""
    return understand(typed, default_ranking(), lexicon).text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("碎花连依裙", "碎花连衣裙"),  # sounds the same
        ("诜衣粉家用", "洗衣粉家用"),  # looks alike
        ("碎花连衣衣裙", "碎花连衣裙"),  # a character twice
        ("碎花衣连裙", "碎花连衣裙"),  # two swapped
        ("碎花连`衣裙", "碎花连衣裙"),  # a key beside
        ("adidds 运动鞋", "adidas 运动鞋"),
        ("碎花 连依裙", "碎花 连衣裙"),  # spaces stay
        ("洗衣粉加用碎花连依裙", "洗衣粉家用碎花连衣裙"),  # two typos, apart
    ],
)
def test_typos_are_corrected(typed: str, meant: str, dress_lexicon: Lexicon):
    assert corrected(typed, dress_lexicon) == meant


def test_a_character_too_many_in_a_known_query_is_corrected_and_a_missing_one_is_suggested(tmp_path: Path):
    titles = {"法式碎花连衣裙女夏季": 60, "雪纺长裙": 60}
    queries = {"碎花雪纺连衣裙": 20, "雪纺长裙": 20}
    with_known_query, without = (
        build_lexicon(tmp_path / name, titles, known) for name, known in (("a", queries), ("b", None))
    )
    assert corrected("碎花雪纺连女衣裙", with_known_query) == "碎花雪纺连衣裙"
    # To add is to narrow: it may be right as it is.
    query = understand("碎花雪纺连裙", default_ranking(), with_known_query)
    assert query.text == "碎花雪纺连裙"
    assert query.correction is not None
    assert (query.correction.query, query.correction.applied) == ("碎花雪纺连衣裙", False)
    assert query.correction.probability > 0.9  # sure enough, were it not for that
    for typed in ("碎花雪纺连裙", "碎花雪纺连女衣裙"):
        assert corrected(typed, without) == typed


def test_what_is_likely_but_not_sure_is_offered(dress_lexicon: Lexicon):
    query = understand("保湿杯", default_ranking(), dress_lexicon)  # 湿 looks like 温
    assert query.text == "保湿杯"
    assert query.correction is not None
    assert (query.correction.query, query.correction.applied) == ("保温杯", False)


@pytest.mark.parametrize(
    ("characters", "expected"),
    [
        (0, (0.2, 0.4)),
        (340_000, (0.2, 0.4)),
        (921_954, (0.3, 0.55)),  # halfway by the logarithm: the root of 340,000 x 2,500,000
        (2_500_000, (0.4, 0.7)),
        (100_000_000, (0.4, 0.7)),
    ],
)
def test_a_shop_with_few_texts_believes_less_evidence(characters: int, expected: tuple[float, float]):
    assert thresholds(characters) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    "typed",
    [
        "碎花连衣裙",
        "洗衣粉",
        "羽绒服",  # nothing of it is known, nor like anything that is
        "鲸鱼玩偶",
        "衣",
        "a4纸 70g",
        "🎁🎁🎁",
        "裙" * 100,
    ],
)
def test_what_is_right_stays(typed: str, dress_lexicon: Lexicon):
    query = understand(typed, default_ranking(), dress_lexicon)
    assert (query.text, query.correction) == (typed, None)


def test_the_step_and_the_correction_say_what_was_done(dress_lexicon: Lexicon):
    query = understand("碎花连依裙", default_ranking(), dress_lexicon)
    assert next((step.name, step.before, step.after) for step in query.understood.steps) == (
        "spelling",
        "碎花连依裙",
        "碎花连衣裙",
    )
    assert query.correction is not None
    assert (query.correction.query, query.correction.applied) == ("碎花连衣裙", True)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("lianyiqun", "连衣裙"),
        ("LianYiQun", "连衣裙"),
        ("lian yi qun", "连衣裙"),
        ("hongselianyiqun", "红色连衣裙"),
        ("suihua lianyiqun", "碎花连衣裙"),
        ("lianyiqunnvxiaji", "连衣裙女夏季"),  # no phrase as a whole
        ("lyq", "连衣裙"),
        ("连yi裙", "连衣裙"),
        ("红色lianyi裙", "红色连衣裙"),
        ("iphone shouji ke", "iphone 手机壳"),
        ("nike yundongxie", "nike 运动鞋"),
    ],
)
def test_pinyin_is_read(typed: str, meant: str, dress_lexicon: Lexicon):
    assert corrected(typed, dress_lexicon) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("anquanmao", "安全帽"),  # in one title
        ("mao jin", "毛巾"),
        ("maoliang", "猫粮"),  # in three, and cut in two everywhere
        ("luotuo", "骆驼"),  # a brand in no title
        ("anquanmao maojin", "anquanmao maojin"),  # two guesses on one title each: offered
    ],
)
def test_pinyin_of_what_few_titles_hold_is_read(typed: str, meant: str, tmp_path: Path):
    titles = {"安全帽 工地": 1, "毛巾 纯棉": 1, "猫粮 5斤": 3}
    assert corrected(typed, build_lexicon(tmp_path, titles, brands=("骆驼",))) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nkie", "nike"),
        ("nkie鞋", "nike鞋"),
        ("ulululemon", "ulululemon"),  # more than two letters swapped
        ("lneovo", "lenovo"),  # a brand of the column, in one title
        ("trian", "trian"),  # train and trina: nobody knows which
        ("nike", "nike"),
    ],
)
def test_a_brand_with_two_letters_swapped_is_recognized(typed: str, meant: str, tmp_path: Path):
    brands = ("nike", "lenovo", "train", "trina")
    assert corrected(typed, build_lexicon(tmp_path, {"运动鞋": 60}, brands=brands)) == meant


@pytest.mark.parametrize("typed", ["bluetooth", "headphone", "wireless"])
def test_an_english_word_is_corrected_to_no_part_of_a_longer_one(typed: str, tmp_path: Path):
    lexicon = build_lexicon(tmp_path, {"bluetoot2 蓝牙耳机 headphonex wirelesss5 headphon": 60, "耳机": 60})
    recipe = default_ranking()
    without = replace(recipe, understanding=recipe.understanding - {"synonyms"})
    assert understand(typed, without, lexicon).text == typed


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("enjoy", "enjoy"),  # a letter from a query that was sent three times
        ("hmdi", "hdmi"),  # from one that was sent sixty times
    ],
)
def test_a_latin_word_is_corrected_to_a_far_commoner_one_alone(typed: str, searched: str, tmp_path: Path):
    lexicon = build_lexicon(tmp_path, {"连衣裙": 60}, {"cnjoy": 3, "hdmi": 60, "连衣裙": 60})
    assert corrected(typed, lexicon) == searched


@pytest.mark.parametrize(
    "typed", ["nike", "nike鞋", "polo衫", "polo", "iphone15 pro", "xyz", "l", "usb-c", "q" * 200]
)
def test_letters_that_stand_for_themselves_stay(typed: str, dress_lexicon: Lexicon):
    assert corrected(typed, dress_lexicon) == typed


def test_reading_pinyin_is_a_step_of_its_own(dress_lexicon: Lexicon):
    steps = understand("lianyiqun", default_ranking(), dress_lexicon).understood.steps
    assert next((step.name, step.before, step.after) for step in steps) == ("pinyin", "lianyiqun", "连衣裙")


def test_limits_stay_in_the_query_that_is_proposed(dress_lexicon: Lexicon):
    query = understand("100元以下lianyiqun", default_ranking(), dress_lexicon)
    assert query.correction is not None
    assert query.correction.query == "连衣裙 100元以下"
    assert query.filters.price_to_fen == 10_000


def test_a_phrase_in_quotation_marks_stays_as_it_is(dress_lexicon: Lexicon):
    assert corrected('"连依裙"碎花', dress_lexicon) == "连依裙 碎花"


def test_words_of_the_shop_s_synonyms_and_brands_stay(dress_lexicon: Lexicon):
    protecting = replace(default_ranking(), synonyms={"连依": ("薄纱",)})
    assert understand("碎花连依裙", protecting, dress_lexicon).text == "碎花连依裙"
    assert corrected("碎花连依坊", dress_lexicon) == "碎花连依坊"


@pytest.mark.parametrize(("step", "typed"), [("spelling", "碎花连依裙"), ("pinyin", "lianyiqun")])
def test_each_step_can_be_switched_off(step: str, typed: str, dress_lexicon: Lexicon):
    recipe = default_ranking()
    without = replace(recipe, understanding=recipe.understanding - {step})
    assert understand(typed, without, dress_lexicon).text == typed
    assert understand(typed, recipe, dress_lexicon, correct=False).text == typed
    assert understand(typed, recipe, None).text == typed
