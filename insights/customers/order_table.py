"""Read the orders of a shop from tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np

from insights.customers.order_rows import OrderRowArrays, read_order_rows
from insights.customers.order_sums import OrderRows, orders_of_rows
from insights.customers.orders import Orders
from insights.customers.report import OrdersReport
from insights.sales.columns import check_columns, find_columns, is_known
from insights.sales.currencies import currency_mask
from insights.sales.row_days import days_of_rows
from insights.sales.table_paths import check_distinct
from shangsou.errors import UnusableInput
from shangsou.reading.issue_counts import IssueKind
from shangsou.reading.tables import open_table
from shangsou.reading.times import CHINA
from shangsou.text.plurals import quantity

ORDERS = "insights.customers"
"""The package with the names of columns of orders, for `insights.sales.columns`."""
ORDER_FIELDS = ("customer", "date")
"""What no table of orders can do without; without amounts there are no values, but chances to buy again."""
# Reasons that a message about a table without a usable row can hold.
_MAX_REASONS = 3
_LEFT_OUT: tuple[IssueKind, ...] = ("rejected", "skipped")


@dataclass(frozen=True, slots=True)
class OrdersReading:
    """The orders of a shop with the report on them."""

    orders: Orders
    report: OrdersReport


def read_orders(
    paths: Sequence[Path],
    mapping: Mapping[str, str],
    currency: str = "",
    *,
    encoding: str | None = None,
    today: date | None = None,
) -> OrdersReading:
    """Return the orders in a table, or in the files of one: text, workbook or Parquet.

    Rows of one order number and customer are one order, whose amounts are summed, but for a total of the
    order that stands on each of its lines; a row without an order number is an order. Orders of which all was
    paid back, and refunds without their order, do not count.

    Parameters
    ----------
    paths
        At least one.
    mapping
        Columns by field, where they have other names than usual.
    currency
        Leave out rows in any other; empty where all are in one.
    encoding
        That of texts, where it cannot be told.
    today
        In China; rows of later days are left out. By default that of the clock.

    Raises
    ------
    UnusableInput
        A file is named twice, cannot be read, lacks a column or has no row that tells of an order; or amounts
        are in several currencies.
    """
    check_distinct(paths, "orders")
    report = OrdersReport("")
    seen: set[int] = set()
    tables = [_read_table(path, mapping, encoding, report, seen) for path in paths]
    report.source = ", ".join(table.name for table in tables)
    rows = _joined(tables, today or datetime.now(CHINA).date(), report)
    is_used = (rows.day > 0) & currency_mask(rows, currency, report)
    orders = orders_of_rows(rows, is_used, report)
    if not len(orders):
        raise UnusableInput(_without_orders(report))
    if not np.isfinite(orders.amount).any():
        report.notes.append("no row has an amount: nothing is known of the values of orders")
    return OrdersReading(orders, report)


def _read_table(
    path: Path, mapping: Mapping[str, str], encoding: str | None, report: OrdersReport, seen: set[int]
) -> OrderRowArrays:
    def is_column(name: str) -> bool:
        return is_known(name, ORDERS) or name in mapping.values()

    table = open_table(path, path.name, is_column, encoding)
    columns = find_columns(table.header, mapping, table.name, ORDERS)
    check_columns(columns, table.header, table.name, ORDER_FIELDS, ORDERS)
    if "price" in columns and "quantity" not in columns:
        del columns["price"]  # The price of a piece says nothing of the order.
    if table.other_sheets:
        report.notes.append(f"{table.name}: not read: {', '.join(table.other_sheets)}")
    report.columns[table.name] = {field: table.header[position] for field, position in columns.items()}
    return read_order_rows(table, columns, report, seen)


def _joined(tables: Sequence[OrderRowArrays], today: date, report: OrdersReport) -> OrderRows:
    ids: dict[str, int] = {}
    customers = []
    for table in tables:
        numbers = np.array([ids.setdefault(one, len(ids)) for one in table.customer_ids], np.int64)
        customers.append(numbers[np.array(table.customers, np.int64)])
    return OrderRows(
        tuple(ids),
        np.concatenate(customers),
        np.concatenate([days_of_rows(table, today, report.issues)[0] for table in tables]),
        np.concatenate([np.array(table.amounts, np.float64) for table in tables]),
        np.repeat([table.has_totals for table in tables], [len(table.lines) for table in tables]),
        tuple(order for table in tables for order in table.orders),
        tuple(table.name for table in tables),
        np.repeat(np.arange(len(tables)), [len(table.lines) for table in tables]),
        np.concatenate([np.array(table.lines, np.int64) for table in tables]),
        np.concatenate([np.array(table.currencies, np.str_) for table in tables]),
    )


def _without_orders(report: OrdersReport) -> str:
    reasons = report.issues.reasons(_LEFT_OUT, _MAX_REASONS)
    if not reasons:
        return f"{report.source}: there is no row below the header"
    rows = quantity(report.rows, "row")
    return f"{report.source}: of {rows} none tells of an order: {reasons}"
