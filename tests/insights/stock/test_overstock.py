"""Stock that is more than sells."""

import numpy as np

from insights.stock.overstock import find_overstock
from tests.insights.stock.shops import constant_demand, stocked


def test_stock_beyond_what_sells_in_the_days_is_too_much_and_costs_what_it_cost():
    stock = find_overstock(stocked(on_hand=100.0, unit_cost=3.0), constant_demand(2), days=30)
    assert (stock.pieces, stock.money, stock.cover_days) == (40, 120, 50)


def test_high_demand_decides_and_not_the_mean():
    demand = constant_demand(1)
    demand[5:] = 4
    assert find_overstock(stocked(on_hand=100.0), demand, days=30).pieces == 0


def test_what_spoils_before_is_too_much_sooner():
    stock = find_overstock(stocked(on_hand=100.0, shelf_life_days=5), constant_demand(2), days=30)
    assert stock.pieces == 90


def test_of_what_does_not_sell_all_is_too_much():
    stock = find_overstock(stocked(on_hand=7.0, unit_cost=2.0), np.zeros((0, 0), np.float32), days=30)
    assert (stock.pieces, stock.money, stock.cover_days) == (7, 14, None)
