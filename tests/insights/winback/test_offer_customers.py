"""Carts, browsing and prices of customers, from their activity."""

from datetime import date

import numpy as np
import pytest

from insights.customers.activity import CART, PURCHASE, SEARCH, VIEW, Activity
from insights.customers.events import CustomerEvents
from insights.winback.offer_customers import offer_customers

TODAY = date(2026, 6, 30)
PRODUCTS = ("bag", "coat", "hat")


def events_of(*actions):
    """Events of customers in order: (customer, days ago, kind, product, price)."""
    customer, days_ago, kind, product, price = zip(*actions, strict=True)
    ids = tuple(sorted(set(customer)))
    activity = Activity(
        ids,
        np.array([ids.index(one) for one in customer]),
        TODAY.toordinal() - np.array(days_ago),
        TODAY.toordinal() - np.array(days_ago),
        np.array(kind),
        np.array([PRODUCTS.index(one) if one else -1 for one in product]),
        np.array(price, np.float64),
        TODAY.toordinal() - 400,
    )
    # Offers read nothing of the orders.
    return CustomerEvents(None, activity, PRODUCTS)


def offered(events, *ids, **options):
    return offer_customers(ids, np.full(len(ids), 0.1), TODAY, events, **options)


def test_carts_left_are_those_of_the_last_month_not_bought_since_the_latest_first():
    events = events_of(
        ("a", 30, CART, "hat", 10),  # too long ago
        ("a", 29, CART, "coat", 10),
        ("a", 20, CART, "bag", 10),
        ("a", 10, CART, "hat", 10),
        ("a", 9, PURCHASE, "hat", 10),
        ("b", 5, CART, "bag", 10),
        ("b", 4, CART, "coat", 10),
        ("b", 3, CART, "bag", 10),
    )
    a, b = offered(events, "a", "b")
    assert (a.carts, b.carts) == (("bag", "coat"), ("bag", "coat"))


def test_what_was_put_into_the_cart_again_after_it_was_bought_is_left():
    events = events_of(("a", 3, CART, "hat", 10), ("a", 3, PURCHASE, "hat", 10), ("a", 2, CART, "hat", 10))
    assert offered(events, "a")[0].carts == ("hat",)


def test_who_looks_at_five_products_in_a_month_and_has_not_bought_for_half_a_year_is_browsing():
    events = events_of(
        *[("bought", 179, PURCHASE, "hat", 10)],
        *[("bought", 5, VIEW, "hat", 10)] * 5,
        *[("few", 5, VIEW, "hat", 10)] * 4,
        *[("looks", 180, PURCHASE, "hat", 10)],
        *[("looks", 5, VIEW, "hat", 10)] * 5,
        *[("old", 30, VIEW, "hat", 10)] * 5,
    )
    found = offered(events, "bought", "few", "looks", "old")
    assert [one.is_browsing for one in found] == [False, False, True, False]


def test_the_usual_price_is_that_at_which_a_product_is_mostly_seen():
    # A hat is seen at 100 three times of four; at 80 it was reduced.
    events = events_of(
        ("full", 9, PURCHASE, "hat", 100),
        ("full", 8, SEARCH, "", np.nan),
        ("half", 7, PURCHASE, "hat", 98),
        ("half", 6, PURCHASE, "hat", 80),
        ("half", 5, PURCHASE, "coat", np.nan),
        ("viewer", 4, VIEW, "hat", 100),
    )
    full, half, viewer = offered(events, "full", "half", "viewer")
    assert (full.full_price_share, half.full_price_share) == (1, 0.5)
    assert np.isnan(viewer.full_price_share)


def test_of_who_is_not_among_the_events_nothing_is_known():
    found = offered(events_of(("a", 3, CART, "hat", 10)), "a", "c")
    assert [(one.is_known, one.carts) for one in found] == [(True, ("hat",)), (False, ())]
    without_events = offer_customers(["a"], np.array([0.1]), TODAY)
    assert (without_events[0].id, without_events[0].is_known) == ("a", False)


def test_a_probability_for_each_customer_is_needed():
    with pytest.raises(ValueError, match="shorter"):
        offer_customers(["a", "b"], np.array([0.1]), TODAY)
