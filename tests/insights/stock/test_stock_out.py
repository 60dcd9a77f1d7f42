"""Stock-outs."""

import numpy as np
import pytest

from insights.stock.stock_out import expect_stock_out
from tests.insights.stock.shops import constant_demand, rules, stocked


def test_stock_runs_out_on_the_day_that_ends_with_nothing_left():
    lasts = expect_stock_out(stocked(on_hand=6.0, lead_time_days=3), rules(), constant_demand(2))
    assert (lasts.day, lasts.chance, lasts.lost) == (3, 0, 0)


def test_sales_are_lost_from_then_until_the_delivery():
    # 2 a day, 3 at hand: of 6 until the delivery 3 are lost, and 6 more in the three days after.
    lasts = expect_stock_out(stocked(on_hand=3.0, lead_time_days=3), rules(), constant_demand(2))
    assert (lasts.day, lasts.chance, lasts.lost, lasts.lost_without_order) == (2, 1, 3, 9)


def test_what_is_on_order_comes_at_the_end_of_the_lead_time():
    lasts = expect_stock_out(
        stocked(on_hand=5.0, on_order=5.0, lead_time_days=2), rules(), constant_demand(2)
    )
    assert (lasts.day, lasts.lost_without_order) == (5, 0)


def test_the_day_is_that_of_half_of_the_paths_and_the_chance_their_share():
    demand = np.zeros((10, 20), np.float32)
    demand[:3, 0], demand[3:6, 4] = 5, 5
    lasts = expect_stock_out(stocked(on_hand=4.0, lead_time_days=2), rules(), demand)
    assert (lasts.day, lasts.chance) == (5, pytest.approx(0.3))
    assert lasts.lost == pytest.approx(0.3)


def test_what_lasts_beyond_the_forecast_has_no_day():
    assert expect_stock_out(stocked(on_hand=1e6, lead_time_days=2), rules(), constant_demand(2)).day is None


def test_nothing_runs_out_before_a_delivery_that_comes_at_once():
    lasts = expect_stock_out(stocked(on_hand=0.0), rules(), constant_demand(2))
    assert (lasts.chance, lasts.lost, lasts.lost_without_order) == (0, 0, 6)
