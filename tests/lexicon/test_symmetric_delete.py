"""Texts that are one edit away from another."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.lexicon.symmetric_delete import SymmetricDeleteIndex, write_symmetric_delete_index


def query_neighbours(folder: Path, *texts: str) -> SymmetricDeleteIndex:
    write_symmetric_delete_index(folder, "t", texts)
    return SymmetricDeleteIndex(folder, "t")


@pytest.mark.parametrize(
    "typed",
    [
        "碎花连衣裙",  # the same
        "碎花连裙",  # one less
        "花连衣裙",
        "碎花连衣长裙",  # one more
        "碎花连依裙",  # another one
        "碎花衣连裙",  # two swapped
    ],
)
def test_a_text_one_character_away_is_found(typed: str, tmp_path: Path):
    assert query_neighbours(tmp_path, "手机壳", "碎花连衣裙", "连帽衫").rows(typed) == [1]


def test_texts_further_away_are_not(tmp_path: Path):
    near = query_neighbours(tmp_path, "手机壳", "碎花连衣裙", "连帽衫")
    assert [near.rows(typed) for typed in ("碎花连", "红花连依裙", "碎花连衣长裙女")] == [[], [], []]


def test_of_two_characters_anything_would_be_near(tmp_path: Path):
    near = query_neighbours(tmp_path, "壳", "外壳", "手机壳")
    assert [near.rows(typed) for typed in ("", "壳", "机壳", "外机壳")] == [[], [], [], [2]]


def test_nothing_is_near_where_nothing_was_written(tmp_path: Path):
    assert query_neighbours(tmp_path).rows("连衣裙") == []


texts = st.text(st.sampled_from("连衣裙手机壳ab1😀"), min_size=4, max_size=20)


@given(st.lists(texts, min_size=1, max_size=5), st.data())
def test_every_typo_finds_what_was_meant(known: list[str], data: st.DataObject):
    row = data.draw(st.integers(0, len(known) - 1))
    meant = known[row]
    position = data.draw(st.integers(0, len(meant) - 2))
    before, char, after = meant[:position], meant[position], meant[position + 1 :]
    typos = [before + after, before + "鞋" + after, before + "鞋" + char + after]
    typos.append(before + after[0] + char + after[1:])
    with TemporaryDirectory() as folder:
        near = query_neighbours(Path(folder), *known)
        assert all(row in near.rows(typed) for typed in typos)
