"""Days of the rows of a table, with a report on those that cannot be used."""

from array import array
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from insights.sales.days import read_days
from shangsou.errors import UnusableInput
from shangsou.reading.issue import Issue, excerpt
from shangsou.reading.issue_counts import IssueCounts


class DatedRows(Protocol):
    """Rows of one table, each with the text of a date."""

    name: str
    """Of the table, for messages."""
    lines: "array[int]"
    date_texts: dict[str, int]
    """The distinct texts of dates, with their numbers from 0."""
    dates: "array[int]"
    """The number of the text of each row's date."""


def days_of_rows(
    table: DatedRows, today: date, issues: IssueCounts
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the day and the second of the day of each row, 0 for a day that cannot be used.

    Rows without a date, or after today, are reported. Raises `UnusableInput` where dates may begin with the
    month or with the day.
    """
    texts = list(table.date_texts)
    try:
        days = read_days(texts)
    except ValueError as problem:
        raise UnusableInput(f"{table.name}: {problem}; write the year first, as in 2026-11-23") from None
    dates = np.array(table.dates, np.int64)
    ordinal = days.ordinal[dates]
    is_late = ordinal > today.toordinal()
    for row in np.flatnonzero((ordinal == 0) | is_late).tolist():
        text = excerpt(texts[dates[row]])
        issue = (
            Issue("after today", f"{text} is after today, {today}", "row left out")
            if is_late[row]
            else Issue("bad date", f"{text} is no date", "row left out")
        )
        issues.add("rejected", table.name, table.lines[row], issue)
    return np.where(is_late, 0, ordinal), days.second[dates]
