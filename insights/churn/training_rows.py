"""Training rows: customers as of past days, with whether they bought next."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.churn.features import Features, customer_features
from insights.churn.windows import Window
from insights.customers.activity import Activity
from insights.customers.orders import Orders, days_bought
from shangsou.errors import UnusableInput

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TrainingRows:
    """Rows of several windows, one below the other."""

    values: Numbers
    """Shape (rows, features)."""
    buys: NDArray[np.bool_]
    """Shape (rows,): whether the customer ordered within the window."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Customers as of a day, and what they did next."""

    window: Window
    orders: Orders
    """Known on that day."""
    features: Features
    bought: NDArray[np.int64]
    """Shape (customers,): days with an order within the window."""


def take_snapshots(
    orders: Orders, windows: Sequence[Window], activity: Activity | None = None
) -> list[Snapshot]:
    """Return snapshots of windows, without those before which nobody had ordered on a second day."""
    snapshots = []
    for window in windows:
        known = orders.until(window.as_of)
        try:
            features = customer_features(known, window.days, activity)
        except UnusableInput:
            continue
        bought = days_bought(orders, known.customers, window.first_day, window.last_day)
        snapshots.append(Snapshot(window, known, features, bought))
    return snapshots


def training_rows(snapshots: Sequence[Snapshot]) -> TrainingRows | None:
    """Return the rows of snapshots; None without any."""
    if not snapshots:
        return None
    return TrainingRows(
        np.concatenate([one.features.values for one in snapshots]),
        np.concatenate([one.bought > 0 for one in snapshots]),
    )
