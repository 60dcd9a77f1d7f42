"""Forecasts made as of past days by the model and the simple methods, beside what was sold then."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from insights.baselines.error_quantiles import error_quantiles
from insights.baselines.methods import BASELINES
from insights.baselines.series import demand_series
from insights.demand.classes import DemandClass, demand_classes
from insights.demand.forecast_table import Forecast
from insights.demand.training_rows import ACTIVE_DAYS, active_items
from insights.sales.history import SalesHistory
from shangsou.errors import UnusableInput

MODEL = "shangsou"
"""The name of the model among the methods."""
Model = Callable[[SalesHistory, int], Forecast]
"""Forecasts as many days after the last of the history as its second argument says."""
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class QuantileForecast:
    """A forecast by one method; arrays of one shape."""

    mean: Values
    q10: Values
    q50: Values
    q90: Values


@dataclass(frozen=True, slots=True)
class OriginForecasts:
    """What the methods forecast as of one day, for the items sold in the 28 days up to it."""

    known_days: int
    """The days of the history up to the origin."""
    origin: date
    items: NDArray[np.intp]
    """Indices of the history, rows of all matrices."""
    classes: tuple[DemandClass, ...]
    """Of each item, as of the origin."""
    sold: Values
    """Shape (items, horizon)."""
    is_scored: NDArray[np.bool_]
    """Shape (items, horizon): the shop was open, and the quantity tells the demand."""
    unobserved: int
    """Item days on which the shop was open, left out since the quantity does not tell the demand."""
    forecasts: Mapping[str, QuantileForecast]
    """By method, the model first."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """Forecasts as of several past days, first to last."""

    history: SalesHistory
    horizon: int
    step: int
    origins: tuple[OriginForecasts, ...]
    """Those at which something could be scored."""
    left_out: tuple[date, ...]
    """Those at which nothing could: nothing had sold for 28 days, or the shop was closed all days after."""

    @property
    def methods(self) -> tuple[str, ...]:
        """The names of all methods, the model first."""
        return tuple(self.origins[0].forecasts)


def backtest(
    history: SalesHistory, model: Model, known_days: Iterable[int], horizon: int, step: int
) -> Backtest:
    """Return the forecasts as of days at which so many days were known; none sees a later one.

    The model is fitted for each origin from the start. Raises `UnusableInput` if nothing can be scored.
    """
    origins, left_out = [], []
    for days in known_days:
        origin = _forecast_origin(history, model, days, horizon)
        if origin is None:
            left_out.append(history.first_day + timedelta(days=days - 1))
        else:
            origins.append(origin)
    if not origins:
        raise UnusableInput(
            f"no origin from {left_out[0]} to {left_out[-1]} can be measured: nothing was sold in the "
            f"{ACTIVE_DAYS} days before, or in the {horizon} days after; give other sales"
        )
    return Backtest(history, horizon, step, tuple(origins), tuple(left_out))


def _forecast_origin(history: SalesHistory, model: Model, days: int, horizon: int) -> OriginForecasts | None:
    known = history.until(days)
    items = active_items(known, days)
    ahead = slice(days, days + horizon)
    is_open = np.broadcast_to(history.open_days[ahead], (len(items), horizon))
    is_scored = history.is_observed[items, ahead] & is_open
    if not is_scored.any():
        return None
    series = demand_series(known, items)
    forecasts = {MODEL: _rows_of(model(known, horizon), known, items)}
    for name, method in BASELINES.items():
        forecast = method(series, horizon)
        forecasts[name] = QuantileForecast(forecast.mean, *error_quantiles(series, forecast, (0.1, 0.5, 0.9)))
    return OriginForecasts(
        days,
        known.last_day,
        items,
        tuple(demand_classes(known, items)),
        history.quantity[items, ahead].astype(np.float64),
        is_scored,
        int((is_open & ~history.is_observed[items, ahead]).sum()),
        forecasts,
    )


def _rows_of(forecast: Forecast, known: SalesHistory, items: NDArray[np.intp]) -> QuantileForecast:
    """Return a forecast in the order of these items; raises `ValueError` where one is missing."""
    positions = {item.id: row for row, item in enumerate(forecast.items)}
    missing = [known.items[index].id for index in items if known.items[index].id not in positions]
    if missing:
        raise ValueError(f"the forecast as of {known.last_day} lacks items sold before: {missing[:5]}")
    rows = [positions[known.items[index].id] for index in items]
    matrices = (forecast.mean, forecast.q10, forecast.q50, forecast.q90)
    return QuantileForecast(*(matrix[rows].astype(np.float64) for matrix in matrices))
