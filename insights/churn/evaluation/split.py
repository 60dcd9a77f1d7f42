"""Splits of the records of a shop by time: what is known as of a past day, and what was bought after it."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from insights.churn.evaluation.measures import Flags, Numbers
from insights.customers.activity import Activity
from insights.customers.orders import Integers, Orders, days_bought
from shangsou.errors import UnusableInput
from shangsou.text.plurals import quantity

ORIGINS = 3
"""Past days as of which customers are scored where the records reach back so far: enough to see whether one
period was unusual, and each costs a fit of the model."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What customers did in the days after an origin. Arrays have the shape (customers,)."""

    purchases: Integers
    """Days with an order."""
    value: Numbers
    """What these orders came to; NaN where one has no amount."""

    @property
    def has_bought(self) -> Flags:
        """Whether they ordered."""
        return np.asarray(self.purchases > 0)


@dataclass(frozen=True, slots=True)
class Split:
    """The records as of a past day."""

    known: Orders
    """With those customers alone who had ordered by that day."""
    activity: Activity | None
    """None where nothing of it is known by that day."""
    outcomes: Outcomes
    """Of the customers of `known`."""


def rolling_origins(orders: Orders, horizon_days: int, wanted: int = ORIGINS) -> list[date]:
    """Return the last days known at the origins, first to last; as many as fit, up to those wanted.

    The days held out of the last origin end with the last day of the records, those of the one before it
    with the origin after it, and so on, so that no purchase is held out twice. As many days as are held out
    lie before each.

    Raises
    ------
    UnusableInput
        Not even one origin fits.
    """
    days = orders.days
    if days < 2 * horizon_days:
        raise UnusableInput(
            f"the orders cover {quantity(days, 'day')}, and {quantity(2 * horizon_days, 'day')} are needed: "
            f"{horizon_days} to learn from and {horizon_days} to compare with; give orders of a longer time, "
            f"or --horizon-days {days // 2} or less"
            if days >= 2
            else "the orders are of one day, and nothing can be held out; give orders of a longer time"
        )
    fitting = days // horizon_days - 1
    last = orders.last_day
    return [last - timedelta(horizon_days * back) for back in range(min(wanted, fitting), 0, -1)]


def split_at(orders: Orders, activity: Activity | None, origin: date, horizon_days: int) -> Split:
    """Return what was known at the end of a day, and what its customers did in the days after."""
    known = orders.until(origin)
    first, last = origin + timedelta(1), origin + timedelta(horizon_days)
    outcomes = Outcomes(
        days_bought(orders, known.customers, first, last), _value_bought(orders, known.customers, first, last)
    )
    return Split(known, _activity_until(activity, origin), outcomes)


def _value_bought(orders: Orders, customers: tuple[str, ...], first: date, last: date) -> Numbers:
    is_inside = (orders.day >= first.toordinal()) & (orders.day <= last.toordinal())
    sums = np.bincount(orders.customer[is_inside], orders.amount[is_inside], len(orders.customers))
    value_of = dict(zip(orders.customers, sums.tolist(), strict=True))
    return np.array([value_of[one] for one in customers], np.float64)


def _activity_until(activity: Activity | None, last_day: date) -> Activity | None:
    if activity is None or activity.first_day > last_day.toordinal():
        return None
    return activity.until(last_day)
