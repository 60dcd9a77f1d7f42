"""Features know the past alone, and each customer by what is its own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.churn.circumstances import circumstances
from insights.churn.features import BG_NBD_FEATURES, customer_features
from tests.insights.churn.shops import day, random_activity, random_orders, renamed

FEW = settings(max_examples=5, deadline=None)


def test_features_are_those_of_orders_and_then_those_of_activity():
    orders = random_orders(1, 30, 100)
    alone = customer_features(orders, 30)
    both = customer_features(orders, 30, random_activity(1, orders, 5))
    assert both.names[: len(alone.names)] == alone.names
    assert alone.names[BG_NBD_FEATURES - 1] == "one_order"
    np.testing.assert_array_equal(both.values[:, : len(alone.names)], alone.values)
    assert both.values.shape == (len(orders.customers), len(both.names))


@FEW
@given(st.integers(0, 1000), st.integers(60, 99), st.integers(1, 200))
def test_what_happens_after_a_day_changes_no_feature_and_no_circumstance_of_it(seed, at, horizon):
    # Of 100 days: what is known on day `at` with the whole records, and with records that end then.
    orders = random_orders(seed, 25, 100)
    activity, known = random_activity(seed, orders, 6), orders.until(day(at))
    past = activity.take(activity.day <= known.last_day.toordinal())
    np.testing.assert_array_equal(
        customer_features(known, horizon, activity).values, customer_features(known, horizon, past).values
    )
    for whole, ended in zip(circumstances(known, activity), circumstances(known, past), strict=True):
        np.testing.assert_array_equal(whole.holds, ended.holds)
        np.testing.assert_array_equal(whole.figures, ended.figures)


@FEW
@given(st.integers(0, 1000))
def test_the_ids_of_customers_and_so_their_order_change_nothing(seed):
    orders = random_orders(seed, 25, 100)
    activity = random_activity(seed, orders, 6)
    names = [f"n{number:03}" for number in np.random.default_rng(seed).permutation(len(orders.customers))]
    others, other_activity = renamed(orders, activity, names)
    place = np.argsort(names)
    expected, found = customer_features(orders, 30, activity), customer_features(others, 30, other_activity)
    # The last digits of sums differ.
    assert found.values == pytest.approx(expected.values[place], rel=1e-9, abs=1e-9)
    for mine, other in zip(
        circumstances(orders, activity), circumstances(others, other_activity), strict=True
    ):
        assert other.holds.tolist() == mine.holds[place].tolist()
