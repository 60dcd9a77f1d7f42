"""The Theta method on series whose future is known."""

import numpy as np
import pytest

from insights.baselines.series import DemandSeries
from insights.baselines.theta import theta


def observed(quantity):
    matrix = np.array([quantity], np.float64)
    return DemandSeries(matrix, np.ones(matrix.shape, bool))


def test_a_line_goes_on_with_half_its_slope():
    # The trend goes on from 128 by 2 a day, and the smoothed line stays at 128: their mean rises by 1.
    forecast = theta(observed([10 + 2 * day for day in range(60)]), 3)
    assert forecast.mean[0] == pytest.approx([129, 130, 131], abs=0.05)


@pytest.mark.parametrize("week", [[8, 9, 10, 11, 12, 20, 14], [0, 9, 10, 11, 12, 20, 14]])
def test_a_weekly_rhythm_goes_on_even_where_a_weekday_sells_nothing(week):
    # 12 weeks and a day more, so that the forecast begins with the second weekday.
    forecast = theta(observed((week * 13)[:85]), 7)
    assert forecast.mean[0] == pytest.approx([*week[1:], week[0]], abs=0.3)


def test_what_would_fall_below_nothing_is_nothing():
    assert theta(observed([30 - day for day in range(30)]), 30).mean[0, -1] == 0
