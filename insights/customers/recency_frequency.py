"""The recency and frequency of customers: the summary of orders that models of repeat buying read."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.customers.orders import OrderDays, Orders, order_days

Numbers = NDArray[np.float64]
DAYS_A_WEEK = 7.0


@dataclass(frozen=True, slots=True)
class RecencyFrequency:
    """What a customer's orders come to. Arrays have the shape (customers,); times are in weeks."""

    frequency: Numbers
    """Days with an order after the first one."""
    recency: Numbers
    """From the first day with an order to the last; 0 where there is one only."""
    age: Numbers
    """From the first day with an order to the last day of the records."""


@dataclass(frozen=True, slots=True)
class OrderValues:
    """What customers spend on a day with an order. Arrays have the shape (customers,)."""

    count: Numbers
    """Days with an amount above 0."""
    mean: Numbers
    """Of the amounts of these days; 0 where there is none."""


def recency_frequency(orders: Orders) -> RecencyFrequency:
    """Return the summary of each customer, in the order of `orders.customers`.

    Days count, not orders: two orders of a day are one decision to buy, as in Fader, Hardie and Lee (2005).
    """
    days = order_days(orders)
    starts = _first_rows(days, len(orders.customers))
    ends = np.append(starts[1:], len(days.day)) - 1
    first, last = days.day[starts], days.day[ends]
    return RecencyFrequency(
        (ends - starts).astype(np.float64),
        (last - first) / DAYS_A_WEEK,
        (orders.last_day.toordinal() - first) / DAYS_A_WEEK,
    )


def order_values(orders: Orders, *, with_first: bool = True) -> OrderValues:
    """Return the mean amount of the days with an order of each customer.

    Days without an amount, or with 0 (a gift), tell nothing of what a customer spends.

    Parameters
    ----------
    orders
        The records.
    with_first
        Whether the first day counts; Fader and Hardie (2013) leave it out.
    """
    days = order_days(orders)
    is_used = days.amount > 0  # NaN is not.
    if not with_first:
        is_used[_first_rows(days, len(orders.customers))] = False
    size = len(orders.customers)
    count = np.bincount(days.customer[is_used], minlength=size).astype(np.float64)
    total = np.bincount(days.customer[is_used], days.amount[is_used], size)
    return OrderValues(count, total / np.maximum(count, 1))


def _first_rows(days: OrderDays, customers: int) -> NDArray[np.int64]:
    return np.searchsorted(days.customer, np.arange(customers)).astype(np.int64)
