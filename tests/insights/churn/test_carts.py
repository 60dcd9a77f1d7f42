"""Carts that customers left."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from insights.churn.carts import days_since_cart_left
from insights.customers.activity import CART, PURCHASE, VIEW
from tests.insights.churn.shops import day, make_activity

ACTIONS = st.tuples(
    st.sampled_from("ab"), st.integers(0, 30), st.sampled_from([VIEW, CART, PURCHASE]), st.integers(0, 2)
)


def left(*rows, last=30, size=1):
    return days_since_cart_left(make_activity(rows), day(last).toordinal(), size).tolist()


def test_a_cart_is_left_until_its_product_is_bought():
    assert left(("a", 10, CART, 7)) == [20]
    assert left(("a", 10, CART, 7), ("a", 12, PURCHASE, 7)) == [np.inf]
    assert left(("a", 10, CART, 7), ("a", 12, PURCHASE, 8)) == [20]


def test_a_purchase_of_the_same_day_ends_a_cart_and_an_earlier_one_does_not():
    assert left(("a", 10, CART, 7), ("a", 10, PURCHASE, 7)) == [np.inf]
    assert left(("a", 9, PURCHASE, 7), ("a", 10, CART, 7)) == [20]


def test_the_last_cart_that_is_left_counts():
    assert left(("a", 10, CART, 7), ("a", 20, CART, 8), ("a", 25, CART, 9), ("a", 26, PURCHASE, 9)) == [10]


def test_what_another_customer_buys_ends_no_cart():
    assert left(("a", 10, CART, 7), ("b", 12, PURCHASE, 7), size=2) == [20, np.inf]


def test_nothing_in_carts_is_nothing_left():
    assert left(size=2) == [np.inf, np.inf]
    assert left(("a", 1, PURCHASE, 0), ("a", 2, VIEW, 3)) == [np.inf]


@given(st.lists(ACTIONS, max_size=20))
def test_each_product_is_looked_at_alone(rows):
    activity = make_activity([*rows, ("a", 0, VIEW, 0), ("b", 0, VIEW, 0)])
    expected = []
    for customer in "ab":
        own = [row for row in rows if row[0] == customer]
        latest = []
        for product in range(3):
            put = max((at for _, at, kind, one in own if (kind, one) == (CART, product)), default=-1)
            bought = max((at for _, at, kind, one in own if (kind, one) == (PURCHASE, product)), default=-1)
            latest += [put] if put > bought else []
        expected.append(30 - max(latest) if latest else np.inf)
    assert days_since_cart_left(activity, day(30).toordinal(), 2).tolist() == expected
