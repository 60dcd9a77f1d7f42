"""Teunter, Syntetos and Babai's method, by hand."""

import numpy as np
import pytest

from insights.baselines.series import DemandSeries
from insights.baselines.tsb import tsb


def test_the_probability_of_demand_and_its_size_are_smoothed():
    forecast = tsb(DemandSeries(np.array([[4.0, 0, 6]]), np.ones((1, 3), bool)), 2)
    # Probabilities 1, .9, .9 + .1 x .1 = .91; sizes 4, 4, 4 + .1 x 2 = 4.2.
    assert forecast.mean[0] == pytest.approx([0.91 * 4.2] * 2)
    assert forecast.fitted[0, 2] == pytest.approx(0.9 * 4)


def test_an_item_that_sells_no_more_is_forgotten():
    quantity = np.array([[4.0] + [0.0] * 50])
    forecast = tsb(DemandSeries(quantity, np.ones((1, 51), bool)), 1)
    assert forecast.mean == pytest.approx(4 * 0.9**50)
