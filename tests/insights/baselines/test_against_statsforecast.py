"""The simple forecasts beside those of statsforecast, another implementation of the same papers."""

import warnings
from itertools import product

import numpy as np
import pytest

from insights.baselines.methods import BASELINES
from insights.baselines.series import DemandSeries

DAYS, HORIZON = 140, 14

# Share of the standard deviation of a series by which forecasts may differ. The first four are the same
# arithmetic. ETS and Theta search their parameters on a grid, and there by a simplex; first states of ETS are
# estimated with them there, and from the first four weeks here.
TOLERANCE = {
    "seasonal naive": 1e-5,
    "moving average": 1e-5,
    "Croston SBA": 1e-5,
    "TSB": 1e-5,
    "ETS": 0.1,
    "Theta": 0.05,
}
# There no smoothing of Theta is below .1, and a smaller one fits this series better.
INCOMPARABLE = {("Theta", "intermittent")}


@pytest.fixture(scope="module")
def references():
    # It and what it imports warn of their own use of pandas and numba.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        models = pytest.importorskip("statsforecast.models")
    return {
        "seasonal naive": models.SeasonalNaive(7),
        "moving average": models.WindowAverage(28),
        "Croston SBA": models.CrostonSBA(),
        "TSB": models.TSB(0.1, 0.1),
        "ETS": models.AutoETS(season_length=7, model="AZZ"),
        "Theta": models.AutoTheta(season_length=7, model="STM"),
    }


def made_up_series():
    rng = np.random.default_rng(1)
    day = np.arange(DAYS)
    intermittent = np.where(rng.random(DAYS) < 0.3, rng.poisson(4, DAYS), 0.0)
    # Series begin with a sale.
    intermittent[0] = 3
    return {
        "weekly": 20 + 5 * np.sin(2 * np.pi * day / 7) + rng.normal(0, 1, DAYS),
        "trend": 10 + 0.3 * day + rng.normal(0, 2, DAYS),
        "trend and weekly": 10 + 0.3 * day + 4 * (day % 7 == 5) + rng.normal(0, 1, DAYS),
        "random walk": 100 + np.cumsum(rng.normal(0, 2, DAYS)),
        "intermittent": intermittent,
    }


@pytest.mark.parametrize(
    ("method", "name"),
    [pair for pair in product(BASELINES, made_up_series()) if pair not in INCOMPARABLE],
)
def test_a_forecast_is_that_of_statsforecast(method, name, references):
    quantity = made_up_series()[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = references[method].forecast(quantity, HORIZON)["mean"]
    series = DemandSeries(quantity[None], np.ones((1, DAYS), bool))
    found = BASELINES[method](series, HORIZON).mean[0]
    assert found == pytest.approx(expected, abs=TOLERANCE[method] * quantity.std())
