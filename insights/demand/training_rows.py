"""Rows to learn demand from: features at past origins, and what was sold after them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.demand.features import DemandFeatures
from insights.demand.running_totals import Values
from insights.sales.history import SalesHistory

ACTIVE_DAYS = 28
"""Forecasts are made for items that sold something in as many days before the origin."""
MAX_ROWS = 100_000
"""More make the forecasts of `vegetables_daily` no better and the fit longer."""
MIN_ROWS = 40
"""Rows of a leaf of a tree: of fewer nothing can be learned."""
# Days from which on there are features of some worth: four weeks, and a week for the first trends.
_FIRST_ORIGIN = 35
# Prime to the days of a week, so that every weekday is an origin.
_ORIGIN_STEP = 5


@dataclass(frozen=True, slots=True)
class TrainingRows:
    """Rows to learn from, each an item on a day."""

    features: NDArray[np.float32]
    """Shape (rows, features)."""
    quantity: Values
    """Shape (rows,): what was sold, in units of `scale`."""
    scale: Values
    """Shape (rows,)."""
    day: NDArray[np.int64]
    """Shape (rows,): the day forecast, counted from the first of the history."""
    item: NDArray[np.intp]
    """Shape (rows,)."""
    origin: NDArray[np.int64]
    """Shape (rows,): the first day that was not known."""


def active_items(history: SalesHistory, origin: int) -> NDArray[np.intp]:
    """Return the items that sold something in the 28 days before an origin."""
    return np.flatnonzero((history.quantity[:, max(0, origin - ACTIVE_DAYS) : origin] > 0).any(axis=1))


def training_rows(
    history: SalesHistory, features: DemandFeatures, horizon: int, seed: int
) -> TrainingRows | None:
    """Return rows of past origins, and of each all days that are known by now.

    None where there are fewer than `MIN_ROWS`: the history is too short, or hardly an item was observed soon
    after it was sold, as in a shop that was closed for a season.
    """
    origins = np.arange(history.days - 1, _FIRST_ORIGIN - 1, -_ORIGIN_STEP)[::-1]
    items = [active_items(history, int(origin)) for origin in origins]
    share = min(1.0, MAX_ROWS / max(1, horizon * sum(map(len, items))))
    generator = np.random.default_rng(seed)
    parts = []
    for origin, active in zip(origins, items, strict=True):
        chosen = active[generator.random(len(active)) < share]
        if len(chosen):
            known = min(horizon, history.days - int(origin))
            parts.append(_rows_of(history, features, int(origin), chosen, known))
    if sum(len(part[0]) for part in parts) < MIN_ROWS:
        return None
    return TrainingRows(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _rows_of(
    history: SalesHistory, features: DemandFeatures, origin: int, items: NDArray[np.intp], horizon: int
) -> tuple[NDArray[np.float32], Values, Values, NDArray[np.int64], NDArray[np.intp], NDArray[np.int64]]:
    block = features.at(origin, items, horizon)
    days = slice(origin, origin + horizon)
    is_observed = history.is_observed[items, days]
    quantity = history.quantity[items, days] / block.scale[:, None]
    scale = np.broadcast_to(block.scale[:, None], is_observed.shape)
    day = np.broadcast_to(np.arange(origin, origin + horizon), is_observed.shape)
    item = np.broadcast_to(items[:, None], is_observed.shape)[is_observed]
    return (
        block.values[is_observed],
        quantity[is_observed],
        scale[is_observed],
        day[is_observed],
        item,
        np.full(len(item), origin),
    )
