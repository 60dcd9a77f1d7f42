"""Quantities far beyond what an item sells: typing errors, or one large order."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from insights.sales.report import SalesReport
from insights.sales.sales_rows import Numbers, SalesRows

_REASON = "an unusual quantity"
# The modified z-score of Iglewicz and Hoaglin (1993), and the bound that they recommend.
_MAX_Z = 3.5
_Z_OF_DEVIATION = 0.6745
# Festivals sell three to five times of what is usual, typing errors ten times and more.
_MIN_TIMES = 10
# Fewer selling days say little of what is usual; such an item is compared with all others.
_MIN_SELLING_DAYS = 5
# Items that sell on a day and show whether it is one on which everything sells.
_MIN_ITEMS = 10
# Half of the days of an item that sells one piece a day sell just that, and the deviation would be 0.
_MIN_DEVIATION = 0.1


def flag_outliers(rows: SalesRows, report: SalesReport) -> None:
    """Report days on which an item sold at least ten times the median of its selling days.

    And whose modified z-score (Iglewicz and Hoaglin, 1993), of logarithms, is above 3.5, after what all items
    sold more on that day. They are kept.
    """
    cell = rows.item * (int(rows.day.max()) + 1) + rows.day
    cells, first_row, cell_of_row = np.unique(cell, return_index=True, return_inverse=True)
    sold = np.bincount(cell_of_row, rows.quantity, len(cells))
    is_sold = sold > 0
    sold, first_row = sold[is_sold], first_row[is_sold]
    if not len(sold):
        return
    item = rows.item[first_row]
    logs = np.log(sold)
    logs -= _day_effects(logs, rows.item[first_row], rows.day[first_row])
    median, deviation = _by_item(logs, item, len(rows.item_ids))
    z = _Z_OF_DEVIATION * (logs - median[item]) / np.maximum(deviation[item], _MIN_DEVIATION)
    flagged = np.flatnonzero((z > _MAX_Z) & (logs - median[item] >= np.log(_MIN_TIMES)))
    for one in sorted(flagged.tolist(), key=lambda one: -z[one]):
        row = int(first_row[one])
        day = date.fromordinal(int(rows.day[row]))
        problem = (
            f"item {rows.item_ids[item[one]]} sold {sold[one]:,.10g} on {day}, "
            f"usually {np.exp(median[item[one]]):,.4g} a day"
        )
        report.issues.count(
            "flagged", _REASON, f"{rows.place(row)}: {problem}; kept; correct it if it is an error"
        )


def _day_effects(logs: Numbers, item: NDArray[np.int64], day: NDArray[np.int64]) -> Numbers:
    """Return by how much everything sold more than usual on the day of each quantity, as on 双11; 0 or more.

    The median over the items of the day, of days with enough of them.
    """
    counts = np.bincount(item)
    beyond = logs - _medians(logs, item, counts)[item]
    _, day_index, day_counts = np.unique(day, return_inverse=True, return_counts=True)
    effects = np.where(day_counts < _MIN_ITEMS, 0, _medians(beyond, day_index, day_counts))
    return np.maximum(effects, 0)[day_index]


def _by_item(logs: Numbers, item: NDArray[np.int64], items: int) -> tuple[Numbers, Numbers]:
    """Return the median of each item and the median deviation from it, each of shape (items,)."""
    counts = np.bincount(item, minlength=items)
    median = _medians(logs, item, counts)
    deviation = _medians(np.abs(logs - median[item]), item, counts)
    shop = float(np.median(logs))
    is_rare = counts < _MIN_SELLING_DAYS
    median[is_rare], deviation[is_rare] = shop, float(np.median(np.abs(logs - shop)))
    return median, deviation


def _medians(values: Numbers, item: NDArray[np.int64], counts: NDArray[np.int64]) -> Numbers:
    """Return the median of the values of each item; NaN for an item without."""
    ordered = values[np.lexsort((values, item))]
    starts = np.cumsum(counts) - counts
    medians = np.full(len(counts), np.nan)
    is_there = counts > 0
    low = starts[is_there] + (counts[is_there] - 1) // 2
    high = starts[is_there] + counts[is_there] // 2
    medians[is_there] = (ordered[low] + ordered[high]) / 2
    return medians
