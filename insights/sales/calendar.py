"""Chinese holidays and shopping festivals, as days before and after each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

MAX_OFFSET = 45
"""Days beyond which a festival is far away: six weeks, more than stocking up for Spring Festival takes."""
FIRST_YEAR, LAST_YEAR = 1900, 2099
"""Before and after, the days of new moons are less certain."""


@dataclass(frozen=True, slots=True)
class Festival:
    """A day of each year around which people buy otherwise."""

    id: str
    name: str
    """The Chinese name, for pages."""
    day_in: Callable[[int], date]
    """Its day in a year, from `FIRST_YEAR` to `LAST_YEAR`."""


def festival_offsets(first_day: date, days: int) -> dict[str, NDArray[np.int16]]:
    """Return how far each day is from the nearest day of each festival.

    Parameters
    ----------
    first_day
        In a year from `FIRST_YEAR` to `LAST_YEAR`, as all others.
    days
        How many consecutive days, 0 or more.

    Returns
    -------
    dict[str, NDArray[np.int16]]
        By the id of the festival, in the order of `FESTIVALS`. Shape (days,): 0 on its day, -3 three days
        before it, 2 two days after it, and never beyond `MAX_OFFSET` on either side.

    Raises
    ------
    ValueError
        There are fewer than 0 days, or a day lies outside the years.
    """
    if days < 0:
        raise ValueError(f"{days} days are fewer than 0")
    last_day = first_day + timedelta(days=max(days - 1, 0))
    if first_day.year < FIRST_YEAR or last_day.year > LAST_YEAR:
        raise ValueError(f"{first_day} to {last_day} is not within the years {FIRST_YEAR} to {LAST_YEAR}")
    years = range(max(first_day.year - 1, FIRST_YEAR), min(last_day.year + 1, LAST_YEAR) + 1)
    ordinals = first_day.toordinal() + np.arange(days)
    return {
        festival.id: _offsets(ordinals, [festival.day_in(year) for year in years]) for festival in FESTIVALS
    }


def _offsets(ordinals: NDArray[np.int64], occurrences: list[date]) -> NDArray[np.int16]:
    offsets = ordinals[:, None] - np.array([day.toordinal() for day in occurrences])
    nearest = np.abs(offsets).argmin(axis=1, keepdims=True)
    clipped = np.take_along_axis(offsets, nearest, axis=1)[:, 0].clip(-MAX_OFFSET, MAX_OFFSET)
    return clipped.astype(np.int16)


def _solar(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _lunar(month: int, day: int, days_later: int = 0) -> Callable[[int], date]:
    @cache
    def day_in(year: int) -> date:
        # Imported here: only forecasts need it, and it comes with the extra `insights`.
        from lunar_python import Lunar

        solar = Lunar.fromYmd(year, month, day).getSolar()
        return date(solar.getYear(), solar.getMonth(), solar.getDay()) + timedelta(days=days_later)

    return day_in


@cache
def _qingming(year: int) -> date:
    from lunar_python import Lunar

    # The table of a lunar year, which is the one of its third month, has this solar term once.
    solar = Lunar.fromYmd(year, 3, 1).getJieQiTable()["清明"]
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


# The public holidays of China, the festivals that have gifts or dishes of their own, and the sales of the
# platforms. 年货节 is set anew each year, about three weeks before Spring Festival.
FESTIVALS = (
    Festival("new_year", "元旦", _solar(1, 1)),
    Festival("new_year_goods", "年货节", _lunar(1, 1, days_later=-21)),
    Festival("spring_festival", "春节", _lunar(1, 1)),
    Festival("lantern", "元宵节", _lunar(1, 15)),
    Festival("valentine", "情人节", _solar(2, 14)),
    Festival("women", "三八节", _solar(3, 8)),
    Festival("qingming", "清明节", _qingming),
    Festival("labour", "劳动节", _solar(5, 1)),
    Festival("may_20", "520", _solar(5, 20)),
    Festival("dragon_boat", "端午节", _lunar(5, 5)),
    Festival("children", "儿童节", _solar(6, 1)),
    Festival("june_18", "618", _solar(6, 18)),
    Festival("qixi", "七夕", _lunar(7, 7)),
    Festival("mid_autumn", "中秋节", _lunar(8, 15)),
    Festival("national", "国庆节", _solar(10, 1)),
    Festival("double_ninth", "重阳节", _lunar(9, 9)),
    Festival("double_11", "双11", _solar(11, 11)),
    Festival("double_12", "双12", _solar(12, 12)),
    Festival("christmas", "圣诞节", _solar(12, 25)),
)
"""In the order of their days in most years."""
