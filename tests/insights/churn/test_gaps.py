"""Gaps between orders."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from insights.churn.gaps import order_gaps
from tests.insights.churn.shops import make_orders


def test_gaps_are_the_median_and_the_last_between_days_with_an_order():
    # a: 4, 10, 7; b: 2, 6. Two orders of a day are one.
    gaps = order_gaps(
        make_orders([("a", 0), ("a", 4), ("a", 14), ("a", 21), ("a", 21), ("b", 0), ("b", 2), ("b", 8)], 30)
    )
    assert gaps.usual.tolist() == [7, 4]
    assert gaps.last.tolist() == [7, 6]
    assert gaps.silence.tolist() == [9, 22]
    assert gaps.count.tolist() == [3, 2]


def test_the_usual_gap_of_who_ordered_once_is_that_of_all():
    # Gaps 4, 10 and 3 of others.
    gaps = order_gaps(make_orders([("a", 0), ("a", 4), ("a", 14), ("b", 5), ("c", 1), ("c", 4)], 20))
    assert gaps.usual.tolist() == [7, 4, 3]
    assert (gaps.silence[1], gaps.count[1]) == (15, 0)
    assert np.isnan(gaps.last[1])


def test_nobody_has_a_usual_gap_where_all_ordered_once():
    gaps = order_gaps(make_orders([("a", 0), ("b", 5)], 5))
    assert np.isnan(gaps.usual).all()
    assert gaps.silence.tolist() == [5, 0]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 40)), min_size=1))
def test_the_usual_gap_is_the_median_of_a_customer(rows):
    orders = make_orders(rows, 40)
    gaps = order_gaps(orders)
    for at, customer in enumerate(orders.customers):
        own = np.diff(sorted({number for name, number in rows if name == customer}))
        assert gaps.count[at] == len(own)
        if len(own):
            assert (gaps.usual[at], gaps.last[at]) == (np.median(own), own[-1])
