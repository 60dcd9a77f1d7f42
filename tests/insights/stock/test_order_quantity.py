"""Quantities to order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.stock.order_quantity import horizon_days, order_quantity, round_to_pack
from tests.insights.stock.shops import constant_demand, rules, stocked


def test_an_order_fills_up_to_the_demand_of_lead_time_and_review():
    # Two a day: 4 until the delivery, 10 until the next. 10 at hand, so nothing more; 9 at hand: one.
    enough = order_quantity(stocked(on_hand=10.0, lead_time_days=2), rules(), constant_demand(2))
    assert (enough.reorder_point, enough.order_up_to, enough.order) == (4, 10, 0)
    assert order_quantity(stocked(on_hand=9.0, lead_time_days=2), rules(), constant_demand(2)).order == 1


def test_what_is_on_order_counts_as_stock():
    item = stocked(on_hand=5.0, on_order=3.0, lead_time_days=2)
    assert order_quantity(item, rules(), constant_demand(2)).order == 2


def test_what_spoils_of_pieces_on_order_does_not_count_as_stock():
    # 4 of 8 on order can be sold: 6 of 10 are missing, of which half spoils again.
    item = stocked(on_order=8.0, lead_time_days=2, loss_rate=0.5)
    assert order_quantity(item, rules(), constant_demand(2)).order == 12


def test_paths_are_summed_before_the_quantile_is_taken():
    # Each path sells 10 on one of five days. A sum of daily quantiles at .95 would be 50.
    demand = np.tile(np.eye(5, dtype=np.float32) * 10, (4, 8))
    quantity = order_quantity(stocked(lead_time_days=0), rules(review_days=5, service_level=0.95), demand)
    assert quantity.order_up_to == 10


def test_the_level_is_the_share_of_paths_that_the_order_suffices_for():
    demand = np.arange(1, 11, dtype=np.float32)[:, None]
    quantity = order_quantity(stocked(lead_time_days=0), rules(review_days=1, service_level=0.8), demand)
    assert quantity.order == 8


def test_demand_that_is_lost_before_the_delivery_is_not_ordered_for():
    # Nothing at hand: 4 are lost in two days; 6 sell in the three days after.
    quantity = order_quantity(stocked(lead_time_days=2), rules(), constant_demand(2))
    assert (quantity.order_up_to, quantity.order) == (10, 6)


def test_stock_that_spoils_before_the_delivery_is_of_no_use():
    item = stocked(on_hand=100.0, lead_time_days=2, shelf_life_days=2)
    # The order can be sold on two of the three days.
    quantity = order_quantity(item, rules(), constant_demand(2))
    assert (quantity.order, quantity.is_limited_by_shelf_life) == (4, True)


def test_a_shelf_life_beyond_the_cycle_limits_the_order_to_what_pays():
    # One path of ten sells 100 a day, else 1. At .95 the cycle of two days takes 200; but of four days on
    # the shelf it pays (.5) to have 4.
    demand = np.ones((10, 40), np.float32)
    demand[0] = 100
    item = stocked(lead_time_days=0, price=10.0, unit_cost=5.0, shelf_life_days=4)
    quantity = order_quantity(item, rules(review_days=2, service_level=0.95), demand)
    assert (quantity.order, quantity.is_limited_by_shelf_life) == (4, True)


def test_what_spoils_of_a_delivery_is_ordered_in_addition():
    item = stocked(lead_time_days=0, loss_rate=0.2)
    assert order_quantity(item, rules(review_days=4), constant_demand(1)).order == 5


def test_an_order_is_rounded_up_to_the_minimum_and_to_packs():
    item = stocked(lead_time_days=0, pack_size=6.0, min_order=10.0)
    assert order_quantity(item, rules(review_days=3), constant_demand(1)).order == 12
    assert (
        order_quantity(
            stocked(on_hand=99.0, pack_size=6.0, min_order=10.0), rules(), constant_demand(1)
        ).order
        == 0
    )


def test_the_forecast_reaches_to_the_end_of_the_cycle_or_of_a_short_shelf_life():
    assert horizon_days(stocked(lead_time_days=10), rules()) == 13
    assert horizon_days(stocked(lead_time_days=10, shelf_life_days=20), rules()) == 30
    assert horizon_days(stocked(lead_time_days=10, shelf_life_days=365), rules()) == 13


@given(
    st.floats(0, 1e6),
    st.sampled_from([0.1, 0.5, 1.0, 6.0, 24.0, 144.0]),
    st.floats(0, 1000),
)
def test_a_rounded_order_suffices_and_has_no_pack_too_many(needed, pack_size, min_order):
    order = round_to_pack(needed, pack_size, min_order)
    assert order / pack_size == pytest.approx(round(order / pack_size))
    if order:
        assert order >= max(needed, min_order) - 0.01 * pack_size
        assert order - pack_size < max(needed, min_order)
    else:
        assert needed <= 0.001 * pack_size
