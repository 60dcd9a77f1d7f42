"""Replay the last days of a history with several ordering policies."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from insights.demand.forecast import DemandForecast
from insights.sales.history import SalesHistory
from insights.stock.inventory import take_inventory
from insights.stock.on_hand_file import OnHandList
from insights.stock.order_quantity import horizon_days
from insights.stock.replay.ledger import DayPrices, Ledger, PolicyResult
from insights.stock.replay.policies import LastWeekPolicy, MovingAveragePolicy, OrderPolicy, PathPolicy
from insights.stock.replay.shelf import Quantities, Shelf
from insights.stock.stocked_item import OrderingRules, StockedItem
from shangsou.errors import UnusableInput
from shangsou.text.plurals import quantity

REPLAY_DAYS = 182
"""Half a year of whole weeks."""
MIN_KNOWN_DAYS = 56
"""Known before the first day: a forecast from less says little of weeks."""

ForecastDemand = Callable[[SalesHistory, int], DemandForecast]
"""Forecasts from a history, for as many days."""


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What policies came to over the same days and items."""

    first_day: date
    """The first that counts: deliveries of the first orders have come by then."""
    last_day: date
    refit_days: int
    forecasts: int
    items: int
    priced_items: int
    """Those whose price and cost are known, which profits are of."""
    rules: OrderingRules
    policies: Sequence[PolicyResult]


def replay(  # noqa: PLR0913 - what a replay is of
    history: SalesHistory,
    terms: OnHandList | None,
    rules: OrderingRules,
    forecast: ForecastDemand,
    *,
    days: int = REPLAY_DAYS,
    refit_days: int = 7,
    progress: Callable[[range], Iterable[int]] = iter,
) -> ReplayResult:
    """Return what each policy would have come to over the last days of the history.

    Every morning deliveries come in, orders are placed every `rules.review_days`, and what was sold in
    truth is asked for. Policies know what was sold until the evening before, also what they themselves did
    not have. An item takes part from the first forecast on that holds it, the same for all policies, which
    begin with the mean demand of the lead time in stock. The forecast is made anew every `refit_days`.

    Raises
    ------
    UnusableInput
        The history is too short, or none of its items sold anything.
    """
    start = history.days - days
    _check_length(history.days, days)
    items = take_inventory(history.until(start), _terms_alone(terms, history), rules).items
    longest = max(item.lead_time_days for item in items)
    if longest + rules.review_days >= days:
        raise UnusableInput(
            f"an order takes {longest} days and lasts for {rules.review_days}, and the replay has {days}; "
            "replay more with --days"
        )
    ours = PathPolicy(rules)
    policies: tuple[OrderPolicy, ...] = (ours, LastWeekPolicy(rules), MovingAveragePolicy(rules))
    shops = [_Shop(policy, items, history.until(start)) for policy in policies]
    takes_part = np.zeros(len(items), np.bool_)
    refitted_at, forecasts = -refit_days, 0
    for day in progress(range(start, history.days)):
        known = history.until(day)
        is_order_day = (day - start) % rules.review_days == 0
        if is_order_day and day - refitted_at >= refit_days:
            items = take_inventory(known, _terms_alone(terms, history), rules).items
            horizon = refit_days + max(horizon_days(item, rules) for item in items)
            demand = forecast(known, horizon)
            ours.use(demand, day)
            active = {item.id for item in demand.forecast.items}
            takes_part |= np.array([item.item.id in active for item in items], np.bool_)
            refitted_at, forecasts = day, forecasts + 1
        asked = np.where(takes_part, history.quantity[:, day].astype(np.float64), 0.0)
        prices = _prices(history, day, items)
        for shop in shops:
            if is_order_day:
                shop.order(known, items, takes_part, day)
            shop.open(day, asked, prices, counts=day >= start + longest, takes_part=takes_part)
    if not takes_part.any():
        raise UnusableInput("no item sold anything in the days of the replay; give a table with sales")
    return ReplayResult(
        history.first_day + timedelta(days=start + longest),
        history.last_day,
        refit_days,
        forecasts,
        int(takes_part.sum()),
        sum(_is_priced(item) for item, counts in zip(items, takes_part, strict=True) if counts),
        rules,
        [shop.ledger.result() for shop in shops],
    )


def _check_length(known: int, days: int) -> None:
    most = known - MIN_KNOWN_DAYS
    if days > most:
        remedy = f"give a longer table, or --days {most}" if most > 0 else "give a longer table"
        raise UnusableInput(
            f"the sales have {quantity(known, 'day')}, and a replay of {days} needs "
            f"{days + MIN_KNOWN_DAYS}; {remedy}"
        )


class _Shop:
    """A shop that orders by one policy."""

    def __init__(self, policy: OrderPolicy, items: Sequence[StockedItem], known: SalesHistory) -> None:
        self.ledger = Ledger(policy.name)
        self._policy = policy
        self._lead = np.array([item.lead_time_days for item in items])
        self._loss = np.array([item.loss_rate for item in items])
        self._shelf = Shelf([item.shelf_life_days for item in items])
        self._pipeline: dict[int, Quantities] = {}
        self._due: dict[int, NDArray[np.bool_]] = {}
        recent = known.quantity[:, -28:].mean(axis=1, dtype=np.float64)
        self._shelf.receive(recent * self._lead)
        self._is_short = np.zeros(len(items), np.bool_)
        self._in_cycle = np.zeros(len(items), np.bool_)
        self._is_begun = np.zeros(len(items), np.bool_)

    def order(
        self, known: SalesHistory, items: Sequence[StockedItem], takes_part: NDArray[np.bool_], day: int
    ) -> None:
        """Order on the morning of a day, after that day's deliveries, which arrive when it opens."""
        due = self._pipeline.get(day, np.zeros(len(items)))
        on_hand = self._shelf.on_hand + due * (1 - self._loss)
        on_order = sum((later for at, later in self._pipeline.items() if at > day), np.zeros(len(items)))
        stocked = [
            replace(item, on_hand=float(on_hand[index]), on_order=float(on_order[index]))
            for index, item in enumerate(items)
        ]
        ordered = np.where(takes_part, self._policy.orders(known, stocked), 0.0)
        for lead in np.unique(self._lead):
            is_due = self._lead == lead
            arriving = self._pipeline.setdefault(day + int(lead), np.zeros(len(items)))
            arriving += np.where(is_due, ordered, 0.0)
            self._due[day + int(lead)] = is_due | self._due.get(day + int(lead), False)

    def open(
        self, day: int, demand: Quantities, prices: DayPrices, *, counts: bool, takes_part: NDArray[np.bool_]
    ) -> None:
        """Receive, sell, and throw away what spoils."""
        before = self._shelf.on_hand
        delivered = self._pipeline.pop(day, np.zeros(len(demand)))
        self._shelf.receive(delivered * (1 - self._loss))
        opening = self._shelf.on_hand
        sold = self._shelf.sell(demand)
        spoiled = self._shelf.end_day()
        if not counts:
            return
        if day in self._due:
            self._end_cycles(self._due.pop(day))
        self._in_cycle |= takes_part & self._is_begun
        self._is_short |= demand - sold > 1e-6
        wasted = delivered * self._loss + spoiled / (1 - self._loss)
        change = self._shelf.on_hand - before
        self.ledger.add_day(prices, delivered, opening, demand, sold, wasted, change)

    def _end_cycles(self, is_due: NDArray[np.bool_]) -> None:
        """End the order cycles of items to which a delivery comes, and begin the next."""
        ended = self._in_cycle & is_due
        self.ledger.add_cycles(int(ended.sum()), int((self._is_short & ended).sum()))
        self._is_short[is_due] = False
        self._in_cycle[is_due] = False
        self._is_begun |= is_due


def _terms_alone(terms: OnHandList | None, history: SalesHistory) -> OnHandList | None:
    """Return the rows of items that are sold: the terms of the list hold for all days of the replay."""
    if terms is None:
        return None
    sold = {item.id for item in history.items} | {item.id.removesuffix(".0") for item in history.items}
    return OnHandList(
        {id_: row for id_, row in terms.rows.items() if id_.removesuffix(".0") in sold}, terms.notes
    )


def _is_priced(item: StockedItem) -> bool:
    return item.price is not None and item.unit_cost is not None


def _prices(history: SalesHistory, day: int, items: Sequence[StockedItem]) -> DayPrices:
    """Return the prices of a day where they are known, else those that were last known before it."""
    is_priced = np.array([_is_priced(item) for item in items])
    price = _of_day(history.price[:, day], [item.price for item in items])
    cost = _of_day(history.unit_cost[:, day], [item.unit_cost for item in items])
    loss = np.array([item.loss_rate for item in items])
    return DayPrices(
        np.where(is_priced, price, 0.0),
        np.where(is_priced, cost, 0.0),
        np.where(is_priced, cost / (1 - loss), 0.0),
    )


def _of_day(values: NDArray[np.float32], known: Sequence[float | None]) -> NDArray[np.float64]:
    last = np.array([0.0 if value is None else value for value in known])
    return np.where(np.isfinite(values), values.astype(np.float64), last)
