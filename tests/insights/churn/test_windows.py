"""Windows of the past lie within the records."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.churn.windows import Window, training_windows, validation_window

FIRST = date(2024, 1, 1)


def last_day(known):
    return FIRST + timedelta(days=known - 1)


def lengths(known, horizon):
    """The days known before each window, and those of the window."""
    windows = training_windows(FIRST, last_day(known), horizon)
    return [((one.as_of - FIRST).days + 1, one.days) for one in windows]


def test_a_window_is_of_the_days_after_the_day_it_is_seen_from():
    window = Window(date(2024, 2, 28), 3)
    assert (window.first_day, window.last_day) == (date(2024, 2, 29), date(2024, 3, 2))


def test_windows_are_spread_from_a_third_of_the_records_to_the_last_horizon_in_them():
    # A third of 120 is 40, and 30 days before the end are 90: steps of 50 / 3.
    assert lengths(120, 30) == [(40, 30), (56, 30), (73, 30), (90, 30)]


def test_windows_are_shorter_than_the_horizon_where_the_records_are():
    # From a third of 120, 40, to seven twelfths, 70.
    assert lengths(120, 365) == [(40, 80), (50, 70), (60, 60), (70, 50)]


@pytest.mark.parametrize(("known", "expected"), [(1, []), (2, [(1, 1)]), (3, [(1, 1), (2, 1)])])
def test_records_of_a_few_days_have_few_windows(known, expected):
    assert lengths(known, 1) == expected


@given(st.integers(1, 3000), st.integers(1, 4000))
def test_windows_differ_and_lie_within_the_records(known, horizon):
    windows = training_windows(FIRST, last_day(known), horizon)
    days = [one.as_of for one in windows]
    assert days == sorted(set(days))
    for one in windows:
        assert one.as_of >= FIRST
        assert 1 <= one.days <= horizon
        assert one.last_day <= last_day(known)


def test_the_validation_window_is_the_last_horizon_of_the_records():
    assert validation_window(FIRST, last_day(120), 30) == Window(last_day(90), 30)


def test_the_validation_window_leaves_half_of_the_records_before_it():
    assert validation_window(FIRST, last_day(121), 90) == Window(last_day(61), 60)
