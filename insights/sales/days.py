"""Read the days of a column: dates in any order that the whole column makes clear, and those of Excel."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.reading.times import CHINA, read_time

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Days since 1899-12-30, as Excel counts; a dump of a workbook has them in place of dates.
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_EXCEL_EPOCH = datetime(1899, 12, 30, tzinfo=CHINA)
_YEAR_LAST = re.compile(
    r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4}|[0-9]{2})"
    r"(?:[ T]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]*)?)?\s*([AaPp][Mm])?)?"
)
# Years in which a shop can have sold something.
_YEARS = range(1990, 2101)


class Days(NamedTuple):
    """The days that texts name."""

    ordinal: NDArray[np.int64]
    """Shape (texts,): days since 0001-01-01, which is 1; 0 for a text that is no date."""
    second: NDArray[np.int64]
    """Shape (texts,): of the day, 0 where no time is given."""


def read_days(texts: Sequence[str]) -> Days:
    """Return the days of the distinct texts of a column, in Chinese time where they name a zone.

    Year first, as `shangsou.reading.times` reads; `12/1/2010` where other dates of the column tell whether
    the month or the day comes first; and Excel's `44927`.

    Raises
    ------
    ValueError
        Nothing tells whether months or days come first.
    """
    month_first = _is_month_first(texts)
    days = np.zeros((2, len(texts)), np.int64)
    for index, text in enumerate(texts):
        moment = _read_moment(text, month_first=month_first)
        if moment is not None:
            days[:, index] = moment.toordinal(), moment.hour * 3_600 + moment.minute * 60 + moment.second
    return Days(days[0], days[1])


def _read_moment(text: str, *, month_first: bool) -> datetime | None:
    if _ISO_DAY.fullmatch(text):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
    elif _SERIAL.fullmatch(text):
        moment = _EXCEL_EPOCH + timedelta(days=float(text))
    elif match := _YEAR_LAST.fullmatch(text):
        return _read_year_last(match, month_first=month_first)
    else:
        read = read_time(text)
        return None if read is None else read.astimezone(CHINA)
    return moment if moment.year in _YEARS else None


def _read_year_last(match: re.Match[str], *, month_first: bool) -> datetime | None:
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    month, day = (first, second) if month_first else (second, first)
    hour = int(match[4] or 0)
    if match[7]:
        hour = hour % 12 + 12 * (match[7].lower() == "pm")
    try:
        moment = datetime(
            year + 2000 * (year < 100), month, day, hour, int(match[5] or 0), int(match[6] or 0), tzinfo=CHINA
        )
    except ValueError:
        return None
    return moment if moment.year in _YEARS else None


def _is_month_first(texts: Sequence[str]) -> bool:
    """Return whether months come before days in dates with the year last."""
    dates = [match for text in texts if (match := _YEAR_LAST.fullmatch(text))]
    months = sum(int(match[2]) > 12 for match in dates)
    days = sum(int(match[1]) > 12 for match in dates)
    if dates and months == days:
        raise ValueError(
            f"{dates[0][0]} may begin with the month or with the day, and no other date tells which"
        )
    return months > days
