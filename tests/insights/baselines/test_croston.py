"""Croston's method, by hand."""

import numpy as np
import pytest

from insights.baselines.croston import croston_sba
from insights.baselines.series import DemandSeries


def test_sizes_and_intervals_are_smoothed_where_there_is_demand():
    quantity = np.array([[4.0, 0, 6, 0, 0, 2]])
    forecast = croston_sba(DemandSeries(quantity, np.ones((1, 6), bool)), 2)
    # Sizes 4, 4 + .1 x 2 = 4.2, 4.2 - .1 x 2.2 = 3.98; intervals 1, 1 + .1 = 1.1, 1.1 + .1 x 1.9 = 1.29.
    assert forecast.mean[0] == pytest.approx([0.95 * 3.98 / 1.29] * 2)
    assert forecast.fitted[0, 3] == pytest.approx(0.95 * 4.2 / 1.1)


def test_days_that_are_not_observed_are_no_interval():
    quantity = np.array([[4.0, 0, 6]])
    observed = np.array([[True, False, True]])
    assert croston_sba(DemandSeries(quantity, observed), 1).mean == pytest.approx(0.95 * 4.2)
