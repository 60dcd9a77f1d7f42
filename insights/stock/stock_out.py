"""When the stock of an item runs out, and what that loses."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.stock.order_quantity import left_at_delivery
from insights.stock.stocked_item import OrderingRules, StockedItem


@dataclass(frozen=True, slots=True)
class StockOut:
    """How the stock of an item lasts."""

    day: int | None
    """The day, from 1, that ends with nothing left in half of the paths; None where that lies beyond the
    forecast."""
    chance: float
    """That demand exceeds the stock at hand before an order of today is delivered."""
    lost: float
    """Pieces that cannot be sold until then, on average."""
    lost_without_order: float
    """Pieces that cannot be sold until the delivery after, on average, if nothing is ordered today."""


def expect_stock_out(item: StockedItem, rules: OrderingRules, demand: NDArray[np.float32]) -> StockOut:
    """Return when simulated demand, shape (paths, days), exhausts the stock.

    What is on order counts from the end of the lead time on.
    """
    on_hand = item.on_hand or 0.0
    sold = demand.cumsum(axis=1, dtype=np.float64)
    available = np.full(sold.shape[1], on_hand)
    available[item.lead_time_days :] += item.arriving
    is_empty = sold >= available
    first = np.where(is_empty.any(axis=1), is_empty.argmax(axis=1) + 1, sold.shape[1] + 1)
    day = int(np.quantile(first, 0.5, method="inverted_cdf"))
    lead = item.lead_time_days
    until_delivery = sold[:, lead - 1] if lead else np.zeros(len(sold))
    after = sold[:, lead + rules.review_days - 1] - until_delivery
    left = left_at_delivery(item, until_delivery)
    lost = np.maximum(0.0, until_delivery - on_hand)
    return StockOut(
        day=day if day <= sold.shape[1] else None,
        chance=float(np.mean(until_delivery > on_hand)),
        lost=float(lost.mean()),
        lost_without_order=float((lost + np.maximum(0.0, after - left)).mean()),
    )
