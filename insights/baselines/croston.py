"""Croston's method for intermittent demand, with the correction by Syntetos and Boylan."""

import numpy as np

from insights.baselines.series import DemandSeries, SeriesForecast

_SMOOTHING = 0.1
"""Of sizes and of intervals: the usual value (Croston, 1972: .1 to .2; Syntetos and Boylan, 2005: .15 best
among .05 to .2, with little between them)."""
_BIAS_CORRECTION = 1 - _SMOOTHING / 2


def croston_sba(series: DemandSeries, horizon: int) -> SeriesForecast:
    """Return the smoothed size of a demand over the smoothed interval between two, on all days alike.

    Sizes and intervals are smoothed where there is demand (Croston, 1972), and their ratio is lowered by half
    the smoothing, since it is biased (Syntetos and Boylan, 2005). Intervals are counted in observed days.
    """
    items = len(series.quantity)
    size, interval, waited = np.full(items, np.nan), np.ones(items), np.zeros(items)
    fitted = np.empty(series.quantity.shape)
    for day in range(series.days):
        quantity, observed = series.quantity[:, day], series.is_observed[:, day]
        fitted[:, day] = _BIAS_CORRECTION * size / interval
        waited += observed
        sold = observed & (quantity > 0)
        first = sold & np.isnan(size)
        size[first], interval[first] = quantity[first], waited[first]
        later = sold & ~first
        size[later] += _SMOOTHING * (quantity - size)[later]
        interval[later] += _SMOOTHING * (waited - interval)[later]
        waited[sold] = 0
    mean = np.nan_to_num(_BIAS_CORRECTION * size / interval)
    return SeriesForecast(np.repeat(mean[:, None], horizon, axis=1), fitted)
