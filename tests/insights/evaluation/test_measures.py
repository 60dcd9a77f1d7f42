"""Measures of forecasts, by hand."""

import math

import numpy as np
import pytest

from insights.evaluation.backtest import QuantileForecast
from insights.evaluation.measures import score


def forecast(mean, q10, q50, q90):
    return QuantileForecast(*(np.array(values, np.float64) for values in (mean, q10, q50, q90)))


def test_measures_are_weighted_by_what_was_sold():
    sold = np.array([2.0, 0.0, 4.0, 4.0])
    scores = score(sold, forecast([1, 1, 5, 5], [0, 0, 5, 1], [2, 1, 4, 2], [2, 1, 6, 3]))
    assert scores.item_days == 4
    assert scores.sold == 10
    assert scores.wape == pytest.approx((1 + 1 + 1 + 1) / 10)
    assert scores.bias == pytest.approx((-1 + 1 + 1 + 1) / 10)
    # Errors of q10: 2, 0, -1, 3; of q50: 0, -1, 0, 2; of q90: 0, -1, -2, 1.
    assert scores.quantile_loss == pytest.approx(
        (2 * (0.2 + 0.9 + 0.3) / 10, 2 * (0.5 + 1.0) / 10, 2 * (0.1 + 0.2 + 0.9) / 10)
    )
    assert scores.above_q90 == 0.25
    assert scores.below_q10 == 0.25
    assert scores.below_q50 == 0.25


def test_a_day_without_sales_is_not_below_a_quantile_of_nothing():
    assert score(np.zeros(2), forecast([0, 0], [0, 0], [0, 0], [0, 0])).below_q10 == 0


def test_where_nothing_was_sold_shares_of_sales_are_not_known():
    scores = score(np.zeros(2), forecast([1, 1], [0, 0], [1, 1], [2, 2]))
    assert math.isnan(scores.wape)
    assert math.isnan(scores.bias)
    assert all(map(math.isnan, scores.quantile_loss))
    assert scores.above_q90 == 0
