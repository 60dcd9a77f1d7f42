"""Series of demand from histories of sales."""

import numpy as np

from insights.baselines.series import demand_series
from tests.insights.histories import history_of


def test_a_series_begins_with_the_first_sale_of_its_item():
    history = history_of([[0, 0, 3, 0], [1, 1, 1, 1]])
    series = demand_series(history, [0, 1])
    assert series.is_observed.tolist() == [[False, False, True, True], [True] * 4]
    assert series.first_days.tolist() == [2, 0]


def test_days_that_do_not_tell_the_demand_are_not_observed():
    history = history_of([[2, 1, 3], [2, 2, 2]], unobserved=[(0, 1)])
    assert demand_series(history, [0]).is_observed.tolist() == [[True, False, True]]


def test_the_sales_of_an_item_that_is_always_sold_out_stand_for_its_demand():
    history = history_of([[0, 1, 3], [2, 2, 2]], unobserved=[(0, 0), (0, 1), (0, 2)])
    assert demand_series(history, [0]).is_observed.tolist() == [[False, True, True]]


def test_an_item_that_never_sold_is_a_series_of_zeros():
    series = demand_series(history_of([[0, 0], [1, 1]]), np.array([0]))
    assert series.quantity.tolist() == [[0, 0]]
    assert series.is_observed.all()
