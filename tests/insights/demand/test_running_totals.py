"""Means of daily values over spans of days."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.demand import running_totals as module
from insights.demand.running_totals import running_totals

ALL = slice(None)


def totals_of(values, observed=None):
    matrix = np.array(values, np.float32)
    return running_totals(
        matrix, np.ones(matrix.shape, bool) if observed is None else np.array(observed, bool)
    )


def test_a_mean_is_of_the_days_from_the_first_until_before_the_end():
    assert totals_of([[1, 2, 6, 9], [0, 4, 0, 8]]).mean(ALL, 1, 3).tolist() == [4, 2]


def test_a_day_not_observed_is_no_zero():
    assert totals_of([[4, 0, 6]], [[1, 0, 1]]).mean(ALL, 0, 3).tolist() == [5]
    assert totals_of([[4, 0, 6]]).mean(ALL, 0, 3).tolist() == [pytest.approx(10 / 3)]


def test_what_is_written_on_a_day_not_observed_does_not_count():
    assert totals_of([[4, np.nan, 6], [4, 90, 6]], [[1, 0, 1]] * 2).mean(ALL, 0, 3).tolist() == [5, 5]


def test_days_before_the_first_and_after_the_last_do_not_count():
    assert totals_of([[2, 4]]).mean(ALL, -7, 9).tolist() == [3]


@pytest.mark.parametrize(("first", "end"), [(-5, 0), (2, 7), (1, 1), (2, 1)])
def test_the_mean_of_no_days_is_unknown(first, end):
    assert np.isnan(totals_of([[2, 4]]).mean(ALL, first, end)).all()


def test_rows_are_those_asked_for():
    assert totals_of([[1, 1], [2, 2], [3, 3]]).mean(np.array([2, 0]), 0, 2).tolist() == [3, 1]


def test_blocks_of_rows_join(monkeypatch):
    monkeypatch.setattr(module, "_MAX_ROWS_AT_ONCE", 2)
    assert totals_of([[number, number] for number in range(5)]).mean(ALL, 0, 2).tolist() == [0, 1, 2, 3, 4]


@given(st.lists(st.tuples(st.integers(0, 99), st.booleans()), min_size=1, max_size=30), st.data())
def test_means_are_those_of_the_observed_days(days, data):
    first = data.draw(st.integers(0, len(days)))
    end = data.draw(st.integers(0, len(days)))
    mean = totals_of([[value for value, _ in days]], [[seen for _, seen in days]]).mean(ALL, first, end)[0]
    known = [value for value, seen in days[first:end] if seen]
    assert mean == pytest.approx(sum(known) / len(known)) if known else np.isnan(mean)
