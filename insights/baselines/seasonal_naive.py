"""Seasonal naive forecast: what sold on the same weekday last week."""

import numpy as np

from insights.baselines.series import WEEK, DemandSeries, SeriesForecast


def seasonal_naive(series: DemandSeries, horizon: int) -> SeriesForecast:
    """Return what each item last sold on the same weekday, further back where last week is not observed.

    Where an item has no observed day of a weekday, it is the mean of its observed days.
    """
    items = len(series.quantity)
    last = np.full((items, WEEK), np.nan)
    fitted = np.empty(series.quantity.shape)
    for day in range(series.days):
        weekday, observed = day % WEEK, series.is_observed[:, day]
        fitted[:, day] = last[:, weekday]
        last[observed, weekday] = series.quantity[observed, day]
    mean = series.quantity.mean(axis=1, where=series.is_observed)
    last = np.where(np.isnan(last), mean[:, None], last)
    return SeriesForecast(last[:, (series.days + np.arange(horizon)) % WEEK], fitted)
