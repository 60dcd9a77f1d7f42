"""Untrusted JSON: its numbers and its nesting do no harm."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.reading.json_values import MAX_CONTAINERS, MAX_NESTING, parse_json, parse_json_at

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def nesting(value: object) -> int:
    """Return how deep lists and objects are nested; by recursion, so only for what is not deep."""
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(nesting, value), default=0) if isinstance(value, list) else 0


@given(JSON)
def test_what_is_not_deep_reads_as_it_was_written(value: object) -> None:
    assert parse_json(json.dumps(value)) == value


@pytest.mark.parametrize("levels", [MAX_NESTING + 1, 900, 980, MAX_CONTAINERS - 10])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")], ids=["lists", "objects"])
def test_what_is_nested_too_deeply_is_cut_there_and_the_rest_is_kept(
    levels: int, opening: str, closing: str
) -> None:
    innermost = "1" if opening != "[" else ""
    deep = opening * levels + innermost + closing * levels
    read = parse_json(f'["]}}\\"[", {deep}, {{"after": 2}}]')
    assert isinstance(read, list)
    assert nesting(read) == MAX_NESTING
    assert (read[0], read[2]) == (']}"[', {"after": 2})


def test_a_number_that_no_computer_holds_stays_text() -> None:
    digits = "9" * 5_000
    assert parse_json(f'{{"a": {digits}, "b": -1.{digits}, "c": 1e999999}}') == {
        "a": digits,
        "b": f"-1.{digits}",
        "c": float("inf"),
    }


@pytest.mark.parametrize(
    "text", ["", "[" * 100_000, '{"a":' * 100_000, '"' + '\\"' * 100_000, '["\\', "[1}", "[]]"]
)
def test_what_is_no_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the reader says
        parse_json(text)


def test_more_lists_than_anybody_sends_are_refused_before_they_are_read() -> None:
    assert parse_json("[" + "[]," * (MAX_CONTAINERS - 2) + "[]]") == [[]] * (MAX_CONTAINERS - 1)
    with pytest.raises(ValueError, match="more than 20,000 lists and objects"):
        parse_json("[" + "[]," * MAX_CONTAINERS + "[]]")


def test_half_a_surrogate_pair_becomes_a_character_that_can_be_stored() -> None:
    assert parse_json(r'{"a": "\udfff", "b": "\ud83d\udc57"}') == {"a": "\ufffd", "b": "👗"}
    assert parse_json_at(r'["\ud83d"]', 0) == (["\ufffd"], 10)


def test_one_value_after_the_other_is_read_however_deep_it_is() -> None:
    deep = "[" * 5_000 + '"]"' + "]" * 5_000
    text = f"{deep}, 7"
    value, end = parse_json_at(text, 0)
    assert nesting(value) == MAX_NESTING
    assert end == len(deep)
    assert parse_json_at(text, end + 2) == (7, len(text))
    with pytest.raises(ValueError, match="character 0 never ends"):
        parse_json_at("[" * 5_000, 0)
