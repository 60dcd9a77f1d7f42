"""The Latin phrases of synonyms."""

import pytest

from shangsou.text.synonyms import parse_synonyms

LINES = """
新百伦, New Balance
L'Oréal, 欧莱雅, 莱雅
dress => 连衣裙, 裙子
running shoe => 跑步鞋
baby => 婴儿
sd => sd card
u盘, 优盘
"""
SYNONYMS = parse_synonyms(("synonyms.txt", LINES))


def test_names_go_both_ways_and_words_one() -> None:
    assert SYNONYMS.latin.names == {"newbalance": "new balance", "loreal": "l'oreal"}
    assert set(SYNONYMS.latin.words) == {"dress", "runningshoe", "baby"}


@pytest.mark.parametrize(
    ("key", "chinese"),
    [
        ("dress", ("连衣裙", "裙子")),
        ("dresses", ("连衣裙", "裙子")),
        ("runningshoes", ("跑步鞋",)),
        ("babies", ("婴儿",)),
        ("dressed", ()),
        ("newbalance", ()),
    ],
)
def test_a_plural_is_read_as_its_singular(key: str, chinese: tuple[str, ...]) -> None:
    assert SYNONYMS.latin.chinese(key) == chinese


def test_only_the_words_of_known_phrases_are_known() -> None:
    assert SYNONYMS.latin.words_in("new balance dresses nike") == ["new", "balance", "dresses"]


def test_all_words_for_a_brand_with_a_latin_name_are_names() -> None:
    assert [word for word in ("莱雅", "欧莱雅", "loreal", "连衣裙", "u盘") if SYNONYMS.is_name(word)] == [
        "莱雅",
        "欧莱雅",
        "loreal",
    ]
