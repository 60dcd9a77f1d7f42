"""Policies that the replay compares: what each orders on a morning, knowing the past alone."""

from collections.abc import Sequence
from statistics import NormalDist
from typing import Protocol

import numpy as np

from insights.demand.forecast import DemandForecast
from insights.sales.history import SalesHistory
from insights.stock.order_level import order_level
from insights.stock.order_quantity import left_at_delivery, order_quantity, round_to_pack
from insights.stock.replay.shelf import Quantities
from insights.stock.stocked_item import OrderingRules, StockedItem

_WEEK = 7
_MEAN_DAYS = 28
"""The moving average is one of four weeks, so that it holds each weekday as often."""
# A normal distribution has no quantile at 0.
_MIN_LEVEL = 0.005


class OrderPolicy(Protocol):
    """How much to order of each item."""

    name: str

    def orders(self, history: SalesHistory, items: Sequence[StockedItem]) -> Quantities:
        """Return what to order on the morning after the history, shape (items,).

        `items` are those of the history, with the stock of that morning. An item that the policy knows
        nothing of gets 0.
        """
        ...


class PathPolicy:
    """Our advice: quantiles of sums of simulated paths, from a forecast that is made anew now and then."""

    name = "forecast"

    def __init__(self, rules: OrderingRules) -> None:
        self._rules = rules
        self._demand: DemandForecast | None = None
        self._made_after = 0
        self._columns: dict[str, int] = {}

    def use(self, demand: DemandForecast, days: int) -> None:
        """Order by a forecast that was made when as many days were known."""
        self._demand, self._made_after = demand, days
        self._columns = {item.id: column for column, item in enumerate(demand.paths.items)}

    def orders(self, history: SalesHistory, items: Sequence[StockedItem]) -> Quantities:
        """Return the advice for each item that the forecast holds."""
        if self._demand is None:
            return np.zeros(len(items))
        paths = self._demand.paths.quantity[:, :, history.days - self._made_after :]
        columns = [self._columns.get(item.item.id) for item in items]
        return np.array(
            [
                0.0 if column is None else order_quantity(item, self._rules, paths[:, column]).order
                for item, column in zip(items, columns, strict=True)
            ]
        )


class LastWeekPolicy:
    """Order what the same weekdays sold last week, less what is left over."""

    name = "last week"

    def __init__(self, rules: OrderingRules) -> None:
        self._rules = rules

    def orders(self, history: SalesHistory, items: Sequence[StockedItem]) -> Quantities:
        """Return last week's sales on the weekdays that the order is for, less what they would leave now."""
        week = history.quantity[:, -_WEEK:].astype(np.float64)

        def order(index: int) -> float:
            item = items[index]
            lead, cycle = item.lead_time_days, _cycle_days(item, self._rules)
            until_delivery = week[index, np.arange(lead) % week.shape[1]].sum(keepdims=True)
            needed = week[index, np.arange(lead, lead + cycle) % week.shape[1]].sum()
            return _bought(item, needed - left_at_delivery(item, until_delivery)[0])

        return np.array([order(index) for index in range(len(items))])


class MovingAveragePolicy:
    """Order up to the mean of the last 28 days for the days to come, and a safety stock.

    The textbook's: a quantile of a normal distribution, of days that are independent (Silver, Pyke &
    Thomas, 2017).
    """

    name = "moving average"

    def __init__(self, rules: OrderingRules) -> None:
        self._rules = rules

    def orders(self, history: SalesHistory, items: Sequence[StockedItem]) -> Quantities:
        """Return what is missing up to that level."""
        recent = history.quantity[:, -_MEAN_DAYS:].astype(np.float64)
        means, deviations = recent.mean(axis=1), recent.std(axis=1)

        def order(index: int) -> float:
            item, mean = items[index], means[index]
            level = order_level(item, self._rules)
            if level < _MIN_LEVEL:
                return 0.0
            lead, cycle = item.lead_time_days, _cycle_days(item, self._rules)
            left = left_at_delivery(item, np.array([mean * lead]))[0]
            days = cycle + (lead if left > 0 else 0)
            safety = NormalDist().inv_cdf(level) * deviations[index] * days**0.5
            return _bought(item, mean * cycle + safety - left)

        return np.array([order(index) for index in range(len(items))])


def _cycle_days(item: StockedItem, rules: OrderingRules) -> int:
    return min(rules.review_days, item.shelf_life_days or rules.review_days)


def _bought(item: StockedItem, needed: float) -> float:
    return round_to_pack(max(0.0, needed) / (1 - item.loss_rate), item.pack_size, item.min_order)
