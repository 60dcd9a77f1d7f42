"""From when on it is known what customers did."""

import pytest

from insights.churn.known_activity import first_known_day, sufficient_activity
from insights.customers.activity import PURCHASE, SEARCH, VIEW
from tests.insights.churn.shops import day, make_activity, make_orders

ORDERS = make_orders([("a", 10), ("b", 50)], 200)


@pytest.mark.parametrize(("begin", "is_sufficient"), [(0, True), (145, True), (146, False), (300, False)])
def test_activity_of_eight_weeks_is_sufficient(begin, is_sufficient):
    activity = make_activity([("a", begin, SEARCH), ("b", 320, VIEW, 1)])
    assert (sufficient_activity(ORDERS.last_day, activity) is activity) == is_sufficient


def test_purchases_alone_and_no_activity_are_not():
    assert sufficient_activity(ORDERS.last_day, make_activity([("a", 10, PURCHASE, 1)])) is None
    assert sufficient_activity(ORDERS.last_day, make_activity([])) is None
    assert sufficient_activity(ORDERS.last_day, None) is None


def test_windows_begin_where_both_orders_and_activity_are_known():
    assert first_known_day(ORDERS, None) == day(10)
    assert first_known_day(ORDERS, make_activity([("a", 0, SEARCH)])) == day(10)
    # A purchase that was imported says nothing of when visits began to be recorded.
    assert first_known_day(ORDERS, make_activity([("a", 10, PURCHASE, 1), ("a", 60, VIEW, 1)])) == day(60)
