"""Exponential smoothing on series whose future is known."""

import numpy as np
import pytest

from insights.baselines.ets import Candidates, ets
from insights.baselines.ets_states import SmoothingStates, initial_states
from insights.baselines.series import DemandSeries


def observed(quantity):
    matrix = np.array([quantity], np.float64)
    return DemandSeries(matrix, np.ones(matrix.shape, bool))


def candidates(alpha, beta, gamma, phi):
    return Candidates(*(np.array([value]) for value in (alpha, beta, gamma, phi)))


def test_a_level_moves_by_its_share_of_each_error():
    series = observed([2, 4])
    no = np.array([False])
    states = SmoothingStates(initial_states(series), no, no, series)
    run = states.run(candidates(0.5, 0.0, 0.0, 1.0), keep_fitted=True)
    # From the mean of 3: error -1, level 2.5; error 1.5, level 3.25.
    assert run.fitted.tolist() == [[3, 2.5]]
    assert run.squares.tolist() == [[1 + 2.25]]
    assert states.forecast(np.array([[1.0]]), 2).tolist() == [[[3.25, 3.25]]]


def test_a_damped_trend_moves_ever_less():
    series = observed([12, 14, 16])
    yes, no = np.array([True]), np.array([False])
    states = SmoothingStates(initial_states(series), yes, no, series)
    states.run(candidates(1.0, 0.0, 0.0, 0.5))
    # The first trend of 2 is halved three times, to .25, and then again before each step: .125, .0625.
    assert states.forecast(np.array([[0.5]]), 2)[0, 0] == pytest.approx([16.125, 16.1875])


def test_a_line_goes_on():
    forecast = ets(observed([10 + 2 * day for day in range(60)]), 3)
    assert forecast.mean[0] == pytest.approx([130, 132, 134])


def test_a_weekly_rhythm_goes_on():
    week = [0, 9, 10, 11, 12, 20, 14]
    forecast = ets(observed((week * 9)[:57]), 7)
    assert forecast.mean[0] == pytest.approx([*week[1:], week[0]])
    assert forecast.fitted[0, 28:35] == pytest.approx(week)


def test_what_would_fall_below_nothing_is_nothing():
    assert ets(observed([60 - day for day in range(60)]), 5).mean[0].tolist() == pytest.approx([0] * 5)
