"""Small shops whose right answers can be worked out by hand."""

from datetime import date

import numpy as np

from insights.demand.forecast_table import SamplePaths
from insights.sales.history import Item, SalesHistory
from insights.stock.stocked_item import OrderingRules, StockedItem

FIRST_DAY = date(2026, 1, 1)


def stocked(item_id="茶", on_hand=0.0, **terms):
    return StockedItem(Item(item_id), on_hand, **terms)


def rules(**changes):
    return OrderingRules(**{"lead_time_days": 2, "review_days": 3, "service_level": 0.8} | changes)


def constant_demand(a_day, days=40, paths=10):
    """Paths that all sell the same every day."""
    return np.full((paths, days), a_day, np.float32)


def history(quantity, *, price=None, unit_cost=None, stock=None, loss_rate=None):
    """Sales of items, a list of days for each item id."""
    sold = np.array(list(quantity.values()), np.float32)
    unknown = np.full(sold.shape, np.nan, np.float32)

    def matrix(values):
        return unknown.copy() if values is None else np.broadcast_to(np.float32(values), sold.shape).copy()

    return SalesHistory(
        FIRST_DAY,
        tuple(Item(item_id) for item_id in quantity),
        sold,
        np.ones(sold.shape, np.bool_),
        matrix(price),
        np.zeros(sold.shape, np.float32),
        matrix(stock),
        matrix(unit_cost),
        np.full(len(sold), np.nan if loss_rate is None else loss_rate, np.float32),
    )


def sample_paths(demand):
    """Paths of items, an array of paths by days for each item id."""
    return SamplePaths(
        FIRST_DAY, tuple(Item(item_id) for item_id in demand), np.stack(list(demand.values()), axis=1)
    )
