"""Orders from their rows: the lines of an order are summed, and what was paid back is taken off."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from insights.customers.orders import Orders
from insights.customers.report import OrdersReport
from shangsou.reading.issue import Issue
from shangsou.reading.issue_counts import IssueKind

# Half a fen: a sum of less is 0 but for rounding.
_MIN_AMOUNT = 0.005
_UNKNOWN_DAY = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class OrderRows:
    """Rows of orders, in the order in which they were read. Arrays have the shape (rows,)."""

    customers: tuple[str, ...]
    customer: NDArray[np.int64]
    """A position in `customers`."""
    day: NDArray[np.int64]
    """Days since 0001-01-01; 0 where it cannot be used."""
    amount: NDArray[np.float64]
    """Below 0 for a refund, NaN where unknown."""
    order: tuple[str, ...]
    """Order numbers; empty where a row has none."""
    sources: tuple[str, ...]
    source: NDArray[np.int64]
    line: NDArray[np.int64]
    currency: NDArray[np.str_]


def orders_of_rows(
    rows: OrderRows, is_used: NDArray[np.bool_], report: OrdersReport, last_day: date | None = None
) -> Orders:
    """Return the orders that rows make up, and count them in the report.

    Rows of one customer and order number are an order; it is of the day of its first row that is no refund,
    and of the sum of their amounts. An order that comes to 0 by refunds is none, nor are refunds alone.

    Parameters
    ----------
    rows
        Of one currency, where they are used.
    is_used
        Shape (rows,): rows with a day in the currency.
    report
        Of the rows.
    last_day
        Up to which orders are known; by default the last day of a row.
    """
    used = np.flatnonzero(is_used)
    order = _order_numbers(rows, used)
    count = int(order.max()) + 1 if len(order) else 0
    amount, is_refund = rows.amount[used], rows.amount[used] < 0
    is_known = np.isfinite(amount)
    net = np.bincount(order[is_known], amount[is_known], count)
    has_bought, has_refund, has_amount, lacks_amount = (
        np.bincount(order[mask], minlength=count) > 0 for mask in (~is_refund, is_refund, is_known, ~is_known)
    )
    is_refunded = has_bought & has_refund & ~lacks_amount & (net < _MIN_AMOUNT)
    is_order = has_bought & ~is_refunded
    for row, number in zip(used[is_refund].tolist(), order[is_refund].tolist(), strict=True):
        _report_refund(rows, row, report, has_order=bool(has_bought[number]), is_kept=bool(is_order[number]))
    report.refunded += int(is_refunded.sum())
    report.used = int(is_order[order].sum())
    first_day = np.full(count, _UNKNOWN_DAY)
    np.minimum.at(first_day, order[~is_refund], rows.day[used[~is_refund]])
    customer = np.zeros(count, np.int64)
    customer[order] = rows.customer[used]
    value = np.where(has_amount & (net >= 0), net, np.nan)
    end = last_day or date.fromordinal(int(rows.day[used].max()) if len(used) else 1)
    orders = _sorted_orders(rows.customers, customer[is_order], first_day[is_order], value[is_order], end)
    report.customers, report.orders, report.last_day = len(orders.customers), len(orders), end
    report.first_day = date.fromordinal(int(orders.day.min())) if len(orders) else None
    return orders


def _order_numbers(rows: OrderRows, used: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of the order of each row, from 0; a row without an order number is one of its own."""
    numbers: dict[object, int] = {}
    customers = rows.customer[used].tolist()
    keys = (
        (customer, rows.order[row]) if rows.order[row] else row
        for row, customer in zip(used.tolist(), customers, strict=True)
    )
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int64)


def _report_refund(
    rows: OrderRows, row: int, report: OrdersReport, *, has_order: bool, is_kept: bool
) -> None:
    kind: IssueKind = "skipped"
    if is_kept:
        kind, reason, resolution = "flagged", "a refund of a part", "taken off its order"
    elif has_order:
        reason, resolution = "an order paid back whole", "the order does not count"
    else:
        reason, resolution = "a refund without its order", "row left out"
    issue = Issue(reason, f"the amount {rows.amount[row]:g} is below 0", resolution)
    report.issues.add(kind, rows.sources[rows.source[row]], int(rows.line[row]), issue)


def _sorted_orders(
    ids: tuple[str, ...],
    customer: NDArray[np.int64],
    day: NDArray[np.int64],
    amount: NDArray[np.float64],
    last_day: date,
) -> Orders:
    kept = sorted(np.unique(customer).tolist(), key=ids.__getitem__)
    position = np.zeros(len(ids), np.int64)
    position[kept] = np.arange(len(kept))
    customer = position[customer]
    order = np.lexsort((day, customer))
    return Orders(tuple(ids[one] for one in kept), customer[order], day[order], amount[order], last_day)
