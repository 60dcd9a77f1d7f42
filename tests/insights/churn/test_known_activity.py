"""From when on it is known what customers did."""

from dataclasses import replace

import numpy as np
import pytest

from insights.churn.known_activity import first_known_day, sufficient_activity
from insights.customers.activity import PURCHASE, SEARCH, VIEW
from tests.insights.churn.shops import day, make_activity, make_orders

LAST = 200
ORDERS = make_orders([("a", 10), ("b", 50)], LAST)


def visits(begin, end=LAST, customers=8, every=7):
    """Each of these customers looks at a product once a week, from one day to another."""
    return [(f"c{number}", at, VIEW, 1) for at in range(begin, end + 1, every) for number in range(customers)]


@pytest.mark.parametrize(("begin", "is_sufficient"), [(0, True), (145, True), (146, False), (300, False)])
def test_activity_of_eight_weeks_is_sufficient(begin, is_sufficient):
    activity = make_activity([*visits(begin), ("b", 320, VIEW, 1)])
    assert (sufficient_activity(ORDERS.last_day, activity) is activity) == is_sufficient


def test_purchases_alone_and_no_activity_are_not():
    assert sufficient_activity(ORDERS.last_day, make_activity([("a", 10, PURCHASE, 1)])) is None
    assert sufficient_activity(ORDERS.last_day, make_activity([])) is None
    assert sufficient_activity(ORDERS.last_day, None) is None


def test_windows_begin_where_both_orders_and_activity_are_known():
    assert first_known_day(ORDERS, None) == day(10)
    assert first_known_day(ORDERS, make_activity(visits(0))) == day(10)
    # A purchase that was imported says nothing of when visits began to be recorded.
    assert first_known_day(ORDERS, make_activity([("a", 10, PURCHASE, 1), *visits(60)])) == day(60)


def test_a_few_actions_long_before_all_others_do_not_begin_the_records():
    # A week has 8 customers; one of them is less than a quarter, in each of four weeks too.
    strays = [("c0", at, SEARCH) for at in (20, 90, 97, 104, 111)]
    activity = make_activity([*strays, *visits(121)])
    assert first_known_day(ORDERS, activity) == day(121)
    assert sufficient_activity(ORDERS.last_day, make_activity([*strays, *visits(170)])) is None


def test_records_go_on_over_gaps_of_four_weeks_and_end_at_longer_ones():
    # Weeks begin on days 194, 187 and so on, 61 and 54: visits of day 60 are 5 weeks before those of day 95,
    # with 4 between them, and 6 before those of day 102.
    assert first_known_day(ORDERS, make_activity([*visits(18, 60), *visits(95)])) == day(18)
    assert first_known_day(ORDERS, make_activity([*visits(18, 60), *visits(102)])) == day(102)
    # Nothing is recorded any more at the end.
    assert sufficient_activity(ORDERS.last_day, make_activity(visits(0, 171))) is not None
    assert sufficient_activity(ORDERS.last_day, make_activity(visits(0, 164))) is None


def test_a_shop_that_grows_from_one_customer_to_thirty_is_known_from_its_first_weeks():
    # One customer more each week: of the eight weeks after the first the median has 5.5, and 1 is less than
    # a quarter of it; of those after the second it has 6.5, of which 2 is more.
    rows = [(f"c{week}", at, VIEW, 1) for week in range(28) for at in range(4 + 7 * week, LAST + 1, 7)]
    orders = make_orders([("a", 0), ("b", 50)], LAST)
    assert first_known_day(orders, make_activity(rows)) == day(11)


def test_whose_visits_are_not_known_yet_do_not_count():
    activity = make_activity(visits(0))
    signed_in = replace(activity, known_from=np.where(activity.day < day(160).toordinal(), LAST + 1, 0))
    later = replace(activity, known_from=signed_in.known_from + day(0).toordinal())
    assert sufficient_activity(ORDERS.last_day, later) is None


def test_one_order_of_a_hundred_does_not_begin_the_records():
    days = [-9000, *range(101, 200)]
    assert first_known_day(make_orders([(f"c{at}", at) for at in days], LAST), None) == day(101)
    assert first_known_day(make_orders([(f"c{at}", at) for at in days[:-1]], LAST), None) == day(-9000)
