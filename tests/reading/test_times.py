"""Dates and times as shops write them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.reading.times import read_time

TEN_IN_CHINA = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23 10:00",
        "2026-11-23 10:00:00",
        "2026-11-23T10:00:00+08:00",
        "2026-11-23T02:00:00Z",
        "2026/11/23 10:00",
        "2026.11.23 10:00",
        "2026年11月23日 10:00",
        "2026年11月23日10时00分",
        "20261123100000",
        "1795399200",  # 20780 days of 86,400 seconds after the epoch, and two hours
        "1795399200000",
    ],
)
def test_one_moment_in_many_writings(text: str) -> None:
    assert read_time(text) == TEN_IN_CHINA


def test_a_date_alone_is_midnight_in_china_and_as_an_end_its_last_second() -> None:
    assert read_time("2026-11-23") == datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert read_time("20261123", end_of_day=True) == datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)
    assert read_time("2026-11-23 10:00", end_of_day=True) == TEN_IN_CHINA


@pytest.mark.parametrize(
    "text", ["23/11/2026", "2026-13-01", "2026-02-30", "45000", "0001-01-01", "9999-01-01", "x"]
)
def test_what_is_no_date_or_could_be_two_is_none(text: str) -> None:
    assert read_time(text) is None


@given(st.text() | st.from_regex(r"[0-9]{1,14}", fullmatch=True))
def test_no_text_makes_reading_a_time_fail(text: str) -> None:
    moment = read_time(text)
    assert moment is None or moment.tzinfo is UTC
