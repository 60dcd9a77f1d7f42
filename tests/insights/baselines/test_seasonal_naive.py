"""The seasonal naive forecast, by hand."""

import numpy as np

from insights.baselines.seasonal_naive import seasonal_naive
from insights.baselines.series import DemandSeries


def test_a_day_sells_what_it_sold_last_week():
    quantity = np.array([[1.0, 2, 3, 4, 5, 6, 7, 8, 9]])
    forecast = seasonal_naive(DemandSeries(quantity, np.ones((1, 9), bool)), 8)
    assert forecast.mean.tolist() == [[3, 4, 5, 6, 7, 8, 9, 3]]
    assert forecast.fitted[0, 7:].tolist() == [1, 2]
    assert np.isnan(forecast.fitted[0, :7]).all()


def test_the_week_before_stands_for_a_day_that_was_not_observed():
    quantity = np.array([[1.0, 2, 3, 4, 5, 6, 7, 8, 0]])
    observed = np.ones((1, 9), bool)
    observed[0, 8] = False
    assert seasonal_naive(DemandSeries(quantity, observed), 7).mean.tolist() == [[3, 4, 5, 6, 7, 8, 2]]


def test_a_weekday_that_was_never_observed_sells_the_mean_of_the_others():
    forecast = seasonal_naive(DemandSeries(np.array([[2.0, 4.0]]), np.ones((1, 2), bool)), 7)
    assert forecast.mean.tolist() == [[3, 3, 3, 3, 3, 2, 4]]
