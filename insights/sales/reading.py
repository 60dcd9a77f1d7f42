"""Read the sales of a shop from tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np

from insights.sales.cadence import check_daily
from insights.sales.columns import NEW_PRODUCT_FIELD, check_columns, find_columns, has_column, is_known
from insights.sales.cumulative_sales import DailySales, daily_sales
from insights.sales.currencies import in_currency
from insights.sales.daily import daily_history
from insights.sales.history import SalesHistory
from insights.sales.outliers import flag_outliers
from insights.sales.report import SalesReport
from insights.sales.review import review
from insights.sales.rows import RowArrays, read_rows
from insights.sales.sales_rows import SalesRows, dated_rows
from insights.sales.table_paths import check_distinct
from shangsou.errors import UnusableInput
from shangsou.reading.tables import open_table
from shangsou.reading.times import CHINA
from shangsou.text.plurals import quantity

# Reasons that a message about a table without a usable row can hold.
_MAX_REASONS = 3


@dataclass(frozen=True, slots=True)
class SalesReading:
    """The sales of a shop with the report on them."""

    history: SalesHistory
    report: SalesReport


def read_sales(  # noqa: PLR0913 - the options of a command
    paths: Sequence[Path],
    mapping: Mapping[str, str],
    currency: str = "",
    *,
    encoding: str | None = None,
    today: date | None = None,
    other_header: Sequence[str] = (),
) -> SalesReading:
    """Return the sales in a table, or in the files of one: text, workbook or Parquet.

    Parameters
    ----------
    paths
        At least one. Rows of all files count.
    mapping
        Columns by field, where they have other names than usual.
    currency
        Leave out rows in any other; empty where all are in one.
    encoding
        That of texts, where it cannot be told.
    today
        In China; rows of later days are left out. By default that of the clock.
    other_header
        Columns of the tables of what is to come: those of the mapping that only they have are not looked for.

    Raises
    ------
    UnusableInput
        A file is named twice, cannot be read, lacks a column, or has no row that tells of a sale; nothing was
        sold; all rows are of weeks or of months; or prices are in several currencies.
    """
    report = SalesReport()
    check_distinct(paths, "sales")
    tables = [_read_table(path, mapping, encoding, report, other_header) for path in paths]
    kinds = {table.is_cumulative for table in tables}
    if len(kinds) > 1:
        totals = ", ".join(table.name for table in tables if table.is_cumulative)
        raise UnusableInput(
            f"{totals}: quantities are running totals, but not in the other files; read them one by one"
        )
    today = today or datetime.now(CHINA).date()
    rows = in_currency(dated_rows(tables, today, report), currency, report)
    report.used = len(rows.line)
    if not report.used:
        raise UnusableInput(_without_rows(report))
    if kinds == {True}:
        return reading_of(daily_sales(rows, report), report)
    check_daily(rows)
    return reading_of(all_known(rows), report)


def all_known(rows: SalesRows) -> DailySales:
    """Return rows that hold all sales of their days."""
    items = len(rows.item_ids)
    return DailySales(rows, np.zeros(items, np.int64), np.full(items, np.iinfo(np.int64).max))


def reading_of(sales: DailySales, report: SalesReport) -> SalesReading:
    """Return the history of rows, and complete the report; raises `UnusableInput` where nothing was sold."""
    history = daily_history(sales, report)
    flag_outliers(sales.rows, report)
    review(history, report)
    return SalesReading(history, report)


def _read_table(
    path: Path,
    mapping: Mapping[str, str],
    encoding: str | None,
    report: SalesReport,
    other_header: Sequence[str],
) -> RowArrays:
    table = open_table(path, path.name, lambda name: is_known(name) or name in mapping.values(), encoding)
    of_sales = {
        field: column
        for field, column in mapping.items()
        if field != NEW_PRODUCT_FIELD
        and (has_column(table.header, column) or not has_column(other_header, column))
    }
    columns = find_columns(table.header, of_sales, table.name)
    columns.pop(NEW_PRODUCT_FIELD, None)
    check_columns(columns, table.header, table.name)
    if table.other_sheets:
        report.notes.append(f"{table.name}: not read: {', '.join(table.other_sheets)}")
    report.sources.append(table.name)
    report.columns[table.name] = {field: table.header[position] for field, position in columns.items()}
    return read_rows(table, columns, report)


def _without_rows(report: SalesReport) -> str:
    reasons = report.issues.reasons(("rejected", "skipped"), _MAX_REASONS)
    names = ", ".join(report.sources)
    if not reasons:
        return f"{names}: there is no row below the header"
    rows = quantity(report.rows, "row")
    return f"{names}: of {rows} none tells of a sale: {reasons}"
