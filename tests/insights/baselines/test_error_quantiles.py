"""Quantiles from past errors."""

import numpy as np

from insights.baselines.error_quantiles import error_quantiles
from insights.baselines.series import DemandSeries, SeriesForecast


def quantiles(fitted, observed):
    series = DemandSeries(np.array([[1.0, 2, 3, 4, 5]]), np.array([observed]))
    forecast = SeriesForecast(np.array([[1.0, 10.0]]), np.array([fitted], np.float64))
    return [one.tolist() for one in error_quantiles(series, forecast, (0.0, 0.5, 1.0))]


def test_quantiles_are_the_mean_plus_those_of_errors_and_not_negative():
    # Errors from -2 to 2.
    assert quantiles([3] * 5, [True] * 5) == [[[0, 8]], [[1, 10]], [[3, 12]]]


def test_days_without_a_forecast_or_not_observed_have_no_error():
    # Errors -1 and 1 are left.
    assert quantiles([np.nan, 3, 3, 3, np.nan], [True, True, False, True, True]) == [
        [[0, 9]],
        [[1, 10]],
        [[2, 11]],
    ]


def test_an_item_without_errors_has_its_mean():
    assert quantiles([np.nan] * 5, [True] * 5) == [[[1, 10]]] * 3
