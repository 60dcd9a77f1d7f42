"""Quantities in English."""

import pytest

from shangsou.text.plurals import quantity


@pytest.mark.parametrize(
    ("count", "noun", "expected"),
    [
        (1, "query", "1 query"),
        (0, "query", "0 queries"),
        (1200, "first page", "1,200 first pages"),
        (2, "day", "2 days"),
    ],
)
def test_a_noun_follows_its_number(count: int, noun: str, expected: str) -> None:
    assert quantity(count, noun) == expected
