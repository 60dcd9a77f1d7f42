"""Simulated shops: what is true of their shoppers, their events, and the response to offers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from insights.customers.events import read_events
from insights.customers.orders import Orders, days_bought
from insights.simulation.response import DISTURBED, PERSUADABLE, SEGMENTS
from insights.simulation.settings import ShopSettings
from insights.simulation.shop import simulate_shop
from tests.insights.simulation.test_days import PLAIN

SINCE = datetime(1970, 1, 1, tzinfo=UTC)


def test_the_same_seed_gives_the_same_shop_and_another_one_another():
    first, again, other = (simulate_shop(seed, 50, 60) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.orders.amount, again.orders.amount)
    assert list(first.events()) == list(again.events())
    assert first.orders.amount.tolist() != other.orders.amount.tolist()


def test_the_true_probability_is_that_of_the_rate_where_nothing_else_acts():
    # 1 - exp(-30 / 50) = .451 for all; of 100 futures of 300 shoppers the standard error is .003.
    shop = simulate_shop(1, 300, 50, PLAIN)
    truth = shop.truth(shop.orders.last_day, 30)
    assert truth.probability.mean() == pytest.approx(0.451, abs=0.012)
    # 30 days with a probability of 1 - exp(-1/50).
    assert truth.expected_orders.mean() == pytest.approx(0.594, abs=0.015)
    assert not truth.is_leaving.any()


def test_who_has_gone_is_known_and_never_orders_again():
    shop = simulate_shop(1, 400, 300)
    day = date(2024, 7, 1)
    truth = shop.truth(day, 60, futures=20)
    assert truth.is_gone.sum() > 20
    assert not truth.probability[truth.is_gone].any()
    later = days_bought(shop.orders, shop.shoppers, day + timedelta(1), shop.orders.last_day)
    assert not later[truth.is_gone].any()
    assert (truth.is_gone <= truth.is_leaving).all()


def test_what_happened_is_as_likely_as_the_truth_says():
    shop = simulate_shop(5, 2000, 200)
    day = date(2024, 4, 30)
    customers = shop.orders.until(day).customers
    probability = shop.truth(day, 60, futures=50).probability[shop.positions(customers)]
    bought = days_bought(shop.orders, customers, day + timedelta(1), day + timedelta(60)) > 0
    # The standard error of the mean of some 1,000 outcomes is .012 at most.
    assert bought.mean() == pytest.approx(probability.mean(), abs=0.05)
    likely, unlikely = probability > 0.7, probability < 0.3
    assert bought[likely].mean() == pytest.approx(probability[likely].mean(), abs=0.1)
    assert bought[unlikely].mean() == pytest.approx(probability[unlikely].mean(), abs=0.1)


@pytest.mark.parametrize("settings", [ShopSettings(), ShopSettings(signed_out=0.8, session_days=20)])
def test_events_in_a_store_are_read_as_the_orders_and_the_activity_of_the_shop(new_event_store, settings):
    shop = simulate_shop(1, 60, 60, settings)
    store = new_event_store("embedded")
    store.add(list(shop.events()))
    reading = read_events(store, SINCE, shop.orders.last_day + timedelta(1))
    orders, activity = reading.orders_reading.orders, reading.activity
    assert (orders.customers, orders.last_day) == (shop.orders.customers, shop.orders.last_day)
    np.testing.assert_array_equal(orders.day, shop.orders.day)
    np.testing.assert_allclose(orders.amount, shop.orders.amount)
    assert activity.customers == shop.activity.customers
    for name in ("customer", "day", "known_from", "kind", "price"):
        np.testing.assert_array_equal(getattr(activity, name), getattr(shop.activity, name))
    products = [reading.products[one] for one in activity.product.tolist() if one >= 0]
    assert products == [shop.products[one] for one in shop.activity.product.tolist() if one >= 0]


def test_in_long_sessions_visits_are_known_later_than_made_and_in_those_of_a_visit_not_at_all():
    plain, *others = (
        simulate_shop(1, 200, 100, ShopSettings(signed_out=share, session_days=days))
        for share, days in ((0, 0), (0.8, 50), (0.8, 0))
    )
    long, short = others
    late, lost = (one.activity.known_from > one.activity.day for one in (long, short))
    assert not (plain.activity.known_from > plain.activity.day).any()
    assert late.mean() > 0.1
    assert not lost.any()
    assert len(short.activity.day) < len(long.activity.day) < len(plain.activity.day)
    # What shoppers do is the same.
    assert orders_of(plain.orders) == orders_of(long.orders) == orders_of(short.orders)


def test_an_offer_without_effect_changes_no_order():
    shop = simulate_shop(1, 300, 100, ShopSettings(response="none"))
    everybody = np.ones(300, np.bool_)
    assert orders_of(shop.respond(everybody, 30, 1)) == orders_of(shop.respond(~everybody, 30, 1))


def test_an_offer_with_the_same_effect_on_all_brings_as_many_orders_as_is_set():
    shop = simulate_shop(1, 4000, 50, replace(PLAIN, response="uniform", extra_orders=0.25))
    everybody = np.ones(4000, np.bool_)
    gained = len(shop.respond(everybody, 30, 1)) - len(shop.respond(~everybody, 30, 1))
    # 1,000; the standard deviation is that of 4,000 draws: 27.
    assert gained == pytest.approx(1000, abs=110)


def test_an_offer_changes_the_orders_of_those_it_persuades_or_disturbs_and_of_nobody_else():
    settings = ShopSettings(response="varied", extra_orders=0.5, lost_share=0.5, order_rate=1 / 10)
    shop = simulate_shop(1, 3000, 120, settings)
    response = shop.response()
    assert set(np.unique(response.segment)) == set(range(len(SEGMENTS)))
    everybody = np.ones(3000, np.bool_)
    with_offer, without = (counts(shop, shop.respond(one, 40, 7)) for one in (everybody, ~everybody))
    persuadable, disturbed = response.segment == PERSUADABLE, response.segment == DISTURBED
    gain = (with_offer - without)[persuadable]
    assert set(gain.tolist()) == {0, 1}
    assert gain.mean() == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(persuadable.sum()))
    kept = with_offer[disturbed].sum() / without[disturbed].sum()
    assert kept == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(without[disturbed].sum()))
    others = ~(persuadable | disturbed)
    np.testing.assert_array_equal(with_offer[others], without[others])


def test_who_is_not_treated_does_what_he_would_without_a_campaign():
    shop = simulate_shop(1, 500, 100)
    treated = np.arange(500) % 2 == 0
    some, nobody = (counts(shop, shop.respond(one, 30, 3)) for one in (treated, np.zeros(500, np.bool_)))
    np.testing.assert_array_equal(some[~treated], nobody[~treated])
    assert some[treated].tolist() != nobody[treated].tolist()


def test_impossible_shops_days_and_assignments_are_refused():
    with pytest.raises(ValueError, match="0 shoppers on 10 days"):
        simulate_shop(1, 0, 10)
    shop = simulate_shop(1, 5, 10)
    with pytest.raises(ValueError, match="2024-01-11 is not among the days from 2024-01-01 to 2024-01-10"):
        shop.truth(date(2024, 1, 11), 10)
    with pytest.raises(ValueError, match=r"flags of shape \(4,\) for 5 shoppers"):
        shop.respond(np.ones(4, np.bool_), 10, 1)


def counts(shop, orders: Orders):
    """The orders of each shopper; an extra one may be of the same day as another."""
    found = np.zeros(len(shop.shoppers), np.int64)
    found[shop.positions(orders.customers)] = np.bincount(orders.customer, minlength=len(orders.customers))
    return found


def orders_of(orders: Orders):
    return orders.customers, orders.customer.tolist(), orders.day.tolist(), orders.amount.tolist()
