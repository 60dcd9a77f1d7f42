"""The time of which it is known what customers did besides ordering."""

from datetime import date

from insights.churn.activity_features import MONTH_DAYS
from insights.customers.activity import PURCHASE, Activity
from insights.customers.orders import Orders

# Features look back eight weeks. In simulated shops activity of 60 days raised the AUC from .86 to .90.
_MIN_DAYS = 2 * MONTH_DAYS


def sufficient_activity(last_day: date, activity: Activity | None) -> Activity | None:
    """Return the activity, or None where by a day it was known for too short a time to learn from.

    What happened before it was recorded would teach that who does nothing buys. In simulated shops that
    recorded it on the last 30 of 400 days, scores that learned from all days had an AUC of .80, and of .86
    without any activity.
    """
    if activity is None or (begin := _first_day(activity)) is None:
        return None
    is_short = last_day.toordinal() - begin + 1 < _MIN_DAYS
    return None if is_short else activity


def first_known_day(orders: Orders, activity: Activity | None) -> date:
    """Return the first day of which all is known that is learned from."""
    begin = None if activity is None else _first_day(activity)
    return orders.first_day if begin is None else max(orders.first_day, date.fromordinal(begin))


def _first_day(activity: Activity) -> int | None:
    """Return the first day with an action besides a purchase: old orders may have been imported alone."""
    days = activity.day[activity.kind != PURCHASE]
    return int(days.min()) if len(days) else None
