"""Features of customers by what they did besides ordering."""

from dataclasses import replace

import numpy as np
import pytest

from insights.churn.activity_features import (
    activity_features,
    activity_of_customers,
    days_since_visit,
    visit_days,
)
from insights.customers.activity import CART, FAVORITE, PURCHASE, SEARCH, VIEW
from tests.insights.churn.shops import day, make_activity, make_orders

LAST = 99
ORDERS = make_orders([("a", 50), ("b", 10), ("b", 95)], LAST)


def features(*rows):
    return activity_features(ORDERS, make_activity(rows))


def counts(column):
    return np.expm1(column).round(6).tolist()


def test_actions_are_counted_over_the_last_week_and_the_last_four():
    # A week ends on day 99 and begins on 93; four weeks begin on 72.
    found = features(
        ("a", 71, SEARCH), ("a", 72, SEARCH), ("a", 92, SEARCH), ("a", 93, SEARCH),
        ("a", 71, VIEW, 1), ("a", 92, VIEW, 1), ("a", 99, VIEW, 2),
        ("b", 72, FAVORITE, 1), ("b", 71, FAVORITE, 1), ("b", 80, CART, 1), ("b", 81, CART, 1),
    )  # fmt: skip
    assert counts(found["searches_week"]) == [1, 0]
    assert counts(found["searches_month"]) == [3, 0]
    assert counts(found["views_week"]) == [1, 0]
    assert counts(found["views_month"]) == [2, 0]
    assert counts(found["favorites_month"]) == [0, 1]
    assert counts(found["carts_month"]) == [0, 2]


def test_views_count_since_the_day_after_the_last_order():
    found = features(*[("a", at, VIEW, 1) for at in (49, 50, 51, 60)], ("b", 94, VIEW, 1))
    assert counts(found["views_since_order"]) == [2, 0]


def test_products_count_once_and_views_only_for_four_weeks():
    views = [("a", 99, VIEW, one) for one in (3, 3, 4)] + [("a", 71, VIEW, 5)]
    found = features(*views, ("a", 1, PURCHASE, 3), ("a", 50, PURCHASE, 3), ("a", 50, PURCHASE, 6))
    assert counts(found["products_viewed"]) == [2, 0]
    assert counts(found["products_bought"]) == [2, 0]


def test_a_cart_is_forgotten_after_four_weeks():
    # Left 27 days ago by a, 28 by b.
    found = features(("a", 72, CART, 1), ("b", 71, CART, 1))
    assert found["cart_left"].tolist() == [1, 0]
    assert counts(found["cart_left_ago"]) == [27, 28]


def test_prices_are_compared_with_those_that_all_look_at():
    # Logarithms of 10 and 40 against their mean, that of 20.
    found = features(
        ("a", 99, VIEW, 1, 10.0), ("b", 99, VIEW, 2, 40.0), ("b", 98, VIEW, 3), ("a", 9, VIEW, 4, 900.0)
    )
    assert np.exp(found["price_viewed"]) == pytest.approx([0.5, 2])


def test_a_visit_is_a_day_and_visits_of_four_weeks_are_compared_with_those_before():
    activity = make_activity([("a", at, VIEW, 1) for at in (43, 44, 60, 71, 72, 99, 99)])
    recent, before = visit_days(activity_of_customers(ORDERS, activity), day(LAST).toordinal(), 2)
    assert (recent.tolist(), before.tolist()) == ([2, 0], [3, 0])
    found = activity_features(ORDERS, activity)
    assert np.exp(found["visits_change"]) == pytest.approx([3 / 4, 1])


def test_an_order_is_a_visit_too():
    known = activity_of_customers(ORDERS, make_activity([("a", 90, SEARCH), ("b", 20, SEARCH)]))
    assert days_since_visit(ORDERS, known).tolist() == [9, 4]


def test_who_never_ordered_and_days_after_the_last_do_not_count():
    nothing = features()
    found = features(
        ("0", 99, VIEW, 1, 5.0), ("c", 90, CART, 2), ("a", 100, VIEW, 1, 5.0), ("b", 130, SEARCH)
    )
    assert list(found) == list(nothing)
    for name, column in found.items():
        assert column.tolist() == nothing[name].tolist(), name


def test_activity_without_purchases_or_products_has_all_features():
    for rows in ([], [("a", 99, SEARCH)], [("b", 1, FAVORITE, 2)]):
        assert np.isfinite(np.column_stack(list(features(*rows).values()))).all()


def test_what_was_done_before_signing_in_counts_from_the_day_of_signing_in():
    activity = make_activity([("a", 80, SEARCH), ("a", 90, SEARCH)])
    signed_in = replace(activity, known_from=activity.day + 15)
    # By day 99 who searched on day 80 had signed in, on day 95; who searched on day 90 does so on day 105.
    known = activity_of_customers(ORDERS, signed_in)
    assert known.day.tolist() == [day(80).toordinal()]
    assert counts(activity_features(ORDERS, signed_in)["searches_month"]) == [1, 0]
