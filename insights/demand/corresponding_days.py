"""Days of earlier years that correspond to a day: by the moon around festivals that move, or by the date."""

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from insights.sales.calendar import FESTIVALS, MAX_OFFSET

# Days around a festival on which people buy for it, or buy less since they did. Spring Festival moves a
# season: with -23 to 16 days the WAPE of the fortnight after it was .74 instead of .66 (vegetables, 2023).
_SPANS = {"spring_festival": (-MAX_OFFSET, MAX_OFFSET), "dragon_boat": (-4, 3), "mid_autumn": (-7, 3)}
# A year in whole weeks, so that a Saturday corresponds to a Saturday.
_YEAR = 364


def corresponding_days(first_day: date, days: int, years_back: int) -> NDArray[np.int64]:
    """Return the day that corresponds to each day, so many years earlier.

    Parameters
    ----------
    first_day, days
        Consecutive days.
    years_back
        1 for the year before.

    Returns
    -------
    NDArray[np.int64]
        Shape (days,). In days after `first_day`, and so below 0 for a day before it.
    """
    result = np.arange(days) - _YEAR * years_back
    day_in = {festival.id: festival.day_in for festival in FESTIVALS}
    for festival, (before, after) in _SPANS.items():
        for year in range(first_day.year - 1, (first_day + timedelta(days=days)).year + 2):
            this, earlier = day_in[festival](year), day_in[festival](year - years_back)
            start = max(0, (this - first_day).days + before)
            end = min(days, (this - first_day).days + after + 1)
            if start < end:
                result[start:end] = np.arange(start, end) - (this - earlier).days
    return result
