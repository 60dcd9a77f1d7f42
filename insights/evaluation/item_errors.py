"""Errors by item, over all origins."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from insights.evaluation.backtest import MODEL, Backtest
from insights.sales.history import Item


@dataclass(frozen=True, slots=True)
class ItemError:
    """What an item sold on the days measured, and how far the model was off."""

    item: Item
    sold: float
    forecast: float
    error: float
    """The sum of absolute errors."""
    share: float
    """Of the errors of all items, from 0 to 1."""


def item_errors(backtest: Backtest) -> list[ItemError]:
    """Return the errors of all items that were forecast, the greatest sum of errors first."""
    sums: dict[int, np.ndarray] = defaultdict(lambda: np.zeros(3))
    for origin in backtest.origins:
        mean, scored = origin.forecasts[MODEL].mean, origin.is_scored
        for row, index in enumerate(origin.items):
            sold, expected = origin.sold[row, scored[row]], mean[row, scored[row]]
            sums[int(index)] += (sold.sum(), expected.sum(), np.abs(sold - expected).sum())
    total = sum(error for _, _, error in sums.values()) or 1.0
    rows = [
        ItemError(backtest.history.items[index], float(sold), float(forecast), float(error), error / total)
        for index, (sold, forecast, error) in sums.items()
    ]
    return sorted(rows, key=lambda row: (-row.error, row.item.id))
