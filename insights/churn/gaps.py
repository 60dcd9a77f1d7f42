"""The gaps between orders: how many days customers usually let pass."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.customers.orders import Orders, last_order_days, order_days

Numbers = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Gaps:
    """Days between orders. Arrays have the shape (customers,)."""

    silence: Numbers
    """Since the last order."""
    usual: Numbers
    """The median between two orders; of customers of one order that of all; NaN where nobody has two."""
    last: Numbers
    """Between the last two orders; NaN where there is one."""
    count: Integers
    """How many gaps there are."""


def order_gaps(orders: Orders) -> Gaps:
    """Return the gaps of each customer, in the order of `orders.customers`."""
    days, size = order_days(orders), len(orders.customers)
    is_same = np.diff(days.customer) == 0
    gap, customer = np.diff(days.day)[is_same].astype(np.float64), days.customer[1:][is_same]
    last = np.full(size, np.nan)
    last[customer] = gap  # Sorted by day: the last one stays.
    count = np.bincount(customer, minlength=size)
    median = np.full(size, np.median(gap) if len(gap) else np.nan)
    ordered = gap[np.lexsort((gap, customer))]
    begins = np.cumsum(count) - count
    has_gap = np.flatnonzero(count)
    lower = begins[has_gap] + (count[has_gap] - 1) // 2
    upper = begins[has_gap] + count[has_gap] // 2
    median[has_gap] = (ordered[lower] + ordered[upper]) / 2
    silence = (orders.last_day.toordinal() - last_order_days(orders)).astype(np.float64)
    return Gaps(silence, median, last, count.astype(np.int64))
