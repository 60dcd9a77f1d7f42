"""N-gram counts of characters."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.lexicon.ngrams import EDGE, LEFT, MIDDLE, ORDER, RIGHT, Ngrams, codes, keys_of, write_ngrams


@pytest.fixture(scope="module")
def ngrams(tmp_path_factory: pytest.TempPathFactory) -> Ngrams:
    folder = tmp_path_factory.mktemp("ngrams")
    write_ngrams(folder, ["连衣裙", "连衣 裙", "半身裙"])
    return Ngrams(folder)


def count(ngrams: Ngrams, text: str) -> int:
    return int(ngrams.counts(len(text), keys_of(codes(text).reshape(1, -1)))[0])


def fit(gap_matches) -> list[tuple[int, str, int]]:
    return [
        (gap, chr(char), count) for gap, char, count in zip(*map(np.ndarray.tolist, gap_matches), strict=True)
    ]


def test_sequences_are_counted_without_spaces_and_with_the_edges_of_texts(ngrams: Ngrams):
    edge = chr(EDGE)
    assert [count(ngrams, text) for text in ("裙", "衣裙", "连衣裙", f"连衣裙{edge}", f"{edge}半")] == [
        3,
        2,
        2,
        2,
        1,
    ]
    assert [count(ngrams, text) for text in ("裙连", f"裙{edge}{edge}", "裤")] == [0, 0, 0]


def test_characters_fit_gaps_at_the_end_in_the_middle_and_at_the_beginning(ngrams: Ngrams):
    kinds = np.array([RIGHT, RIGHT, MIDDLE, LEFT, RIGHT], np.uint64)
    left, right = codes("连半连裙裤"), codes(f"衣身裙{chr(EDGE)}子")
    expected = [(0, "裙", 2), (1, "裙", 1), (2, "衣", 2), (3, "衣", 2), (3, "身", 1)]
    assert fit(ngrams.find_gap_matches(kinds, left, right)) == expected


def test_common_characters_are_recognized(ngrams: Ngrams):
    assert ngrams.characters(2) == {chr(EDGE): 6, "衣": 2, "裙": 3, "连": 2}


def test_nothing_was_seen_in_no_texts(tmp_path: Path):
    write_ngrams(tmp_path, [])
    none = Ngrams(tmp_path)
    assert count(none, "裙") == 0
    assert fit(none.find_gap_matches(np.array([MIDDLE], np.uint64), codes("连"), codes("裙"))) == []


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8), max_size=6))
def test_every_sequence_of_any_texts_is_found_as_often_as_it_stands_there(texts: list[str]):
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        write_ngrams(Path(folder), texts)
        ngrams = Ngrams(Path(folder))
        framed = [[EDGE, *codes(text.replace(" ", "")).tolist(), EDGE] for text in texts]
        for order in range(1, ORDER + 1):
            rows = [
                tuple(one[start : start + order]) for one in framed for start in range(len(one) - order + 1)
            ]
            for row in set(rows):
                assert ngrams.counts(order, keys_of(np.array([row], np.uint64)))[0] == rows.count(row)


@pytest.mark.parametrize("texts", [["红色连衣裙", "连衣裙", "", "连衣裙 红", "裙"], ["一"], []])
def test_texts_counted_in_parts_count_as_those_counted_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, texts: list[str]
) -> None:
    for folder in ("once", "parts"):
        (tmp_path / folder).mkdir()
    write_ngrams(tmp_path / "once", texts)
    monkeypatch.setattr("shangsou.lexicon.ngrams._PART_TEXTS", 2)
    write_ngrams(tmp_path / "parts", texts)
    once, parts = (
        {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()}
        for folder in ("once", "parts")
    )
    assert once == parts
    assert len(once) == 10
