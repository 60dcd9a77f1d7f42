"""The quantity to order of an item, from simulated demand."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.stock.order_level import order_level, spoilage_ratio
from insights.stock.stocked_item import OrderingRules, StockedItem

MAX_SHELF_LIFE_DAYS = 30
"""A longer shelf life limits no order: what is ordered for a cycle of one or two weeks sells before."""
# Below a thousandth of a pack a remainder is an error of rounding.
_PACK_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class OrderQuantity:
    """What to order of an item, and where it comes from."""

    level: float
    """The share of cycles that the order is to suffice for."""
    reorder_point: float
    """Demand during the lead time is at most this at the level: who falls below it between two orders does
    not wait for the next."""
    order_up_to: float
    """Demand until the delivery after is at most this at the level. The order is what is missing of it,
    less demand that is lost before the delivery, and more where stock spoils by then."""
    needed: float
    """Before rounding to the pack and the minimum, with what spoils added; 0 where nothing is needed."""
    order: float
    is_limited_by_shelf_life: bool


def horizon_days(item: StockedItem, rules: OrderingRules) -> int:
    """Return how many days of demand `order_quantity` looks at."""
    return item.lead_time_days + max(rules.review_days, _short_shelf_life(item) or 0)


def order_quantity(item: StockedItem, rules: OrderingRules, demand: NDArray[np.float32]) -> OrderQuantity:
    """Return what to order on the morning of the first day of the simulated demand.

    The order arrives before the shop opens `lead_time_days` later, the next one `review_days` after it: the
    order has to last for the days between. Each path is summed over days before a quantile is taken, since
    days are not independent, and quantiles of days do not add up. Demand that is lost before the delivery
    is not ordered for. Stock that spoils by then is of no use; and no more is ordered than pays within the
    shelf life.

    Parameters
    ----------
    demand
        Shape (paths, days), at least `horizon_days` long.
    """
    level = order_level(item, rules)
    lead, shelf_life = item.lead_time_days, item.shelf_life_days
    until_delivery = demand[:, :lead].sum(axis=1, dtype=np.float64)
    left = left_at_delivery(item, until_delivery)
    cycle = min(rules.review_days, shelf_life or rules.review_days)
    needed = _level_quantile(_sum(demand, lead, cycle) - left, level)
    limited = shelf_life is not None and shelf_life < rules.review_days
    short, ratio = _short_shelf_life(item), spoilage_ratio(item, rules)
    if short is not None and ratio is not None:
        most = _level_quantile(_sum(demand, lead, short) - left, ratio)
        limited |= most < needed
        needed = min(needed, most)
    bought = max(0.0, needed) / (1 - item.loss_rate)
    return OrderQuantity(
        level=level,
        reorder_point=_level_quantile(until_delivery, level),
        order_up_to=_level_quantile(_sum(demand, 0, lead + cycle), level),
        needed=bought,
        order=round_to_pack(bought, item.pack_size, item.min_order),
        is_limited_by_shelf_life=bool(limited),
    )


def left_at_delivery(item: StockedItem, until_delivery: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what can still be sold when an order of today arrives, shape (paths,).

    Stock at hand counts as delivered today: of older pieces of a short shelf life nothing is known.
    """
    if item.shelf_life_days is not None and item.shelf_life_days <= item.lead_time_days:
        return np.zeros_like(until_delivery)
    return np.maximum(0.0, item.position - until_delivery)


def round_to_pack(needed: float, pack_size: float, min_order: float) -> float:
    """Return the smallest multiple of a pack that is at least what is needed and the minimum, or 0."""
    if needed <= _PACK_TOLERANCE * pack_size:
        return 0.0
    packs = math.ceil(max(needed, min_order) / pack_size - _PACK_TOLERANCE)
    # Without the remainders of a pack of .1.
    return round(max(1, packs) * pack_size, 6)


def _sum(demand: NDArray[np.float32], first: int, days: int) -> NDArray[np.float64]:
    return np.asarray(demand[:, first : first + days].sum(axis=1, dtype=np.float64))


def _level_quantile(sums: NDArray[np.float64], level: float) -> float:
    """Return the smallest simulated sum that as large a share of the paths does not exceed."""
    return float(np.quantile(sums, level, method="inverted_cdf"))


def _short_shelf_life(item: StockedItem) -> int | None:
    days = item.shelf_life_days
    return days if days is not None and days <= MAX_SHELF_LIFE_DAYS else None
