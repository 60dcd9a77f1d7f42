"""Rows of sales with their days, from one table or several, or from events."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from insights.sales.report import SalesReport
from insights.sales.row_days import days_of_rows
from insights.sales.rows import VALUES, ItemText, RowArrays
from shangsou.text.plurals import quantity

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SalesRows:
    """Rows of sales, in the order in which they were read. Arrays have the shape (rows,)."""

    item_ids: tuple[str, ...]
    item_texts: tuple[ItemText, ...]
    item: Integers
    """A position in `item_ids`."""
    day: Integers
    """Days since 0001-01-01, which is 1."""
    second: Integers
    """Of the day; 0 where unknown."""
    quantity: Numbers
    """Below 0 for returns."""
    values: dict[str, Numbers]
    """By those of `rows.VALUES` that any table has; NaN where unknown."""
    sources: tuple[str, ...]
    """The names of the tables."""
    source: Integers
    """A position in `sources`."""
    line: Integers
    """In the source, from 1; 0 where it has none."""
    currency: NDArray[np.str_]

    def where(self, mask: NDArray[np.bool_] | Integers) -> "SalesRows":
        """Return the rows that a mask of shape (rows,), or positions, select, with all items."""
        return replace(
            self,
            values={name: values[mask] for name, values in self.values.items()},
            **{name: getattr(self, name)[mask] for name in _ARRAYS},
        )

    def place(self, row: int) -> str:
        """Return where a row stands, for a message: `sales.csv:17`, or the source alone without lines."""
        name, line = self.sources[self.source[row]], int(self.line[row])
        return f"{name}:{line}" if line else name


_ARRAYS = tuple(
    one.name
    for one in fields(SalesRows)
    if one.name in ("item", "day", "second", "quantity", "source", "line", "currency")
)


def dated_rows(tables: Sequence[RowArrays], today: date, report: SalesReport) -> SalesRows:
    """Return the rows of tables with their days; those without a date, or after today, are reported.

    Raises `UnusableInput` where a table has dates that may begin with the month or with the day.
    """
    parts = [days_of_rows(table, today, report.issues) for table in tables]
    item_numbers: dict[str, int] = {}
    texts: list[ItemText] = []
    renumbered = []
    for table in tables:
        numbers = np.empty(len(table.item_ids), np.int64)
        for item, number in table.item_ids.items():
            position = item_numbers.setdefault(item, len(item_numbers))
            text = table.item_texts[number]
            if position == len(texts):
                texts.append(text)
            texts[position] = ItemText(
                text.name or texts[position].name, text.category or texts[position].category
            )
            numbers[number] = position
        renumbered.append(numbers)
    rows = SalesRows(
        tuple(item_numbers),
        tuple(texts),
        np.concatenate(
            [numbers[np.array(t.items, np.int64)] for numbers, t in zip(renumbered, tables, strict=True)]
        ),
        np.concatenate([day for day, _ in parts]),
        np.concatenate([second for _, second in parts]),
        np.concatenate([np.array(table.quantities, np.float64) for table in tables]),
        {
            name: _values(tables, name, report)
            for name in VALUES
            if any(name in table.values for table in tables)
        },
        tuple(table.name for table in tables),
        np.repeat(np.arange(len(tables)), [len(table.lines) for table in tables]),
        np.concatenate([np.array(table.lines, np.int64) for table in tables]),
        np.concatenate([np.array(table.currencies, np.str_) for table in tables]),
    )
    _report_overlaps(rows, report)
    return rows.where(rows.day > 0)


def _values(tables: Sequence[RowArrays], name: str, report: SalesReport) -> Numbers:
    parts = []
    for table in tables:
        values = np.array(table.values.get(name, ()), np.float64)
        if not len(values):
            values = np.full(len(table.lines), np.nan)
        elif name == "loss_rate" and np.any(values > 1):
            values = values / 100
            report.notes.append(f"{table.name}: loss rates above 1 are there, so all of them are percentages")
        elif name == "discount":
            values = _discounts(values, table.name, report)
        parts.append(values)
    return np.concatenate(parts)


def _discounts(values: Numbers, name: str, report: SalesReport) -> Numbers:
    """Return the share of the price that is taken off.

    A column of discounts has mostly rows without one: 0 in a column of what is off, 1, 10 or 100 in one of
    what is paid, as 折扣 often is.
    """
    known = values[np.isfinite(values)]
    usual = float(np.median(known)) if len(known) else 0.0
    if usual in (1.0, 10.0, 100.0):
        report.notes.append(f"{name}: discounts are mostly {usual:g}, so they are what is paid of the price")
        values = 1 - values / usual
    elif np.any(known > 1):
        report.notes.append(f"{name}: discounts above 1 are there, so all of them are percentages")
        values = values / 100
    outside = (values < 0) | (values > 1)
    if np.any(outside):
        report.notes.append(
            f"{name}: {int(outside.sum()):,} discounts are not from 0 to 1, and count as 0 or 1"
        )
    return values.clip(0, 1)


def _report_overlaps(rows: SalesRows, report: SalesReport) -> None:
    """Say where the files of a table have the same day: a row that is in both counts twice."""
    days = [
        Counter(dict.fromkeys(rows.day[rows.source == one].tolist(), 1)) for one in range(len(rows.sources))
    ]
    shared = sum((one for one in days), Counter[int]())
    overlaps = sorted(day for day, count in shared.items() if day and count > 1)
    if overlaps:
        first = date.fromordinal(overlaps[0])
        report.notes.append(
            f"in more than one file: {quantity(len(overlaps), 'day')}, from {first} on, and all their rows "
            "count; name no file twice, and no two that tell of the same sales"
        )
