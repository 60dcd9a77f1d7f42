"""Count what a policy earns, loses and wastes, day by day."""

from dataclasses import dataclass, field

import numpy as np

from insights.stock.replay.shelf import Quantities
from insights.stock.stocked_item import DAYS_OF_YEAR, HOLDING_RATE

_WEEK = 7


@dataclass(frozen=True, slots=True)
class DayPrices:
    """Money of a day, shape (items,) each; 0 for an item whose price or cost is unknown."""

    price: Quantities
    unit_cost: Quantities
    sellable_cost: Quantities
    """Of a piece that can be sold, with those that spoil before."""


@dataclass(frozen=True, slots=True)
class PolicyResult:
    """What a policy came to over the replay; money of items whose price and cost are known."""

    name: str
    profit: float
    """Sales, less what deliveries cost and keeping stock costs, plus the change of the stock at cost."""
    revenue: float
    sold: float
    lost: float
    """Demand that was not sold, in pieces."""
    lost_money: float
    wasted: float
    """What spoiled, in pieces."""
    wasted_money: float
    """At cost."""
    cycle_service: float
    """The share of order cycles of an item in which no demand was lost."""
    fill_rate: float
    """The share of demand that was sold."""
    mean_stock: float
    """Pieces in the shop when it opens."""
    mean_stock_money: float
    week_profits: tuple[float, ...]
    """Of whole weeks from the first day on."""


@dataclass(slots=True)
class Ledger:
    """Sums over the days of a replay."""

    name: str
    day_profits: list[float] = field(default_factory=list)
    stocks: list[tuple[float, float]] = field(default_factory=list)
    revenue: float = 0.0
    sold: float = 0.0
    demand: float = 0.0
    lost_money: float = 0.0
    wasted: float = 0.0
    wasted_money: float = 0.0
    cycles: int = 0
    cycles_short: int = 0

    def add_day(  # noqa: PLR0913, PLR0917 - the flows of a day
        self,
        prices: DayPrices,
        delivered: Quantities,
        opening: Quantities,
        demand: Quantities,
        sold: Quantities,
        wasted: Quantities,
        change: Quantities,
    ) -> None:
        """Add a day: what came, was there, was asked for, sold and spoiled, and how the stock changed."""
        revenue = float(sold @ prices.price)
        stock_money = float(opening @ prices.sellable_cost)
        holding = stock_money * HOLDING_RATE / DAYS_OF_YEAR
        bought = float(delivered @ prices.unit_cost)
        self.day_profits.append(revenue - bought - holding + float(change @ prices.sellable_cost))
        self.stocks.append((float(opening.sum()), stock_money))
        self.revenue += revenue
        self.sold += float(sold.sum())
        self.demand += float(demand.sum())
        self.lost_money += float((demand - sold) @ prices.price)
        self.wasted += float(wasted.sum())
        self.wasted_money += float(wasted @ prices.unit_cost)

    def add_cycles(self, cycles: int, short: int) -> None:
        """Add order cycles that ended, and those of them in which demand was lost."""
        self.cycles += cycles
        self.cycles_short += short

    def result(self) -> PolicyResult:
        """Return the sums."""
        pieces, money = np.array(self.stocks or [(0.0, 0.0)]).mean(axis=0)
        weeks = len(self.day_profits) // _WEEK
        by_week = np.array(self.day_profits[: weeks * _WEEK]).reshape(weeks, _WEEK).sum(axis=1)
        return PolicyResult(
            name=self.name,
            profit=sum(self.day_profits),
            revenue=self.revenue,
            sold=self.sold,
            lost=self.demand - self.sold,
            lost_money=self.lost_money,
            wasted=self.wasted,
            wasted_money=self.wasted_money,
            cycle_service=1 - self.cycles_short / self.cycles if self.cycles else 1.0,
            fill_rate=self.sold / self.demand if self.demand else 1.0,
            mean_stock=float(pieces),
            mean_stock_money=float(money),
            week_profits=tuple(by_week.tolist()),
        )
