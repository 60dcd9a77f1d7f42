"""Forecasts where there is too little to learn from: what was sold on recent days is sold again."""

import numpy as np
from numpy.typing import NDArray

from insights.demand.running_totals import Values
from insights.sales.history import SalesHistory

MIN_DAYS = 91
"""A season of weeks: models of less have seen each weekday a dozen times."""
MIN_SALES = 500
"""Item days with sales: a tree splits leaves of 40 rows."""
_RECENT_DAYS = 28


def is_short(history: SalesHistory) -> bool:
    """Return whether a history is too short for a model."""
    return history.days < MIN_DAYS or int((history.quantity > 0).sum()) < MIN_SALES


def resampled(
    history: SalesHistory, items: NDArray[np.intp], horizon: int, paths: int, generator: np.random.Generator
) -> tuple[Values, Values, NDArray[np.float32]]:
    """Return the mean, the three quantiles and the paths of items by days drawn from the last 28.

    Days are drawn for all items together, so that those that sell together do so in a path. Of days that tell
    nothing of the demand of an item its mean stands. Where none of the 28 tells anything, the last 28 that do
    count, and where there are none at all, what was sold.
    """
    recent = history.quantity[items, -_RECENT_DAYS:].astype(np.float64)
    known = history.is_observed[items, -_RECENT_DAYS:].copy()
    for row in np.flatnonzero(~known.any(axis=1)):
        before = np.flatnonzero(history.is_observed[items[row]])[-recent.shape[1] :]
        known[row, : len(before)] = True
        recent[row, : len(before)] = history.quantity[items[row], before]
    known |= ~known.any(axis=1, keepdims=True)
    level = np.where(known, recent, 0).sum(axis=1) / known.sum(axis=1)
    days = np.where(known, recent, level[:, None])
    drawn = generator.integers(0, days.shape[1], (paths, horizon))
    quantity = days.astype(np.float32)[:, drawn].transpose(1, 0, 2)
    quantiles = np.quantile(days, (0.1, 0.5, 0.9), axis=1)[:, :, None]
    shape = len(items), horizon
    return np.broadcast_to(level[:, None], shape), np.broadcast_to(quantiles, (3, *shape)), quantity
