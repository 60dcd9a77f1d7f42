"""The values that a query may ask for, and where they stand in texts."""

from pathlib import Path

import pytest

from shangsou.lexicon.fact_vocabulary import (
    FactVocabulary,
    open_fact_vocabulary,
    write_fact_vocabulary,
)
from shangsou.text.amounts import Reading
from shangsou.text.facts import load_facts
from shangsou.text.segmenter import PACKAGED

VOCABULARY = FactVocabulary(
    names_of_values={
        "牛皮": ("材质", "面料"),
        "原味": ("口味",),
        "二层牛皮": ("材质",),
        "公司": ("适用场景",),
    },
    brands={"耐克": ("nike",), "nike": ("耐克",)},
    amounts={"mass": (Reading("mass", 500, 500), Reading("mass", 1000, float("inf")))},
    table=load_facts(),
)


def test_a_vocabulary_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_fact_vocabulary(tmp_path, VOCABULARY)
    opened = open_fact_vocabulary(tmp_path, PACKAGED)
    assert opened is not None
    assert opened.names_of_values == VOCABULARY.names_of_values
    assert opened.brands == VOCABULARY.brands
    assert opened.amounts == VOCABULARY.amounts


def test_a_lexicon_without_facts_has_no_vocabulary(tmp_path: Path) -> None:
    assert open_fact_vocabulary(tmp_path, PACKAGED) is None


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
