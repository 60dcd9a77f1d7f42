"""The values that a query may ask for, and where they stand in texts."""

from pathlib import Path

import pytest

from shangsou.lexicon.fact_vocabulary import (
    FactVocabulary,
    ValueScanner,
    open_fact_vocabulary,
    write_fact_vocabulary,
)
from shangsou.text.amounts import Reading

VOCABULARY = FactVocabulary(
    names_of_values={
        "牛皮": ("材质", "面料"),
        "原味": ("口味",),
        "二层牛皮": ("材质",),
        "公司": ("适用场景",),
    },
    brands={"耐克": ("nike",), "nike": ("耐克",)},
    amounts={"mass": (Reading("mass", 500, 500), Reading("mass", 1000, float("inf")))},
)


def test_a_vocabulary_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_fact_vocabulary(tmp_path, VOCABULARY)
    opened = open_fact_vocabulary(tmp_path)
    assert opened is not None
    assert opened.names_of_values == VOCABULARY.names_of_values
    assert opened.brands == VOCABULARY.brands
    assert opened.amounts == VOCABULARY.amounts


def test_a_lexicon_without_facts_has_no_vocabulary(tmp_path: Path) -> None:
    assert open_fact_vocabulary(tmp_path) is None


def test_the_longest_value_counts_at_each_place() -> None:
    found = VOCABULARY.value_scanner.find_longest("二层牛皮鞋 牛皮带")
    assert found == [("二层牛皮", 0, 4), ("牛皮", 6, 8)]


def test_all_values_are_found_also_inside_longer_ones() -> None:
    assert VOCABULARY.value_scanner.find_all("二层牛皮鞋") == {"二层牛皮", "牛皮"}


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
    assert VOCABULARY.value_scanner.find_longest("") == []


@pytest.mark.parametrize(
    ("text", "places"),
    [
        # The thing's first character belongs to it: 味肉 is no thing.
        ("原味肉干", [(0, 3)]),
        ("肉干原味", [(2, 4)]),
        ("原味 肉干", [(0, 2)]),
        # 公司 is where something is used, which is no quality.
        ("公司礼品", [(0, 2)]),
    ],
)
def test_a_quality_before_a_thing_ends_behind_its_first_character(
    text: str, places: list[tuple[int, int]]
) -> None:
    assert VOCABULARY.find_modifiers(text) == places
