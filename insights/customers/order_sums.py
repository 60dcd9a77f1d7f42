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
_REPEATED = Issue("a total on each line", "the lines of the order have the same total", "counted once")
_INCOMPLETE = Issue(
    "an order with a line without an amount",
    "a line of the order has no amount",
    "amount of the order left empty",
)
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
    is_total: NDArray[np.bool_]
    """Whether the amount is called that of the order, so that each of its lines may have it."""
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
    and of the sum of their amounts. Amounts that are called those of the order count once where all of its
    lines agree. Where a line lacks its amount, that of the order is unknown. An order that comes to 0 by
    refunds is none, nor are refunds alone.

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
    is_summed, has_total, is_repeated = _agreeing_totals(order, amount, rows.is_total[used], count)
    net = np.bincount(order[is_summed], amount[is_summed], count)
    has_bought, has_refund, has_amount, lacks_amount = (
        np.bincount(order[mask], minlength=count) > 0 for mask in (~is_refund, is_refund, is_known, ~is_known)
    )
    lacks_amount &= ~has_total
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
    value = np.where(has_amount & ~lacks_amount & (net >= 0), net, np.nan)
    first_row = used[np.unique(order, return_index=True)[1]]
    for number in np.flatnonzero(is_order & is_repeated).tolist():
        _report_order(rows, int(first_row[number]), report, "merged", _REPEATED)
    for number in np.flatnonzero(is_order & has_amount & lacks_amount).tolist():
        _report_order(rows, int(first_row[number]), report, "repaired", _INCOMPLETE)
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


def _agreeing_totals(
    order: NDArray[np.int64], amount: NDArray[np.float64], is_total: NDArray[np.bool_], count: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the rows to be summed, the orders with one total, and which of them have it on several lines.

    Lines without it, as where cells were merged, do not matter; nor do refunds, which are summed.

    Parameters
    ----------
    order
        Shape (rows,): the number of the order, below `count`.
    amount
        Shape (rows,): NaN where unknown.
    is_total
        Shape (rows,): the amount is called that of the order.
    count
        Of orders.
    """
    is_line = ~(amount < 0)
    given = np.flatnonzero(is_line & np.isfinite(amount))
    lines = np.bincount(order[given], minlength=count)
    lowest, highest = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(lowest, order[given], amount[given])
    np.maximum.at(highest, order[given], amount[given])
    others = np.bincount(order[is_line & ~is_total], minlength=count)
    agrees = (lines > 0) & (others == 0) & (highest - lowest < _MIN_AMOUNT)
    is_summed = np.isfinite(amount)
    is_summed[given] = ~agrees[order[given]]
    is_summed[given[np.unique(order[given], return_index=True)[1]]] = True
    return is_summed, agrees, agrees & (lines > 1)


def _report_order(rows: OrderRows, row: int, report: OrdersReport, kind: IssueKind, issue: Issue) -> None:
    report.issues.add(kind, rows.sources[rows.source[row]], int(rows.line[row]), issue)


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
