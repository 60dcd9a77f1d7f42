"""Forecasts of items that hardly ever sell: what they sold on any day of half a year may come on any day."""

import numpy as np
from numpy.typing import NDArray

from insights.demand.running_totals import Values
from insights.sales.history import Mask, SalesHistory

# Half a year: a rate from the last 28 days alone is one of few sales.
_DAYS = 182
# On fewer days than a tenth the ninetieth percentile of a day is 0, as the others are: models of these three
# quantiles have nothing to say.
_MAX_SHARE = 0.1
# An item that sold on more of the last 28 days is coming back, as one of the season.
_MAX_RECENT_DAYS, _RECENT_DAYS = 2, 28
# Items that all began within the last weeks have no earlier days to speak of.
_MIN_SHARE_OF_USUAL = 0.5


def is_rare(history: SalesHistory, items: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return which items sell so rarely, shape (items,)."""
    counted = _counted_days(history, items)
    sold = (history.quantity[items, -_DAYS:] > 0) & counted
    share = sold.sum(axis=1) / np.maximum(counted.sum(axis=1), 1)
    recent = (history.quantity[items, -_RECENT_DAYS:] > 0).sum(axis=1)
    return np.asarray((share < _MAX_SHARE) & (recent <= _MAX_RECENT_DAYS))


def rare_demand(
    history: SalesHistory, items: NDArray[np.intp], horizon: int, paths: int, generator: np.random.Generator
) -> tuple[Values, Values, NDArray[np.float32]]:
    """Return the mean, the three quantiles and the paths of items.

    Shapes (items, horizon), (3, items, horizon) and (paths, items, horizon). The mean is that of the days on
    which the item was known and in stock, of the last 182; paths draw each day from these, for each item by
    itself (the bootstrap of Willemain, Smart & Schwarz 2004, without its jitter).
    """
    quantity = np.zeros((paths, len(items), horizon), dtype=np.float32)
    mean, quantiles = np.zeros((len(items), horizon)), np.zeros((3, len(items), horizon))
    counted = _counted_days(history, items)
    share = _share_of_usual(history, items, counted)
    for row, item in enumerate(items):
        days = history.quantity[item, -_DAYS:][counted[row]]
        if len(days):
            mean[row] = days.mean(dtype=np.float64) * share
            quantiles[:, row] = np.quantile(days, (0.1, 0.5, 0.9))[:, None]
            drawn = days[generator.integers(0, len(days), (paths, horizon))]
            quantity[:, row] = np.where(generator.random(drawn.shape) < share, drawn, 0)
    return mean, quantiles, quantity


def _share_of_usual(history: SalesHistory, items: NDArray[np.intp], counted: Mask) -> float:
    """Return how much of their rates items sell when nobody looks: those before the last 28 days over all.

    Items are forecast since they sold in the last 28 days, so that these days are better than those to come.
    Their own earlier days are too few to say by how much; those of all rare items together are not.
    """
    sold = np.where(counted, history.quantity[items, -_DAYS:], 0)
    days, earlier = counted.sum(), counted[:, :-_RECENT_DAYS].sum()
    if not earlier or not sold.any():
        return 1.0
    rate = sold.sum(dtype=np.float64) / days
    return float(
        np.clip(sold[:, :-_RECENT_DAYS].sum(dtype=np.float64) / earlier / rate, _MIN_SHARE_OF_USUAL, 1.0)
    )


def _counted_days(history: SalesHistory, items: NDArray[np.intp]) -> Mask:
    """Return which of the last 182 days tell the demand of an item: observed, not before its first sale."""
    was_sold = np.maximum.accumulate(history.quantity[items] > 0, axis=1)[:, -_DAYS:]
    return np.asarray(history.is_observed[items, -_DAYS:] & was_sold)
