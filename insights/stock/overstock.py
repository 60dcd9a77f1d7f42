"""Stock that is more than sells."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.stock.stocked_item import StockedItem

_HIGH_DEMAND = 0.9
"""Of ten courses that sales may take, the best one leaves what is called too much."""


@dataclass(frozen=True, slots=True)
class Overstock:
    """What of the stock at hand does not sell."""

    pieces: float
    money: float | None
    """At cost; None where that is unknown."""
    cover_days: float | None
    """For how long the stock lasts at the mean demand; None where there is none."""


def find_overstock(item: StockedItem, demand: NDArray[np.float32], days: int) -> Overstock:
    """Return the stock that even high demand, the 90th percentile of the sums over the days, does not sell.

    What spoils before counts over its shelf life.

    Parameters
    ----------
    demand
        Shape (paths, horizon), at least `days` long; without paths for an item that does not sell.
    """
    on_hand = item.on_hand or 0.0
    days = min(days, item.shelf_life_days or days)
    high = (
        float(np.quantile(demand[:, :days].sum(axis=1, dtype=np.float64), _HIGH_DEMAND))
        if demand.size
        else 0.0
    )
    mean = float(demand.mean(dtype=np.float64)) if demand.size else 0.0
    pieces = max(0.0, on_hand - high)
    return Overstock(
        pieces=pieces,
        money=None if item.unit_cost is None else pieces * item.unit_cost,
        cover_days=on_hand / mean if mean > 0 else None,
    )
