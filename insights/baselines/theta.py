"""The Theta method: half the trend line of a series, half its smoothed level, and a weekly season."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from insights.baselines.series import WEEK, DemandSeries, SeriesForecast
from insights.baselines.trend_line import trend_line

Values = NDArray[np.float64]

_SMOOTHING = np.linspace(0.02, 0.98, 25)
"""Smoothing parameters that are tried for each series."""
_SEASONALITY_QUANTILE = 1.645
"""Of the normal distribution, at which a season counts: 90 % two-sided (Fiorucci et al., 2016)."""
_MIN_INDEX = 0.01
"""A smaller weekday index would blow up what is divided by it."""


def theta(series: DemandSeries, horizon: int) -> SeriesForecast:
    """Return the mean of two theta lines: the linear trend, and the smoothed line with theta 2.

    The standard method of Assimakopoulos and Nikolopoulos (2000). Of a series whose autocorrelation at seven
    days is significant, weekday indices are divided out before and multiplied in again, or subtracted and
    added where some day sells nothing (Fiorucci et al., 2016). Days that are not observed leave the
    level as it is.
    """
    weekday = np.arange(series.days) % WEEK
    season = _weekly_season(series)
    adjusted = (series.quantity - season.summand[:, weekday]) / season.factor[:, weekday]
    intercept, slope = trend_line(adjusted, series.is_observed)
    trend = intercept[:, None] + slope[:, None] * np.arange(series.days + horizon)
    levels = _smoothed_levels(2 * adjusted - trend[:, : series.days], series.is_observed)
    weekday = np.arange(series.days + horizon) % WEEK
    levels = np.concatenate([levels, np.repeat(levels[:, -1:], horizon - 1, axis=1)], axis=1)
    values = (trend + levels) / 2 * season.factor[:, weekday] + season.summand[:, weekday]
    begins = series.first_days[:, None] <= np.arange(series.days)
    return SeriesForecast(
        np.maximum(values[:, series.days :], 0.0), np.where(begins, values[:, : series.days], np.nan)
    )


class _Season(NamedTuple):
    """Shape (items, 7), by the day's number modulo 7; 0 and 1 where a series has none."""

    summand: Values
    factor: Values


def _weekly_season(series: DemandSeries) -> _Season:
    """Return weekday indices of series with a significant season: factors where all days sell."""
    ratio, difference = _weekday_means(series)
    seasonal = _has_weekly_season(series)
    is_positive = ~((series.quantity <= 0) & series.is_observed).any(axis=1)
    multiplies = seasonal & is_positive & (ratio.min(axis=1) >= _MIN_INDEX)
    adds = seasonal & ~multiplies
    return _Season(np.where(adds[:, None], difference, 0.0), np.where(multiplies[:, None], ratio, 1.0))


def _has_weekly_season(series: DemandSeries) -> NDArray[np.bool_]:
    observed = series.is_observed
    count = observed.sum(axis=1)
    mean = series.quantity.mean(axis=1, where=observed)
    deviation = np.where(observed, series.quantity - mean[:, None], 0.0)
    variance = np.square(deviation).sum(axis=1)
    correlations = np.stack(
        [
            (deviation[:, lag:] * deviation[:, :-lag]).sum(axis=1) / np.where(variance > 0, variance, 1.0)
            for lag in range(1, min(WEEK + 1, series.days))
        ]
        or [np.zeros(len(count))],
        axis=1,
    )
    if correlations.shape[1] < WEEK:
        return np.zeros(len(count), bool)
    limit = _SEASONALITY_QUANTILE * np.sqrt((1 + 2 * np.square(correlations[:, :-1]).sum(axis=1)) / count)
    # Two whole weeks, and a centred average on each weekday.
    return np.asarray((np.abs(correlations[:, -1]) > limit) & (count >= 3 * WEEK))


def _weekday_means(series: DemandSeries) -> tuple[Values, Values]:
    """Return the means by weekday of ratios to, and differences from, the centred average of seven days."""
    half = WEEK // 2
    items, days = series.quantity.shape
    ratio, difference = np.ones((items, WEEK)), np.zeros((items, WEEK))
    if days < WEEK:
        return ratio, difference
    windows = np.lib.stride_tricks.sliding_window_view
    counts = windows(series.is_observed, WEEK, axis=1).sum(axis=2)
    known = np.where(series.is_observed, series.quantity, 0.0)
    average = windows(known, WEEK, axis=1).sum(axis=2) / np.maximum(counts, 1)
    inner = slice(half, days - half)
    days_of = np.arange(days)[inner]
    usable = series.is_observed[:, inner] & (days_of >= series.first_days[:, None] + half)
    divisible = usable & (average > 0)
    ratios = series.quantity[:, inner] / np.where(divisible, average, 1.0)
    differences = series.quantity[:, inner] - average
    for weekday in range(WEEK):
        of_weekday = days_of % WEEK == weekday
        ratio[:, weekday] = _mean_where(ratios, divisible & of_weekday, 1.0)
        difference[:, weekday] = _mean_where(differences, usable & of_weekday, 0.0)
    mean_ratio = ratio.mean(axis=1, keepdims=True)
    return ratio / np.where(mean_ratio > 0, mean_ratio, 1.0), difference - difference.mean(
        axis=1, keepdims=True
    )


def _mean_where(values: Values, counts: NDArray[np.bool_], empty: float) -> Values:
    number = counts.sum(axis=1)
    return np.where(number > 0, np.where(counts, values, 0.0).sum(axis=1) / np.maximum(number, 1), empty)


def _smoothed_levels(values: Values, observed: NDArray[np.bool_]) -> Values:
    """Return the level before each day and after the last, shape (items, days + 1).

    The smoothing parameter of each series has the least squared error of those tried; its first level is the
    one of least squares, which is known in closed form since errors are linear in it.
    """
    items, days = values.shape
    shape = (items, len(_SMOOTHING))
    # From level 0, with the weight that another first level would still have.
    level_from_0, weight_of_first = np.zeros(shape), np.ones(shape)
    squares, products, weights = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for day in range(days):
        seen = observed[:, day, None]
        error = np.where(seen, values[:, day, None] - level_from_0, 0.0)
        weight = np.where(seen, weight_of_first, 0.0)
        squares += error * error
        products += error * weight
        weights += weight * weight
        level_from_0 += _SMOOTHING * error
        weight_of_first -= _SMOOTHING * weight
    best = np.argmin(squares - products**2 / weights, axis=1)
    rows = np.arange(items)
    level = products[rows, best] / weights[rows, best]
    levels = np.empty((items, days + 1))
    for day in range(days):
        levels[:, day] = level
        seen = observed[:, day]
        level = level + np.where(seen, _SMOOTHING[best] * (values[:, day] - level), 0.0)
    levels[:, days] = level
    return levels
