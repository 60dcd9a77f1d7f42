"""Moving average: the mean of the last four weeks, on all days alike."""

import numpy as np

from insights.baselines.series import DemandSeries, SeriesForecast

WINDOW_DAYS = 28
"""Four whole weeks, so that each weekday weighs the same."""


def moving_average(series: DemandSeries, horizon: int) -> SeriesForecast:
    """Return the mean of the last 28 observed days of each item, or of as many as it has."""
    # Sums over the observed days up to each day, and how many these are.
    sums = _with_zero(np.cumsum(np.where(series.is_observed, series.quantity, 0.0), axis=1))
    counts = _with_zero(np.cumsum(series.is_observed, axis=1))
    fitted = np.empty((len(sums), series.days + 1))
    for item in range(len(sums)):
        # The first position at which all but the last 28 observed days are counted.
        begins = np.searchsorted(counts[item], np.maximum(counts[item] - WINDOW_DAYS, 0))
        number = counts[item] - counts[item, begins]
        fitted[item] = np.where(number > 0, (sums[item] - sums[item, begins]) / np.maximum(number, 1), np.nan)
    mean = np.maximum(fitted[:, -1:], 0.0)
    return SeriesForecast(np.repeat(mean, horizon, axis=1), fitted[:, :-1])


def _with_zero(sums: np.ndarray) -> np.ndarray:
    return np.concatenate([np.zeros((len(sums), 1), sums.dtype), sums], axis=1)
