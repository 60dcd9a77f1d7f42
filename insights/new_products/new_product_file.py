"""Read the products that a shop is about to sell from a table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np

from insights.sales.cells import is_blank
from insights.sales.columns import CATEGORY_LEVELS, NEW_PRODUCT_FIELD, find_columns, is_known, shown_columns
from insights.sales.days import read_days
from insights.sales.history import Item, SalesHistory
from insights.sales.item_ids import clean_id, is_total, join_levels, without_points
from insights.sales.report import TableReport
from shangsou.errors import UnusableInput
from shangsou.reading.issue import Issue, excerpt
from shangsou.reading.tables import FileTable, cell_text, open_table

_LEFT_OUT = "row left out"
# Reasons that a message about a table without a usable row can hold.
_MAX_REASONS = 3


@dataclass(frozen=True, slots=True)
class NewProduct:
    """A product that has sold nothing yet."""

    item: Item
    launch: date | None = None
    """The first day of sale; None where the table names none: the first day of the forecast."""


def read_new_products(
    path: Path,
    history: SalesHistory,
    mapping: Mapping[str, str],
    report: TableReport,
    *,
    encoding: str | None = None,
) -> tuple[NewProduct, ...]:
    """Return the products of a table that have sold nothing yet, in its order.

    Parameters
    ----------
    path
        A table with the column item, or else name, and perhaps category or its levels, and launch or date.
    history
        Items that sold something in it are no new products. Of an item that it knows without sales, as from
        a list of stock, it completes name and category.
    mapping
        Columns by field; those that the table lacks are of the sales, and are not looked for.
    report
        Counts the rows that are left out, and what was left empty.
    encoding
        That of a text, where it cannot be told.

    Raises
    ------
    UnusableInput
        The file cannot be read, has no column of items, or no row with a new product; or its dates may begin
        with the month or with the day.
    """
    table = open_table(path, path.name, lambda name: is_known(name) or name in mapping.values(), encoding)
    of_table = {
        field: column
        for field, column in mapping.items()
        if column in table.header or field == NEW_PRODUCT_FIELD
    }
    columns = find_columns(table.header, of_table, table.name)
    if not columns.keys() & {"item", "name"}:
        raise UnusableInput(
            f"{table.name}: no column holds item; there are {shown_columns(table.header)}; name it, as in "
            "--map item=COLUMN (item may be called item_code, sku, 商品编码, 货号; a name stands in for it)"
        )
    if table.other_sheets:
        others = ", ".join(table.other_sheets)
        report.issues.count("flagged", "sheets that were not read", f"{table.name}: not read: {others}")
    reader = _ProductReader(history, columns, table.name, report)
    products = tuple(reader.read(table))
    if not products:
        reasons = "; ".join(
            f"{reason} ({count.count:,}, as {count.examples[0]})"
            for reason, count in report.issues.of("rejected")[:_MAX_REASONS]
        )
        raise UnusableInput(
            f"{table.name}: no row names a new product: {reasons or 'there is no row below the header'}"
        )
    report.used = len(products)
    return products


class _Row(NamedTuple):
    line: int
    id: str
    name: str
    category: str
    launch: str


class _ProductReader:
    """Reads rows into products, the first of each item."""

    def __init__(
        self, history: SalesHistory, columns: Mapping[str, int], name: str, report: TableReport
    ) -> None:
        self._history, self._columns, self._name, self._report = history, columns, name, report
        levels = [columns[level] for level in CATEGORY_LEVELS if level in columns]
        self._levels = levels or [columns[one] for one in ("category",) if one in columns]
        self._launch = columns.get(NEW_PRODUCT_FIELD, columns.get("date"))
        has_sold = np.any(history.quantity > 0, axis=1).tolist()
        self._known = {item.id: (item, sold) for item, sold in zip(history.items, has_sold, strict=True)}

    def read(self, table: FileTable) -> Iterator[NewProduct]:
        """Yield the new products."""
        rows = list(self._rows(table))
        launches = self._launches([row.launch for row in rows])
        ids = without_points({row.id: 0 for row in rows})
        lines: dict[str, int] = {}
        for row, ordinal in zip(rows, launches, strict=True):
            item_id = row.id if row.id in ids else row.id.partition(".")[0]
            known, sold = self._known.get(item_id, (Item(item_id), False))
            if sold:
                self._reject(row.line, "sold already", f"item {excerpt(item_id)} has sales, and is not new")
            elif item_id in lines:
                first = f"item {excerpt(item_id)} is in line {lines[item_id]} already"
                self._reject(row.line, "a repeated item", first)
            else:
                lines[item_id] = row.line
                launch = self._checked_launch(row, ordinal)
                item = Item(item_id, row.name or known.name, row.category or known.category)
                yield NewProduct(item, launch)

    def _rows(self, table: FileTable) -> Iterator[_Row]:
        columns = self._columns
        width = max(columns.values()) + 1
        for line, cells in table.rows():
            self._report.rows += 1
            try:
                texts = [cell_text(cell) for cell in cells] + [""] * (width - len(cells))
            except ValueError as problem:
                self._reject(line, "a number too long", str(problem))
                continue
            name = texts[columns["name"]] if "name" in columns else ""
            item_id = clean_id(texts[columns["item"]]) if "item" in columns else name
            if not item_id:
                self._reject(line, "no item", "there is no item")
            elif is_total(item_id):
                self._reject(line, "a row of totals", "the row sums up others")
            else:
                category = join_levels([texts[level] for level in self._levels]) if self._levels else ""
                launch = texts[self._launch] if self._launch is not None else ""
                yield _Row(line, item_id, name, category, launch)

    def _launches(self, texts: Sequence[str]) -> list[int]:
        try:
            return [int(day) for day in read_days(texts).ordinal]
        except ValueError as problem:
            raise UnusableInput(f"{self._name}: {problem}; write the year first, as in 2026-11-23") from None

    def _checked_launch(self, row: _Row, ordinal: int) -> date | None:
        """Return the day of launch; reports a text that is none, or a day of the sales."""
        if not ordinal:
            if not is_blank(row.launch):
                issue = Issue("bad launch", f"launch {excerpt(row.launch)} is no date", "launch left empty")
                self._report.issues.add("repaired", self._name, row.line, issue)
            return None
        launch = date.fromordinal(ordinal)
        if launch <= self._history.last_day:
            issue = Issue(
                "launched, but not sold",
                f"the launch {launch} lies within the sales, which end on {self._history.last_day}, and "
                f"{excerpt(row.id)} sold nothing",
                "forecast from the first day on",
            )
            self._report.issues.add("flagged", self._name, row.line, issue)
        return launch

    def _reject(self, line: int, reason: str, problem: str) -> None:
        self._report.issues.add("rejected", self._name, line, Issue(reason, problem, _LEFT_OUT))
