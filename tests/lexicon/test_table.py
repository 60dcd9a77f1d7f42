"""A table of phrases on disk."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.lexicon.phrases import Phrase
from shangsou.lexicon.table import PhraseTable, write_table
from shangsou.text.normalize import normalize
from shangsou.text.segmenter import PACKAGED


def table(folder: Path, /, **total_count: int) -> PhraseTable:
    write_table(folder, "t", [Phrase(text, text, count) for text, count in total_count.items()], PACKAGED)
    return PhraseTable(folder, "t")


@pytest.fixture
def dresses(tmp_path: Path) -> PhraseTable:
    return table(tmp_path, 连衣裙=5, 连帽衫=9, 碎花连衣裙=7, 练习本=1, nike连衣裙=3)


def texts(phrase_table: PhraseTable, rows: list[int]) -> list[str]:
    return [phrase_table.phrase(row).text for row in rows]


def test_what_begins_alike_comes_with_the_most_common_first(dresses: PhraseTable):
    assert texts(dresses, dresses.find_by_prefix("text", ["连"], 5)) == ["连帽衫", "连衣裙"]
    assert texts(dresses, dresses.find_by_prefix("text", ["连"], 1)) == ["连帽衫"]
    assert dresses.find_by_prefix("text", ["裙"], 5) == []


def test_a_later_word_begins_an_inner_match(dresses: PhraseTable):
    assert texts(dresses, dresses.find_by_prefix("inner", ["连衣裙"], 5)) == ["碎花连衣裙", "nike连衣裙"]


def test_pinyin_and_initials_find_chinese(dresses: PhraseTable):
    assert texts(dresses, dresses.find_by_prefix("pinyin", ["lian"], 5)) == ["连帽衫", "连衣裙", "练习本"]
    assert texts(dresses, dresses.find_by_prefix("initials", ["ly"], 5)) == ["连衣裙"]
    assert texts(dresses, dresses.find_by_prefix("pinyin", ["nikelian"], 5)) == ["nike连衣裙"]


def test_several_beginnings_give_one_list(dresses: PhraseTable):
    assert texts(dresses, dresses.find_by_prefix("text", ["连衣", "练", "连"], 5)) == [
        "连帽衫",
        "连衣裙",
        "练习本",
    ]
    assert dresses.find_by_prefix("text", [], 5) == []


def test_spelt_is_the_whole_key(dresses: PhraseTable):
    by_key = dresses.find_phrases("pinyin", ["lianyiqun", "lian"], 5)
    assert [[phrase.text for phrase in phrases] for phrases in by_key] == [["连衣裙"], []]


def test_unknown_texts_have_a_count_of_zero(dresses: PhraseTable):
    assert dresses.counts(["连衣裙", "裙", "练 习本", ""]) == [5, 0, 1, 0]
    assert dresses.counts([]) == []


def test_an_empty_table_holds_nothing(tmp_path: Path):
    empty = table(tmp_path)
    assert len(empty) == 0
    assert empty.find_by_prefix("text", ["连"], 5) == []
    assert empty.find_phrases("pinyin", ["lian"], 5) == [[]]
    assert empty.counts(["连"]) == [0]


def test_phrases_longer_than_a_key_are_found_by_their_beginning(tmp_path: Path):
    long = "连" * 30
    phrase_table = table(tmp_path, **{long: 1})
    assert texts(phrase_table, phrase_table.find_by_prefix("text", [long], 1)) == [long]
    assert texts(phrase_table, phrase_table.find_by_prefix("text", ["连" * 40], 1)) == [long]


@given(
    st.dictionaries(st.text(max_size=20).map(normalize).filter(bool), st.integers(1, 9), max_size=12),
    st.text(max_size=3),
)
def test_it_finds_what_a_walk_over_all_phrases_finds(
    tmp_path_factory: pytest.TempPathFactory, total_count: dict[str, int], typed: str
):
    prefix = normalize(typed).replace(" ", "")
    phrase_table = table(tmp_path_factory.mktemp("table"), **total_count)
    expected = {
        text for text in total_count if text.replace(" ", "") and text.replace(" ", "").startswith(prefix)
    }
    assert set(texts(phrase_table, phrase_table.find_by_prefix("text", [prefix], 100))) == expected
