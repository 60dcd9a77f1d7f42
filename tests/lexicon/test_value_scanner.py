"""Where known values stand in texts."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.lexicon.value_scanner import ValueScanner

SCANNER = ValueScanner(["牛皮", "原味", "二层牛皮"])
VALUES = st.text(st.sampled_from("a1牛皮层"), min_size=1, max_size=3)


def test_the_longest_value_counts_at_each_place() -> None:
    found = SCANNER.find_longest("二层牛皮鞋 牛皮带")
    assert found == [("二层牛皮", 0, 4), ("牛皮", 6, 8)]


def test_all_values_are_found_also_inside_longer_ones() -> None:
    assert SCANNER.find_all(["二层牛皮鞋"]) == {0: ["牛皮", "二层牛皮"]}


def test_values_that_overlap_count_from_the_left() -> None:
    scanner = ValueScanner({"纯棉布", "棉布料子", "料子"})
    assert [span.value for span in scanner.find_longest("纯棉布料子")] == ["纯棉布", "料子"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("nike跑鞋", ["nike"]),
        ("跑鞋 nike", ["nike"]),
        ("nikeair", []),
        ("anike", []),
        ("nike2", []),
        ("棉nike", ["棉", "nike"]),
        ("m码", ["m"]),
        ("mm码", []),
    ],
)
def test_latin_values_count_only_where_they_stand_alone(text: str, values: list[str]) -> None:
    assert [span.value for span in ValueScanner({"nike", "棉", "m"}).find_longest(text)] == values


def test_without_values_nothing_is_found() -> None:
    assert ValueScanner(set()).find_longest("二层牛皮鞋") == []
    assert SCANNER.find_longest("") == []


@given(values=st.lists(VALUES, max_size=6), texts=st.lists(st.text(st.sampled_from("a1牛皮层 "), max_size=9)))
def test_all_values_are_found_in_all_texts_where_they_stand_alone(
    values: list[str], texts: list[str]
) -> None:
    found = ValueScanner(values).find_all(texts)
    for row, text in enumerate(texts):
        assert set(found.get(row, ())) == {value for value in values if _stands_alone(value, text)}


def _stands_alone(value: str, text: str) -> bool:
    before = "(?<![a-z0-9])" if value[0].isascii() else ""
    behind = "(?![a-z0-9])" if value[-1].isascii() else ""
    return re.search(before + re.escape(value) + behind, text) is not None
