"""Prices and promotions that are decided for the days to come, from a table of their own."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from insights.sales.cells import is_blank, read_money, read_promotion
from insights.sales.columns import CATEGORY_LEVELS, find_columns, has_column, is_known, shown_columns
from insights.sales.days import read_days
from insights.sales.history import CATEGORY_SEPARATOR, PlannedDays, SalesHistory
from insights.sales.item_ids import clean_id, join_levels, without_points
from insights.sales.report import TableReport
from shangsou.errors import UnusableInput
from shangsou.reading.issue import Issue, excerpt
from shangsou.reading.tables import FileTable, cell_text, open_table

_LEFT_OUT = "row left out"
_VALUES = ("price", "promotion")


def read_planned(  # noqa: PLR0913 - the options of a command
    path: Path,
    history: SalesHistory,
    horizon: int,
    mapping: Mapping[str, str],
    report: TableReport,
    *,
    encoding: str | None = None,
) -> PlannedDays:
    """Return what is planned for the days after the history.

    A row is for an item, or else for a category and all below it, or, in a table without either column, for
    all items. What a row plans for an item goes before what one plans for its category.

    Parameters
    ----------
    path
        A table with the columns date, price or promotion or both, and item or category or neither.
    history
        Whose items and last day count.
    horizon
        Days.
    mapping
        Columns by field; those that the table lacks are of the sales, and are not looked for.
    report
        Counts rows of unknown items, of other days, and those that cannot be read.
    encoding
        That of a text, where it cannot be told.

    Raises
    ------
    UnusableInput
        The file cannot be read, lacks a column, or no row plans anything for these items and days.
    """
    table = open_table(path, path.name, lambda name: is_known(name) or name in mapping.values(), encoding)
    of_table = {field: column for field, column in mapping.items() if has_column(table.header, column)}
    columns = find_columns(table.header, of_table, table.name)
    _check_columns(columns, table)
    reader = _PlanReader(history, horizon, columns, table.name, report)
    reader.read(table)
    if not reader.used:
        rejected = report.issues.of("rejected")
        reasons = "; ".join(
            f"{reason} ({count.count:,}, as {count.examples[0]})" for reason, count in rejected[:3]
        )
        raise UnusableInput(
            f"{table.name}: no row plans anything for the items of the sales and the {horizon:,} days from "
            f"{history.last_day + timedelta(days=1)} on: {reasons or 'there is no row below the header'}"
        )
    return PlannedDays(reader.planned["price"], reader.planned["promotion"])


def _check_columns(columns: Mapping[str, int], table: FileTable) -> None:
    missing = [] if "date" in columns else ["date"]
    missing += [] if columns.keys() & set(_VALUES) else ["price or promotion"]
    if missing:
        raise UnusableInput(
            f"{table.name}: no column holds {' and '.join(missing)}; there are "
            f"{shown_columns(table.header)}; name it, as in --map {missing[0].rpartition(' ')[2]}=COLUMN"
        )


class _Plan(NamedTuple):
    line: int
    item: str
    category: str
    date: str
    values: dict[str, float]


class _PlanReader:
    """Reads rows into matrices, those for all items first and those for one item last."""

    def __init__(
        self, history: SalesHistory, horizon: int, columns: Mapping[str, int], name: str, report: TableReport
    ) -> None:
        self._history, self._horizon, self._columns = history, horizon, columns
        self._name, self._report = name, report
        shape = (len(history.items), horizon)
        self.planned = {one: np.full(shape, np.nan, np.float32) for one in _VALUES}
        self._decided = {one: np.zeros(shape, np.int8) for one in _VALUES}
        self.used = 0
        self._levels = [columns[one] for one in (*CATEGORY_LEVELS, "category") if one in columns]
        self._names_items = "item" in columns or bool(self._levels)

    def read(self, table: FileTable) -> None:
        """Read all rows."""
        plans = list(self._plans(table))
        try:
            days = read_days([plan.date for plan in plans])
        except ValueError as problem:
            raise UnusableInput(f"{self._name}: {problem}; write the year first, as in 2026-11-23") from None
        short = without_points({plan.item: 0 for plan in plans if plan.item})
        numbers = {item.id: number for number, item in enumerate(self._history.items)}
        first = self._history.last_day.toordinal() + 1
        for rank in range(3):
            for plan, ordinal in zip(plans, days.ordinal.tolist(), strict=True):
                if rank == (2 if plan.item else 1 if plan.category else 0):
                    item = plan.item if not plan.item or plan.item in short else plan.item.partition(".")[0]
                    rows = self._rows(item, plan.category, numbers)
                    self._write(plan, ordinal - first if ordinal else None, rows, rank + 1)

    def _plans(self, table: FileTable) -> Iterator[_Plan]:
        columns = self._columns
        readers: dict[str, Callable[[str], float]] = {"price": _read_price, "promotion": read_promotion}
        for line, cells in table.rows():
            self._report.rows += 1
            texts = [cell_text(cell) for cell in cells] + [""] * (max(columns.values()) + 1 - len(cells))
            item = clean_id(texts[columns["item"]]) if "item" in columns else ""
            category = join_levels([texts[level] for level in self._levels]) if self._levels else ""
            if self._names_items and not item and not category:
                self._reject(line, "no item", "there is no item" + " and no category" * bool(self._levels))
                continue
            values = {}
            for one in _VALUES:
                text = texts[columns[one]] if one in columns else ""
                if (one == "promotion" and text) or not is_blank(text):
                    try:
                        values[one] = readers[one](text)
                    except ValueError as problem:
                        issue = Issue(f"bad {one}", f"{one} {excerpt(text)} {problem}", f"{one} left empty")
                        self._report.issues.add("repaired", self._name, line, issue)
            if values:
                yield _Plan(line, item, category, texts[columns["date"]], values)
            else:
                self._reject(line, "nothing planned", "there is neither a price nor a promotion")

    def _rows(self, item: str, category: str, numbers: Mapping[str, int]) -> NDArray[np.int64]:
        if item:
            return np.array([numbers[item]] if item in numbers else [], np.int64)
        if not category:
            return np.arange(len(numbers))
        matches = [
            (f"{one.category}{CATEGORY_SEPARATOR}").startswith(f"{category}{CATEGORY_SEPARATOR}")
            or category in one.category.split(CATEGORY_SEPARATOR)
            for one in self._history.items
        ]
        return np.flatnonzero(matches)

    def _write(self, plan: _Plan, day: int | None, rows: NDArray[np.int64], rank: int) -> None:
        first = self._history.last_day + timedelta(days=1)
        if day is None:
            self._reject(plan.line, "bad date", f"{excerpt(plan.date)} is no date")
        elif not 0 <= day < self._horizon:
            last = first + timedelta(days=self._horizon - 1)
            self._reject(
                plan.line,
                "planned for another day",
                f"{first + timedelta(days=day)} is not in {first} to {last}",
            )
        elif not len(rows):
            what = f"item {excerpt(plan.item)}" if plan.item else f"category {excerpt(plan.category)}"
            self._reject(plan.line, "planned for nothing that was sold", f"{what} is not in the sales")
        else:
            self.used += 1
            self._report.used += 1
            for one, value in plan.values.items():
                if np.any((self._decided[one][rows, day] == rank) & (self.planned[one][rows, day] != value)):
                    issue = Issue(
                        f"{one} planned twice", f"another {one} is planned above", "this one counts"
                    )
                    self._report.issues.add("repaired", self._name, plan.line, issue)
                self.planned[one][rows, day] = value
                self._decided[one][rows, day] = rank

    def _reject(self, line: int, reason: str, problem: str) -> None:
        self._report.issues.add("rejected", self._name, line, Issue(reason, problem, _LEFT_OUT))


def _read_price(text: str) -> float:
    price, _ = read_money(text)
    if price <= 0:
        raise ValueError("is not above 0")
    return price
