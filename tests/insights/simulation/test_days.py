"""The rates of simulated shoppers are those that they are set to."""

from dataclasses import replace

import numpy as np
import pytest

from insights.customers.activity import SEARCH
from insights.simulation.days import NEVER, ShopperState, leaving_hazards, order_rates
from insights.simulation.settings import ShopSettings
from insights.simulation.shop import simulate_shop
from insights.simulation.shoppers import Assortment, ShopModel, Shoppers

# Everybody comes on the first day, orders nothing on it, and does what no cause changes.
PLAIN = ShopSettings(
    arrival_share=0,
    first_order=0,
    order_rate_shape=1e9,
    season=0,
    cart_lift=1,
    view_lift=0,
    leaving_hazard=0,
    silence_lift=1,
    bad_experience_lift=1,
    price_swing=0,
)


def model(settings):
    """Two shoppers with an order and a visit in twenty days each, of the first category."""
    traits = Shoppers(
        np.zeros(2, np.int64),
        np.zeros(2, np.bool_),
        np.full(2, 0.05),
        np.full(2, 0.05),
        np.zeros(2, np.int64),
        np.ones(2),
    )
    # On day 25 prices of the first category are 10 % up: a quarter of a swing of 100 days.
    assortment = Assortment(np.ones(320), np.full(8, 100.0), np.zeros(8), 0.1)
    return ShopModel(traits, assortment, settings)


def state(**changed):
    return replace(ShopperState.at_first(2), **{name: np.array(value) for name, value in changed.items()})


def test_orders_come_at_the_rate_that_is_set():
    # 199 days with a probability of 1 - exp(-1/50) each: 3.94; the standard error of 2,000 is .044.
    shop = simulate_shop(1, 2000, 200, PLAIN)
    assert len(shop.orders) / 2000 == pytest.approx(3.94, abs=0.18)


def test_shoppers_differ_as_the_gamma_distribution_that_is_set():
    # Rates of shape 2 and mean .02 have a variance of .02² / 2; over 3,000 shoppers within 10 %.
    shop = simulate_shop(1, 3000, 1, replace(PLAIN, order_rate_shape=2))
    rates = shop.model.shoppers.rate
    assert rates.mean() == pytest.approx(0.02, rel=0.06)
    assert rates.var() == pytest.approx(0.0002, rel=0.15)


def test_a_cart_left_lately_and_views_raise_the_rate_of_orders():
    settings = ShopSettings(season=0, cart_lift=2.5, cart_days=14, view_lift=0.03, max_views=30)
    lately = state(cart_day=[86, 85], views=[0.0, 10.0])
    np.testing.assert_allclose(order_rates(model(settings), lately, 100), [0.05 * 2.5, 0.05 * 1.3])
    np.testing.assert_allclose(
        order_rates(model(settings), state(views=[90.0, 0.0]), 100), [0.05 * 1.9, 0.05]
    )


def test_silence_a_bad_experience_and_prices_raise_the_hazard_of_leaving():
    settings = ShopSettings(
        leaving_hazard=0.001,
        silence_lift=2,
        bad_experience_lift=8,
        bad_experience_days=30,
        price_sensitivity=4,
    )
    # A visit in ten days is usual: 31 days are more than three times that, 30 are not. Day 50: usual prices.
    silent = leaving_hazards(model(settings), state(last_visit=[19, 20]), 50)
    np.testing.assert_allclose(silent, [0.002, 0.001], rtol=0.002)
    angry = leaving_hazards(model(settings), state(last_visit=[50, 50], bad_day=[20, 19]), 50)
    np.testing.assert_allclose(angry, [0.008, 0.001], rtol=0.01)
    dear = leaving_hazards(model(settings), state(last_visit=[25, 25]), 25)
    np.testing.assert_allclose(dear, 0.001 * np.exp(0.4), rtol=0.002)


def test_the_decision_to_leave_is_made_at_the_hazard_that_is_set():
    # After 100 days 1 - exp(-1) have decided; the standard error of 4,000 is .008.
    shop = simulate_shop(2, 4000, 101, replace(PLAIN, leaving_hazard=0.01))
    decided = shop.truth(shop.orders.last_day, 1, futures=1).is_leaving
    assert decided.mean() == pytest.approx(0.632, abs=0.031)


def test_who_is_about_to_leave_comes_less_and_searches_less():
    usual = simulate_shop(3, 2000, 60, PLAIN)
    # All decide on the second day, and have not gone by the last one.
    leaving = simulate_shop(3, 2000, 60, replace(PLAIN, leaving_hazard=99.0, leaving_days=NEVER))
    visits, searches = zip(*(visits_and_searches(shop) for shop in (usual, leaving)), strict=True)
    assert searches[0] / visits[0] == pytest.approx(1.2, rel=0.05)
    assert searches[1] / visits[1] == pytest.approx(1.2 * 0.3, rel=0.1)
    # Probabilities of a day are below .15, so that those of visits and orders are nearly the rates.
    assert visits[1] / visits[0] == pytest.approx(0.4, rel=0.1)


def visits_and_searches(shop):
    activity = shop.activity
    later = activity.day > shop.first_day.toordinal() + 1
    visits = {*zip(activity.customer[later].tolist(), activity.day[later].tolist(), strict=True)}
    return len(visits), int((activity.kind[later] == SEARCH).sum())
