"""Teunter, Syntetos and Babai's method for intermittent demand, which forgets items that end."""

import numpy as np

from insights.baselines.series import DemandSeries, SeriesForecast

_SIZE_SMOOTHING = 0.1
_PROBABILITY_SMOOTHING = 0.1
"""Both among those that Teunter, Syntetos and Babai (2011) try; as in Croston's method."""


def tsb(series: DemandSeries, horizon: int) -> SeriesForecast:
    """Return the smoothed probability of demand on a day times its smoothed size, on all days alike.

    The probability is smoothed on every observed day, and so falls while nothing sells (Teunter, Syntetos and
    Babai, 2011); the size on days with demand.
    """
    items = len(series.quantity)
    size, probability = np.full(items, np.nan), np.full(items, np.nan)
    fitted = np.empty(series.quantity.shape)
    for day in range(series.days):
        quantity, observed = series.quantity[:, day], series.is_observed[:, day]
        fitted[:, day] = probability * size
        sold = observed & (quantity > 0)
        size = _smoothed(size, quantity, sold, _SIZE_SMOOTHING)
        probability = _smoothed(probability, sold.astype(np.float64), observed, _PROBABILITY_SMOOTHING)
    mean = np.nan_to_num(probability * size)
    return SeriesForecast(np.repeat(mean[:, None], horizon, axis=1), fitted)


def _smoothed(state: np.ndarray, value: np.ndarray, updates: np.ndarray, smoothing: float) -> np.ndarray:
    """Return the states, moved towards the values where these count; a state begins with its first value."""
    moved = np.where(np.isnan(state), value, state + smoothing * (value - state))
    return np.where(updates, moved, state)
