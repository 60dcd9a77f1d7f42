"""Latin words of a query: names in one spelling, English words in Chinese."""

from dataclasses import replace
from pathlib import Path

import pytest

from shangsou.lexicon.lexicon import Lexicon
from shangsou.search.ranking.recipe import default_ranking
from shangsou.search.understanding.understand import ParsedQuery, understand
from shangsou.text.synonyms import parse_synonyms
from tests.fixtures.lexicon import build_lexicon

LINES = """
新百伦, new balance
the north face, 北面
dress => 连衣裙, 裙子
red => 红色
shoe => 鞋
case => 手机壳, 保护壳
phone case => 手机壳
fan => 风扇
sugar => 糖
women => 女
iphone, 苹果手机
"""


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    """A shop that has 裙子 and no 连衣裙, and a brand called Sugar."""
    titles = {"雪纺 裙子": 3, "手机 保护壳": 3, "番薯 干": 3}
    return build_lexicon(tmp_path_factory.mktemp("latin"), titles, brands=("Sugar",))


def understood(query: str, lexicon: Lexicon | None = None) -> ParsedQuery:
    recipe = replace(default_ranking(), synonyms=parse_synonyms(("synonyms.txt", LINES)))
    return understand(query, recipe, lexicon)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("red dress", "红色连衣裙"),
        ("Red Dresses", "红色连衣裙"),
        ("phone-case", "手机壳"),
        ("iPhone case", "iphone 手机壳"),
        ("shoes for women", "鞋女"),
        ("women's dress", "女连衣裙"),
        ("NEW-BALANCE shoes", "new balance 鞋"),
        ("northface", "the north face"),
        ("the north face dress", "the north face 连衣裙"),
        ("红色dress", "红色连衣裙"),
        ("adidas", "adidas"),
        # Pinyin, of which one syllable is an English word.
        ("fan shu", "fan shu"),
        ("mini fan", "mini 风扇"),
        # In quotation marks it is meant as it is typed.
        ('"red dress"', "red dress"),
    ],
)
def test_english_words_become_chinese_and_names_have_one_spelling(query: str, text: str) -> None:
    assert understood(query).text == text


def test_what_was_typed_is_searched_for_as_well_and_the_step_is_listed() -> None:
    query = understood("red dress")
    assert "red dress" in [" ".join(variant.words) for variant in query.lexical.alternatives]
    step = query.understood.steps[0]
    assert (step.name, step.before, step.after) == ("translate", "red dress", "红色连衣裙")
    assert understood("newbalance").understood.steps[0].name == "names"


def test_of_several_chinese_words_the_first_that_the_shop_has_counts(lexicon: Lexicon) -> None:
    assert understood("dress", lexicon).text == "裙子"
    assert understood("case", lexicon).text == "保护壳"


def test_a_brand_of_the_shop_stays_and_its_translation_is_searched_for_as_well(lexicon: Lexicon) -> None:
    query = understood("sugar", lexicon)
    assert (query.text, query.synonyms) == ("sugar", ("糖",))


def test_the_step_goes_with_that_of_synonyms() -> None:
    recipe = replace(default_ranking(), understanding=default_ranking().understanding - {"synonyms"})
    assert understand("red dress", recipe).text == "red dress"


@pytest.mark.parametrize("query", ["bluetooth headset", "hammer", "estee lauder", "under armour"])
def test_a_known_word_is_no_typo_of_what_titles_hold(query: str, tmp_path: Path) -> None:
    titles = {"bluetoot 耳机": 40, "hummer 车模": 40, "lauper 唱片": 40, "armor 手机": 40}
    corrected = understand(query, default_ranking(), build_lexicon(tmp_path, titles))
    assert corrected.correction is None
