"""The time of which it is known what customers did besides ordering."""

from datetime import date

import numpy as np

from insights.churn.activity_features import MONTH_DAYS, WEEK_DAYS
from insights.customers.activity import PURCHASE, Activity
from insights.customers.orders import Orders

# Features look back eight weeks. In simulated shops activity of 60 days raised the AUC from .86 to .90.
_MIN_DAYS = 2 * MONTH_DAYS
# A week is recorded if it has this share of the customers of the eight recorded weeks after it: an action or
# two that were imported, or made for a test, are none. A holiday leaves a shop more, and one that gains as
# many customers each week has it from its second week on: weeks are compared with those near to them.
_FAIR_SHARE = 0.25
_COMPARED_WEEKS = _MIN_DAYS // WEEK_DAYS
# Over so many weeks, a holiday or a failure of the recording, activity counts as continuous.
_MAX_GAP_WEEKS = MONTH_DAYS // WEEK_DAYS


def sufficient_activity(last_day: date, activity: Activity | None) -> Activity | None:
    """Return the activity, or None where by a day it was known for too short a time to learn from.

    What happened before it was recorded would teach that who does nothing buys. In simulated shops that
    recorded it on the last 30 of 400 days, scores that learned from all days had an AUC of .80, and of .86
    without any activity.
    """
    if activity is None or (begin := _first_day(activity, last_day)) is None:
        return None
    is_short = last_day.toordinal() - begin + 1 < _MIN_DAYS
    return None if is_short else activity


def first_known_day(orders: Orders, activity: Activity | None) -> date:
    """Return the first day of which all is known that is learned from."""
    begin = None if activity is None else _first_day(activity, orders.last_day)
    return orders.begin if begin is None else max(orders.begin, date.fromordinal(begin))


def _first_day(activity: Activity, last_day: date) -> int | None:
    """Return the first day from which on activity is recorded up to a day, but for short gaps.

    Purchases do not count: old orders may have been imported alone. None where nothing is recorded at the
    end.
    """
    known = activity.until(last_day)
    known = known.take(known.kind != PURCHASE)
    if not len(known.day):
        return None
    # From the last week back.
    week = (last_day.toordinal() - known.day) // WEEK_DAYS
    weeks = int(week.max()) + 1
    customers = np.bincount(np.unique(known.customer * weeks + week) % weeks, minlength=weeks)
    recorded: list[int] = []
    for at, count in enumerate(customers.tolist()):
        if at - (recorded[-1] if recorded else -1) - 1 > _MAX_GAP_WEEKS:
            break
        usual = float(np.median(customers[recorded[-_COMPARED_WEEKS:]])) if recorded else 0
        if count and count >= _FAIR_SHARE * usual:
            recorded.append(at)
    return int(known.day[week == recorded[-1]].min()) if recorded else None
