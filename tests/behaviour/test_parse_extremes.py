"""Extreme values in events: none costs time, none costs another event."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.behaviour.parse import parse_event, parse_moment

PURCHASE: Mapping[str, object] = {
    "event_id": "e1",
    "timestamp": "2026-11-23T10:00:00Z",
    "action_name": "purchase",
    "product_id": "p1",
}
FIELDS = ("timestamp", "price", "quantity", "position", "user_id", "session_id", "event_id", "query_id",
          "user_query", "action_name", "product_id", "order_id", "results")  # fmt: skip
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text()


def read(**fields: object) -> tuple[int | None, list[str]]:
    """Return the price of a purchase with these fields, and the fields that were wrong."""
    event, issues = parse_event({**PURCHASE, **fields}, lambda: "row")
    assert event is not None
    return event.price_fen, [field_issue.field for field_issue in issues]


@pytest.mark.parametrize(
    "price",
    ["1e999990", "1E+999999", "9" * 100_000, "0." + "0" * 100_000 + "1", "1e-999999", "inf", "-1", "1e99",
     float("inf"), float("nan"), 10**400, True, [[]], "１e９９９９９９", "٣"],
    ids=lambda price: str(price)[:12],
)  # fmt: skip
def test_a_price_that_is_none_is_left_empty_at_once(price: object) -> None:
    began = time.process_time()
    assert read(price=price) == (None, ["price"])
    # The arithmetic that this is about took minutes.
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    ("price", "fen"),
    [("19.9", 1990), (19.9, 1990), ("¥1,299.00", 129900), ("1299元", 129900), (1e3, 100000), ("1e-2", 1),
     (".5", 50), (0, 0), ("１２．５", 1250), (19.900000000000002, 1990)],
)  # fmt: skip
def test_a_price_is_read_however_it_is_written(price: object, fen: int) -> None:
    assert read(price=price) == (fen, [])


@pytest.mark.parametrize(
    "text",
    ["0001-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31", "1e999999",
     "253402300799", "9" * 5_000, "2026-11-23T10:00:00+99:99", "2026-11-23T10:00:00+23:59:59.999999x"],
)  # fmt: skip
def test_a_time_at_the_end_of_all_times_is_no_time(text: str) -> None:
    assert parse_moment(text) is None
    event, issues = parse_event({**PURCHASE, "timestamp": text}, lambda: "row")
    assert event is None
    assert issues[-1].field == "timestamp"


def test_a_fraction_in_other_digits_is_none() -> None:
    assert parse_moment("1795399200.²") == parse_moment("1795399200.٣") == parse_moment("1795399200")


@given(st.datetimes(timezones=st.timezones() | st.just(UTC)).map(datetime.isoformat) | st.text())
def test_no_text_makes_reading_a_moment_fail(text: str) -> None:
    moment = parse_moment(text)
    assert moment is None or (moment.tzinfo is UTC and 1990 <= moment.year <= 2101)


@given(st.dictionaries(st.sampled_from(FIELDS), PLAIN | st.lists(PLAIN) | st.dictionaries(st.text(), PLAIN)))
def test_no_values_make_reading_an_event_fail(values: dict[str, object]) -> None:
    event, issues = parse_event({**PURCHASE, **values}, lambda: "row")
    assert event is not None or issues
