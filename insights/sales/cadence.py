"""Refuse tables whose rows are of weeks or months: forecasts are of days."""

from datetime import date

import numpy as np

from insights.sales.sales_rows import SalesRows
from shangsou.errors import UnusableInput

# Days at random are whole weeks apart once in seven: all of four once in 343.
_MIN_DAYS = 4
_WEEK = 7


def check_daily(rows: SalesRows) -> None:
    """Raise `UnusableInput` where all rows are whole weeks apart, or of the first days of months.

    A row of a day without sales counts too: a table that has such rows is one of days.
    """
    days = np.unique(rows.day).tolist()
    if len(days) < _MIN_DAYS:
        return
    if all((day - days[0]) % _WEEK == 0 for day in days):
        found, period = "whole weeks apart", "week"
    elif all(date.fromordinal(day).day == 1 for day in days):
        found, period = "the first of a month", "month"
    else:
        return
    first, last = date.fromordinal(days[0]), date.fromordinal(days[-1])
    names = ", ".join(rows.sources)
    raise UnusableInput(
        f"{names}: the dates of all rows, {len(days):,} from {first} to {last}, are {found}, "
        f"so a row is the sum of a {period}; forecasts are of days: export daily sales"
    )
