"""Training rows: customers as of past days, with whether they bought next."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.churn.features import customer_features
from insights.churn.training_rows import take_snapshots, training_rows
from insights.churn.windows import Window
from tests.insights.churn.shops import day, make_orders, random_activity, random_orders

# c comes first after the day of the first window.
ORDERS = make_orders(
    [("a", 0), ("a", 5), ("a", 12), ("a", 12), ("a", 14), ("b", 3), ("c", 11), ("c", 18)], 20
)


def test_a_snapshot_holds_the_customers_of_a_day_and_the_days_they_ordered_on_next():
    first, second = take_snapshots(ORDERS, [Window(day(10), 5), Window(day(15), 5)])
    assert first.orders.customers == ("a", "b")
    # Day 12 counts once.
    assert first.bought.tolist() == [2, 0]
    assert second.orders.customers == ("a", "b", "c")
    assert second.bought.tolist() == [0, 0, 1]


def test_days_on_which_nobody_had_come_back_are_left_out():
    assert [one.window.as_of for one in take_snapshots(ORDERS, [Window(day(4), 5), Window(day(5), 5)])] == [
        day(5)
    ]


def test_rows_stand_window_below_window():
    snapshots = take_snapshots(ORDERS, [Window(day(10), 5), Window(day(15), 5)])
    rows = training_rows(snapshots)
    assert rows.buys.tolist() == [True, False, False, False, True]
    np.testing.assert_array_equal(rows.values[:2], snapshots[0].features.values)
    assert training_rows([]) is None


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_features_of_a_window_do_not_know_what_was_bought_in_it(seed):
    orders = random_orders(seed, 25, 100)
    activity, window = random_activity(seed, orders, 6), Window(day(70), 30)
    for snapshot in take_snapshots(orders, [window], activity):
        ended = customer_features(orders.until(day(70)), 30, activity)
        np.testing.assert_array_equal(snapshot.features.values, ended.values)
        assert snapshot.orders.last_day == day(70)
