"""The states of exponential smoothing: level, trend and weekly season of many series at once."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from insights.baselines.series import WEEK, DemandSeries
from insights.baselines.trend_line import trend_line

if TYPE_CHECKING:
    from insights.baselines.ets import Candidates

Values = NDArray[np.float64]

_FIRST_DAYS = 4 * WEEK
"""From which the first states are estimated: each weekday four times."""


class InitialStates(NamedTuple):
    """States before the first day of each series, by what else the model has."""

    season: Values
    """Shape (items, 7), by the day's number modulo 7."""
    mean: Values
    """Shape (items,): the level of a model without a trend."""
    level: Values
    """Shape (2, items): of a model with a trend, without and with a season."""
    slope: Values
    """Shape (2, items)."""


class Run(NamedTuple):
    """What came of smoothing with some parameters."""

    squares: Values
    """Shape (items, candidates): sums of squared errors of observed days."""
    fitted: Values
    """Shape (items, days), of the first candidate; NaN before a series begins. Empty if it was not kept."""


class SmoothingStates:
    """The states of series in the order of their first days, for several candidates of parameters."""

    def __init__(
        self,
        first: InitialStates,
        has_trend: NDArray[np.bool_],
        has_season: NDArray[np.bool_],
        series: DemandSeries,
    ) -> None:
        """The masks are of shape (items,): what the model of each series has."""
        rows, seasonal = np.arange(len(has_trend)), has_season.astype(np.intp)
        self._first_level = np.where(has_trend, first.level[seasonal, rows], first.mean)[:, None]
        self._first_trend = np.where(has_trend, first.slope[seasonal, rows], 0.0)[:, None]
        self._first_season = np.where(has_season[:, None], first.season, 0.0)
        self._series = series

    def run(self, candidates: "Candidates", *, keep_fitted: bool = False) -> Run:
        """Smooth all series with all candidates, and stay at the last day."""
        series = self._series
        shape = (len(series.quantity), candidates.alpha.shape[-1])
        alpha, beta, gamma, phi = (np.broadcast_to(values, shape) for values in candidates)
        level, trend = (
            np.repeat(first, shape[1], axis=1) for first in (self._first_level, self._first_trend)
        )
        season = np.repeat(self._first_season.T[:, :, None], shape[1], axis=2)
        squares = np.zeros(shape)
        fitted = np.full(series.quantity.shape if keep_fitted else (0, 0), np.nan)
        begun = np.searchsorted(series.first_days, np.arange(series.days), side="right")
        for day, rows in enumerate(begun):
            weekday = season[day % WEEK, :rows]
            damped = phi[:rows] * trend[:rows]
            base = level[:rows] + damped
            forecast = base + weekday
            error = np.where(
                series.is_observed[:rows, day, None], series.quantity[:rows, day, None] - forecast, 0.0
            )
            if keep_fitted:
                fitted[:rows, day] = forecast[:, 0]
            squares[:rows] += error * error
            level[:rows] = base + alpha[:rows] * error
            trend[:rows] = damped + beta[:rows] * error
            weekday += gamma[:rows] * error
        self._level, self._trend, self._season = level, trend, season
        return Run(squares, fitted)

    def forecast(self, phi: Values, horizon: int) -> Values:
        """Return what the states after the last run expect, shape (items, candidates, horizon)."""
        steps = np.cumsum(phi[..., None] ** np.arange(1, horizon + 1), axis=-1)
        weekdays = (self._series.days + np.arange(horizon)) % WEEK
        season = np.moveaxis(self._season[weekdays], 0, -1)
        return np.asarray(self._level[..., None] + self._trend[..., None] * steps + season)


def initial_states(series: DemandSeries) -> InitialStates:
    """Return first states from the first four weeks: weekday means, and a line through the rest."""
    length = min(_FIRST_DAYS, series.days)
    day = np.minimum(series.first_days[:, None] + np.arange(length), series.days - 1)
    observed = np.take_along_axis(series.is_observed, day, axis=1)
    # Of a series that is shorter, the last day does not count again and again.
    observed &= series.first_days[:, None] + np.arange(length) < series.days
    quantity = np.take_along_axis(series.quantity, day, axis=1)
    mean = quantity.mean(axis=1, where=observed)
    season = np.zeros((len(mean), WEEK))
    for weekday in range(WEEK):
        counts = observed & (day % WEEK == weekday)
        number = counts.sum(axis=1)
        total = np.where(counts, quantity - mean[:, None], 0.0).sum(axis=1)
        season[:, weekday] = total / np.maximum(number, 1)
    season -= season.mean(axis=1, keepdims=True)
    without_season = quantity - np.take_along_axis(season, day % WEEK, axis=1)
    lines = [_line(values, observed) for values in (quantity, without_season)]
    return InitialStates(
        season, mean, np.stack([level for level, _ in lines]), np.stack([slope for _, slope in lines])
    )


def _line(values: Values, observed: NDArray[np.bool_]) -> tuple[Values, Values]:
    """Return the least squares line through each row: its level before the first day, and its slope."""
    intercept, slope = trend_line(values, observed)
    return intercept - slope, slope
