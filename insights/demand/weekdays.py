"""Weekdays on which a shop is closed."""

from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from insights.sales.history import SalesHistory

_WEEKS = 8
# Of the other days of these weeks the shop sold something on as large a share: else an empty day is chance.
_MIN_OPEN_SHARE = 0.9


def weekdays_after(history: SalesHistory, horizon: int) -> NDArray[np.intp]:
    """Return the weekdays of the days to come, 0 for Monday, shape (horizon,)."""
    return np.array([(history.last_day + timedelta(days=day + 1)).weekday() for day in range(horizon)])


def closed_weekdays(history: SalesHistory) -> NDArray[np.intp]:
    """Return the weekdays on which the shop sold nothing for eight weeks, but did on nearly all others."""
    days = 7 * _WEEKS
    if history.days < days:
        return np.array([], dtype=np.intp)
    is_open = history.open_days[-days:]
    weekday = np.array([(history.last_day - timedelta(days=day)).weekday() for day in range(days)][::-1])
    closed = np.flatnonzero(np.bincount(weekday, is_open, 7) == 0)
    others = is_open[~np.isin(weekday, closed)]
    return closed if len(others) and others.mean() >= _MIN_OPEN_SHARE else closed[:0]
