"""Features of customers as of a day: what is known of them, measured against a time to come."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.churn.activity_features import activity_features
from insights.churn.order_features import order_features
from insights.customers.activity import Activity
from insights.customers.orders import Orders

Numbers = NDArray[np.float64]

BG_NBD_FEATURES = 3
"""The first columns: what BG/NBD knows."""


@dataclass(frozen=True, slots=True)
class Features:
    """Features with the predictions of BG/NBD that are among them."""

    names: tuple[str, ...]
    values: Numbers
    """Shape (customers, features); all are known, since unknown values have ones of their own."""
    probability: Numbers
    """By BG/NBD, to buy within the horizon. Shape (customers,), as the next."""
    purchases: Numbers
    """By BG/NBD, days with an order within the horizon."""


def customer_features(orders: Orders, horizon_days: int, activity: Activity | None = None) -> Features:
    """Return the features of each customer, in the order of `orders.customers`.

    Parameters
    ----------
    orders
        What is known at the end of its last day.
    horizon_days
        The time to come. Times are measured against it.
    activity
        May hold later days, which do not count.

    Raises
    ------
    UnusableInput
        No customer ordered on a second day.
    """
    columns, probability, purchases = order_features(orders, horizon_days)
    if activity is not None:
        columns |= activity_features(orders, activity)
    return Features(tuple(columns), np.column_stack(list(columns.values())), probability, purchases)
