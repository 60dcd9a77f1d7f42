"""Daily sales from running totals, as marketplaces show them (累计销量)."""

from dataclasses import replace
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from insights.sales.report import SalesReport
from insights.sales.sales_rows import SalesRows
from shangsou.reading.issue import Issue


class DailySales(NamedTuple):
    """Sales by day, and the days of each item on which they are known."""

    rows: SalesRows
    known_from: NDArray[np.int64]
    """Shape (items,): the day after the first total."""
    known_until: NDArray[np.int64]
    """Shape (items,): the day of the last total; before `known_from` where there is only one."""


def daily_sales(rows: SalesRows, report: SalesReport) -> DailySales:
    """Return the differences of the totals of each item.

    Between totals that are several days apart sales are spread evenly over the days. A total lower than the
    one before, which the marketplace has corrected, counts as no sales, and is reported.
    """
    # The last total of each item and day; rows of one time are in the order of the table.
    order = np.lexsort((rows.second, rows.day, rows.item))
    ordered = rows.where(order)
    is_last = np.append(np.diff(ordered.item) != 0, True) | np.append(np.diff(ordered.day) != 0, True)
    totals = ordered.where(is_last)
    follows = np.append(False, np.diff(totals.item) == 0)
    days = np.where(follows, np.diff(totals.day, prepend=0), 1)
    sold = np.where(follows, np.diff(totals.quantity, prepend=0), 0.0)
    for row in np.flatnonzero(sold < 0).tolist():
        issue = Issue(
            "a running total that falls",
            f"the total falls by {-sold[row]:,.0f}",
            "counted as no sales",
        )
        report.issues.add("repaired", totals.sources[totals.source[row]], int(totals.line[row]), issue)
    # A row for each day since the total before.
    repeated = np.repeat(np.arange(len(days)), days)
    steps = np.arange(len(repeated)) - np.repeat(np.cumsum(days) - days, days)
    spread = totals.where(repeated)
    is_reported = steps == days[repeated] - 1
    daily = replace(
        spread,
        day=spread.day - days[repeated] + 1 + steps,
        quantity=(np.maximum(sold, 0) / days)[repeated],
        # What else the row says holds on its own day.
        values={name: np.where(is_reported, values, np.nan) for name, values in spread.values.items()},
    )
    known_from = np.full(len(rows.item_ids), np.iinfo(np.int64).max)
    known_until = np.zeros(len(rows.item_ids), np.int64)
    np.minimum.at(known_from, totals.item, totals.day + 1)
    np.maximum.at(known_until, totals.item, totals.day)
    first = date.fromordinal(int(totals.day.min()))
    report.notes.append(
        f"quantities are running totals: sales are their differences, from the day after {first} on; "
        "if they are sales of a day, say --map quantity=COLUMN"
    )
    # The first total of an item says nothing of its day, and on the first day of all there is no other.
    return DailySales(daily.where(follows[repeated]), known_from, known_until)
