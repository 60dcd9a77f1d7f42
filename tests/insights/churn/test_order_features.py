"""Features of customers by their orders."""

import numpy as np
import pytest

from insights.churn.order_features import order_features
from insights.customers.bg_nbd import expected_purchases, fit_bg_nbd
from insights.customers.recency_frequency import recency_frequency
from shangsou.errors import UnusableInput
from tests.insights.churn.shops import make_orders

# a has gaps of 7 and 14 days and was silent for 7; b ordered once, 21 days ago; c today, for the second time.
ROWS = [("a", 0, 10.0), ("a", 7, 20.0), ("a", 21, 30.0), ("b", 7, 5.0), ("c", 14), ("c", 28)]


def features(horizon=70, rows=ROWS):
    return order_features(make_orders(rows, 28), horizon)


def test_times_are_measured_against_a_tenth_of_the_horizon():
    columns, _, _ = features(horizon=70)
    # A tenth of 70 days is one week: silences of 1, 3 and 0 weeks.
    assert np.exp(columns["silence"]) == pytest.approx([2, 4, 1])
    twice, _, _ = features(horizon=140)
    assert np.exp(twice["silence"]) == pytest.approx([1.5, 2.5, 1])


def test_silence_is_compared_with_the_mean_gap_and_of_who_ordered_once_with_the_age():
    columns, _, _ = features()
    # a: (1 + 1) / (1.5 + 1); b: (3 + 1) / (3 + 1); c: (0 + 1) / (2 + 1).
    assert np.exp(columns["silence_by_gap"]) == pytest.approx([0.8, 1, 1 / 3])


def test_orders_are_counted_and_amounts_are_means():
    columns, _, _ = features(horizon=28)
    assert columns["one_order"].tolist() == [0, 1, 0]
    assert np.expm1(columns["frequency"]) == pytest.approx([2, 0, 1])
    # Of c no amount is known.
    assert np.expm1(columns["mean_amount"]) == pytest.approx([20, 5, 0])


def test_the_first_columns_are_what_bg_nbd_expects():
    columns, probability, purchases = features()
    summary = recency_frequency(make_orders(ROWS, 28))
    assert purchases == pytest.approx(expected_purchases(fit_bg_nbd(summary).model, summary, 10))
    first, second, third = list(columns)[:3]
    assert (first, second, third) == ("bg_nbd_purchases", "bg_nbd_probability", "one_order")
    assert np.exp(columns[first]) == pytest.approx(purchases)
    assert 1 / (1 + np.exp(-columns[second])) == pytest.approx(probability)
    assert ((probability > 0) & (probability < 1)).all()


def test_amounts_that_nobody_knows_leave_all_features_known():
    columns, _, _ = features(rows=[(customer, at) for customer, at, *_ in ROWS])
    assert np.isfinite(np.column_stack(list(columns.values()))).all()
    assert columns["mean_amount"].tolist() == [0, 0, 0]


def test_customers_who_all_ordered_on_one_day_tell_nothing():
    with pytest.raises(UnusableInput, match="none of 2 customers ordered on a second day"):
        order_features(make_orders([("a", 0), ("b", 0), ("b", 0)], 5), 30)
