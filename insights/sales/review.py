"""Look at a history for what its shop should know: gaps, outliers, items that begin and end."""

from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from insights.sales.history import SalesHistory
from insights.sales.report import Gap, SalesReport

# Runs of closed days that are worth a line: a week; shops close for some days at Spring Festival.
_MIN_GAP_DAYS = 7
_MAX_GAPS = 20
# As forecasts have it: an item is active that sold something in four weeks.
_ACTIVE_DAYS = 28
# Days that show whether a table has a row for each day, or one a week.
_MIN_SELLING_DAYS = 5


def review(history: SalesHistory, report: SalesReport) -> None:
    """Write into a report what a history holds."""
    is_open = history.open_days
    report.first_day, report.last_day = history.first_day, history.last_day
    report.items = len(history.items)
    report.quantity = float(history.quantity.sum(dtype=np.float64))
    report.closed_days = int((~is_open).sum())
    report.gaps = _gaps(history, is_open)
    report.censored = int((~history.is_observed & is_open).sum())
    _list_items(history, report)
    if history.days == 1:
        report.notes.append(f"there is one day of sales alone, {history.first_day}: forecasts rest on it")
    _note_cadence(np.flatnonzero(is_open), report)


def _gaps(history: SalesHistory, is_open: NDArray[np.bool_]) -> list[Gap]:
    edges = np.flatnonzero(np.diff(np.concatenate(([True], is_open, [True])).astype(np.int8)))
    runs = sorted(
        zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True), key=lambda run: run[0] - run[1]
    )
    day = history.first_day
    return [
        Gap(day + timedelta(days=start), day + timedelta(days=end - 1))
        for start, end in sorted(runs[:_MAX_GAPS])
        if end - start >= _MIN_GAP_DAYS
    ]


def _list_items(history: SalesHistory, report: SalesReport) -> None:
    is_sold = history.quantity > 0
    ever = is_sold.any(axis=1)
    first, last = is_sold.argmax(axis=1), history.days - 1 - is_sold[:, ::-1].argmax(axis=1)
    ids = [item.id for item in history.items]
    report.begun = [ids[one] for one in np.flatnonzero(ever & (first >= _ACTIVE_DAYS))]
    report.ended = [ids[one] for one in np.flatnonzero(ever & (last < history.days - _ACTIVE_DAYS))]
    report.unsold = [ids[one] for one in np.flatnonzero(~ever)]


def _note_cadence(open_days: NDArray[np.int64], report: SalesReport) -> None:
    """Say so where rows are of weeks or months: forecasts are of days."""
    if len(open_days) < _MIN_SELLING_DAYS:
        return
    step = int(np.median(np.diff(open_days)))
    if step > 1:
        report.notes.append(
            f"there are some {step} days from one with sales to the next: if a row is of a week or a month, "
            "export sales by day; forecasts are of days"
        )
