"""Forecast the demand for the items of a shop."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.demand.correlation import correlated_scores, error_shares
from insights.demand.distribution import calibrate, mean_of, moved, quantity_at, scores
from insights.demand.features import DemandFeatures
from insights.demand.forecast_table import Forecast, SamplePaths
from insights.demand.planned_effect import planned_factor
from insights.demand.quantile_models import fit_quantiles
from insights.demand.rare_items import is_rare, rare_demand
from insights.demand.running_totals import Values
from insights.demand.short_history import is_short, resampled
from insights.demand.training_rows import active_items, training_rows
from insights.demand.weekdays import closed_weekdays, weekdays_after
from insights.sales.history import PlannedDays, SalesHistory
from shangsou.cpu import usable_cores

MAX_PATHS = 500
"""Sample paths: the 98th percentile of a sum then rests on ten of them."""
_MIN_PATHS = 100
# Of all paths, items and days together: 1 GB of numbers.
_MAX_PATH_CELLS = 250_000_000
_SEED = 0
# What paths may be scaled by: straight lines through three quantiles have no tail, and items that sell seldom
# have most of their sales there.
_MAX_PATH_FACTOR = 2.0


@dataclass(frozen=True, slots=True)
class DemandForecast:
    """A forecast with paths of the same distributions; both hold the same items."""

    forecast: Forecast
    paths: SamplePaths


def forecast_demand(
    history: SalesHistory, horizon: int, planned: PlannedDays | None = None
) -> DemandForecast:
    """Return the forecast of each item sold in the last 28 days, for the days after the last of the history.

    The same history gives the same forecast. Nothing of a day after the history is known but what is planned.
    """
    generator = np.random.default_rng(_SEED)
    active = active_items(history, history.days)
    paths = int(np.clip(_MAX_PATH_CELLS // max(1, len(active) * horizon), _MIN_PATHS, MAX_PATHS))
    short = is_short(history)
    rare = np.zeros(len(active), dtype=np.bool_) if short else is_rare(history, active)
    often = active[~rare]
    modelled = None if short or not len(often) else _modelled(history, often, horizon, paths, generator)
    parts = [modelled or resampled(history, often, horizon, paths, generator)]
    parts.append(rare_demand(history, active[rare], horizon, paths, generator))
    mean, quantiles, quantity = _joined(parts, rare)
    closed = np.isin(weekdays_after(history, horizon), closed_weekdays(history))
    mean[:, closed], quantiles[..., closed], quantity[..., closed] = 0, 0, 0
    if planned is not None:
        factor = planned_factor(history, planned, active)
        mean, quantiles, quantity = mean * factor, quantiles * factor, quantity * factor.astype(np.float32)
    items = tuple(history.items[index] for index in active)
    q10, q50, q90 = quantiles.astype(np.float32)
    forecast = Forecast(history.last_day, items, mean.astype(np.float32), q10, q50, q90)
    return DemandForecast(forecast, SamplePaths(history.last_day, items, quantity))


def _joined(
    parts: Sequence[tuple[Values, Values, np.ndarray]], second: NDArray[np.bool_]
) -> tuple[Values, Values, np.ndarray]:
    """Return two forecasts as one, with the items of the second where it says so."""
    if not second.any():
        first = parts[0]
        return np.array(first[0]), np.array(first[1]), first[2]
    order = np.argsort(np.concatenate([np.flatnonzero(~second), np.flatnonzero(second)]))
    mean, quantiles, quantity = (
        np.concatenate(arrays, axis=axis).take(order, axis=axis)
        for axis, arrays in zip((0, 1, 1), zip(*parts, strict=True), strict=True)
    )
    return mean, quantiles, quantity


def _modelled(
    history: SalesHistory, active: np.ndarray, horizon: int, paths: int, generator: np.random.Generator
) -> tuple[Values, Values, np.ndarray] | None:
    """Return the mean, the three quantiles and the paths by models of all items.

    None where there is nothing to learn from.
    """
    features = DemandFeatures(history, horizon)
    rows = training_rows(history, features, horizon, _SEED)
    if rows is None:
        return None
    fitted = fit_quantiles(rows, usable_cores())
    calibration = calibrate(fitted.held_out, rows.quantity, rows.scale)
    held_out = moved(fitted.held_out, calibration.low, calibration.high)
    shares = error_shares(scores(held_out, rows.quantity, generator), rows.item, rows.day, rows.origin)

    block = features.at(history.days, active, horizon)
    predicted = fitted.predict(block.values.reshape(-1, block.values.shape[2]))
    quantiles = moved(predicted.reshape(3, len(active), horizon), calibration.low, calibration.high)
    scale = block.scale[:, None]
    quantity = correlated_scores(shares, paths, len(active), horizon, generator)
    path_quantiles, path_scale = quantiles.astype(np.float32), scale.astype(np.float32)
    for path in quantity:  # In place and one by one: all of them take a gigabyte, and its copies four more.
        path[:] = quantity_at(path_quantiles, path) * path_scale
    mean = mean_of(quantiles, calibration) * scale
    _bring_to_mean(quantity, mean)
    return mean, quantiles * scale, quantity


def _bring_to_mean(quantity: NDArray[np.float32], mean: Values) -> None:
    """Scale the paths of each item, in place, so that on all days together they sell what is forecast."""
    simulated, expected = quantity.mean(axis=0).sum(axis=1, dtype=np.float64), mean.sum(axis=1)
    factor = np.divide(expected, simulated, out=np.ones_like(expected), where=simulated > 0)
    quantity *= np.clip(factor, 1 / _MAX_PATH_FACTOR, _MAX_PATH_FACTOR).astype(np.float32)[:, None]
