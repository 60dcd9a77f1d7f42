"""The moving average, by hand."""

import numpy as np

from insights.baselines.moving_average import moving_average
from insights.baselines.series import DemandSeries


def test_the_last_28_days_count():
    quantity = np.array([[29.0] + [1.0] * 28])
    forecast = moving_average(DemandSeries(quantity, np.ones((1, 29), bool)), 2)
    assert forecast.mean.tolist() == [[1, 1]]
    # Before the last day: (29 + 27 x 1) / 28.
    assert forecast.fitted[0, 28] == 2
    assert np.isnan(forecast.fitted[0, 0])


def test_a_day_that_is_not_observed_is_left_out_and_not_zero():
    quantity = np.array([[29.0] + [1.0] * 27 + [0.0]])
    observed = np.ones((1, 29), bool)
    observed[0, 28] = False
    assert moving_average(DemandSeries(quantity, observed), 1).mean.tolist() == [[2]]


def test_a_new_item_has_the_mean_of_its_days():
    assert moving_average(DemandSeries(np.array([[2.0, 4.0]]), np.ones((1, 2), bool)), 1).mean == 3
