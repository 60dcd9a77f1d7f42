"""The orders of the customers of a shop, as arrays."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]
# One order of so many may have a date long before all others.
_ORDERS_BEFORE_BEGIN = 100


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders of a shop up to a day. Arrays have the shape (orders,), by customer and then by day."""

    customers: tuple[str, ...]
    """Those with an order at least, in the order of their ids."""
    customer: Integers
    """A position in `customers`; never falls."""
    day: Integers
    """Days since 0001-01-01, which is 1; never falls within a customer."""
    amount: Numbers
    """What was paid, in one currency, 0 or more; NaN where unknown."""
    last_day: date
    """The day up to which orders are known, which need not have one."""

    def __len__(self) -> int:
        """The number of orders."""
        return len(self.day)

    @property
    def first_day(self) -> date:
        """The day of the first order; of no orders, `last_day`."""
        return date.fromordinal(int(self.day.min())) if len(self.day) else self.last_day

    @property
    def begin(self) -> date:
        """The day by which one order of a hundred was made; of less than a hundred orders, the first day.

        Models take the records to begin here: one order with a wrong date, of 1970 or of a test long ago,
        would make them decades of which nothing is known. Where a shop grows evenly they lose a tenth of
        their time, in which little happened.
        """
        place = len(self) // _ORDERS_BEFORE_BEGIN
        return date.fromordinal(int(np.partition(self.day, place)[place])) if len(self) else self.last_day

    @property
    def days(self) -> int:
        """From the first order to the last day, both included; 0 without an order."""
        return (self.last_day - self.first_day).days + 1 if len(self) else 0

    def until(self, last_day: date) -> "Orders":
        """Return what was known at the end of a day: its customers, and their orders up to it.

        Raises `ValueError` for a day after `last_day`, of which nothing is known.
        """
        if last_day > self.last_day:
            raise ValueError(f"{last_day} is after {self.last_day}, up to which orders are known")
        return self._only(self.day <= last_day.toordinal(), last_day)

    def without(self, customers: Set[str]) -> "Orders":
        """Return the orders of all other customers."""
        is_kept = np.array([one not in customers for one in self.customers], np.bool_)
        return self._only(is_kept[self.customer], self.last_day)

    def _only(self, is_kept: NDArray[np.bool_], last_day: date) -> "Orders":
        kept, customer = np.unique(self.customer[is_kept], return_inverse=True)
        return Orders(
            tuple(self.customers[one] for one in kept.tolist()),
            customer.astype(np.int64),
            self.day[is_kept],
            self.amount[is_kept],
            last_day,
        )


@dataclass(frozen=True, slots=True)
class OrderDays:
    """The days on which customers ordered, each once. Arrays have the shape (days,), by customer and day."""

    customer: Integers
    """A position in the customers of the orders."""
    day: Integers
    amount: Numbers
    """Of all orders of the day; NaN where that of none is known."""


def order_days(orders: Orders) -> OrderDays:
    """Return orders summed by customer and day: two orders of a day are one visit to the shop."""
    if not len(orders):
        return OrderDays(orders.customer, orders.day, orders.amount)
    is_new = np.ones(len(orders), np.bool_)
    is_new[1:] = (np.diff(orders.customer) != 0) | (np.diff(orders.day) != 0)
    starts = np.flatnonzero(is_new)
    is_known = np.isfinite(orders.amount)
    amount = np.add.reduceat(np.where(is_known, orders.amount, 0.0), starts)
    amount[~np.logical_or.reduceat(is_known, starts)] = np.nan
    return OrderDays(orders.customer[starts], orders.day[starts], amount)


def last_order_days(orders: Orders) -> Integers:
    """Return the day of the last order of each customer, as `Orders.day` counts. Shape (customers,)."""
    days = order_days(orders)
    latest = np.zeros(len(orders.customers), np.int64)
    latest[days.customer] = days.day  # Sorted by day: the last one stays.
    return latest


def days_bought(orders: Orders, customers: tuple[str, ...], first_day: date, last_day: date) -> Integers:
    """Return on how many days of a period each of these customers ordered. Shape (customers,).

    Parameters
    ----------
    orders
        With the orders of the period.
    customers
        Ids; one without orders has 0.
    first_day, last_day
        Both included.
    """
    days = order_days(orders)
    is_inside = (days.day >= first_day.toordinal()) & (days.day <= last_day.toordinal())
    counts = np.bincount(days.customer[is_inside], minlength=len(orders.customers))
    count_of = dict(zip(orders.customers, counts.tolist(), strict=True))
    return np.array([count_of.get(one, 0) for one in customers], np.int64)
