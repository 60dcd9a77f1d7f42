"""Advise what to order today, what runs out, and what does not sell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from insights.demand.forecast_table import SamplePaths
from insights.demand.training_rows import ACTIVE_DAYS
from insights.sales.history import Item
from insights.stock.inventory import Inventory
from insights.stock.note import Note
from insights.stock.order_quantity import OrderQuantity, horizon_days, order_quantity
from insights.stock.overstock import Overstock, find_overstock
from insights.stock.stock_out import StockOut, expect_stock_out
from insights.stock.stocked_item import OrderingRules, StockedItem

# A stock-out that is likelier than not is shown, also where preventing it would not pay.
_LIKELY = 0.5


@dataclass(frozen=True, slots=True)
class ItemAdvice:
    """What to do about an item that sells."""

    stocked: StockedItem
    lead_time_demand: float
    """Expected from today until an order of today arrives."""
    cycle_demand: float
    """Expected from today until an order of the next time arrives."""
    quantity: OrderQuantity
    stock_out: StockOut
    stock_out_date: date | None
    overstock: Overstock

    @property
    def item(self) -> Item:
        """The item."""
        return self.stocked.item

    @property
    def order(self) -> float | None:
        """What to order today; None where the stock is unknown."""
        return None if self.stocked.on_hand is None else self.quantity.order

    @property
    def order_money(self) -> float | None:
        """What the order costs; None where order or cost is unknown."""
        cost = self.stocked.unit_cost
        return None if self.order is None or cost is None else self.order * cost

    @property
    def money_at_risk(self) -> float | None:
        """Sales lost until the delivery after if nothing is ordered today; None without a price."""
        return self._money(self.stock_out.lost_without_order)

    @property
    def lost_money(self) -> float | None:
        """Sales lost until an order of today arrives; None where the price is unknown."""
        return self._money(self.stock_out.lost)

    @property
    def is_urgent(self) -> bool:
        """Whether the stock is below the reorder point: it may not last until an order of today arrives."""
        return (
            self.order is not None and self.order > 0 and self.stocked.position < self.quantity.reorder_point
        )

    def _money(self, pieces: float) -> float | None:
        price = self.stocked.price
        return None if price is None or self.stocked.on_hand is None else pieces * price


@dataclass(frozen=True, slots=True)
class UnsoldStock:
    """Stock of an item that sold nothing in the last 28 days."""

    stocked: StockedItem
    overstock: Overstock


@dataclass(frozen=True, slots=True)
class StockAdvice:
    """The advice for a shop on the morning after the last day of its sales."""

    origin: date
    rules: OrderingRules
    items: Sequence[ItemAdvice]
    """Items that sell, those with the most money at risk first."""
    unsold: Sequence[UnsoldStock]
    """Those with the most money in stock first."""
    notes: Sequence[Note]

    @property
    def today(self) -> date:
        """The day of the order: the one after the last of the sales."""
        return self.origin + timedelta(days=1)

    @property
    def orders(self) -> Sequence[ItemAdvice]:
        """Items to order today."""
        return [item for item in self.items if item.order]

    @property
    def stock_outs(self) -> Sequence[ItemAdvice]:
        """Items that may run out before an order of today arrives, with the most money lost first.

        Those of which this is likelier than not, or than the level of the order allows for.
        """
        short = [
            item
            for item in self.items
            if item.stocked.on_hand is not None
            and item.stock_out.chance > min(_LIKELY, 1 - item.quantity.level)
        ]
        return sorted(short, key=lambda item: (-(item.lost_money or 0.0), -item.stock_out.lost, item.item.id))

    @property
    def overstocked(self) -> Sequence[ItemAdvice]:
        """Items of which more is in stock than sells; the most money first."""
        much = [item for item in self.items if item.overstock.pieces > 0]
        return sorted(
            much, key=lambda item: (-(item.overstock.money or 0.0), -item.overstock.pieces, item.item.id)
        )


def forecast_days(inventory: Inventory, rules: OrderingRules) -> int:
    """Return how many days of demand `advise` needs to know."""
    selling = (
        item
        for item in inventory.items
        if item.days_since_sale is not None and item.days_since_sale < ACTIVE_DAYS
    )
    return max(rules.overstock_days, *(horizon_days(item, rules) for item in selling), 1)


def advise(inventory: Inventory, paths: SamplePaths, rules: OrderingRules) -> StockAdvice:
    """Return the advice for all items, from simulated demand of those that sell.

    Parameters
    ----------
    paths
        Of at least `forecast_days` days.
    """
    position = {item.id: index for index, item in enumerate(paths.items)}
    items: list[ItemAdvice] = []
    unsold: list[UnsoldStock] = []
    nothing = np.zeros((0, 0), np.float32)
    for stocked in inventory.items:
        index = position.get(stocked.item.id)
        if index is not None:
            items.append(_advise_item(stocked, paths.quantity[:, index], paths.origin, rules))
        elif stocked.on_hand and (stocked.days_since_sale is None or stocked.days_since_sale >= ACTIVE_DAYS):
            unsold.append(UnsoldStock(stocked, find_overstock(stocked, nothing, rules.overstock_days)))
    return StockAdvice(
        paths.origin,
        rules,
        sorted(items, key=lambda item: (-(item.money_at_risk or 0.0), -item.quantity.order, item.item.id)),
        sorted(
            unsold,
            key=lambda one: (-(one.overstock.money or 0.0), -one.overstock.pieces, one.stocked.item.id),
        ),
        inventory.notes,
    )


def _advise_item(
    stocked: StockedItem, demand: NDArray[np.float32], origin: date, rules: OrderingRules
) -> ItemAdvice:
    mean = demand.mean(axis=0, dtype=np.float64)
    lead = stocked.lead_time_days
    stock_out = expect_stock_out(stocked, rules, demand)
    runs_out = stocked.on_hand is not None and stock_out.day is not None
    return ItemAdvice(
        stocked,
        float(mean[:lead].sum()),
        float(mean[: lead + rules.review_days].sum()),
        order_quantity(stocked, rules, demand),
        stock_out,
        origin + timedelta(days=stock_out.day) if runs_out and stock_out.day is not None else None,
        find_overstock(stocked, demand, rules.overstock_days),
    )
