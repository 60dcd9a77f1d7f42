"""Score customers: who buys again within a time, how much, and why."""

import numpy as np
from numpy.typing import NDArray

from insights.churn.choice import choose_method, validate_methods
from insights.churn.features import customer_features
from insights.churn.known_activity import first_known_day, sufficient_activity
from insights.churn.methods import fit_methods
from insights.churn.reasons import customer_reasons
from insights.churn.scores import Scores
from insights.churn.training_rows import take_snapshots
from insights.churn.windows import training_windows
from insights.customers.activity import Activity
from insights.customers.gamma_gamma import expected_amounts, fit_gamma_gamma
from insights.customers.orders import Orders
from insights.customers.recency_frequency import order_values
from shangsou.cpu import usable_cores
from shangsou.errors import UnusableInput

Numbers = NDArray[np.float64]


def score_customers(orders: Orders, horizon_days: int, activity: Activity | None = None) -> Scores:
    """Return what is expected of each customer in the days after the last one of the orders.

    The probability is that of the method which the last days of the records speak for, fitted on all of them.
    The number of purchases is that probability times the number that BG/NBD
    expects of who buys at all; the value is this times what gamma-gamma expects of a purchase.

    Parameters
    ----------
    orders
        What is known.
    horizon_days
        At least 1.
    activity
        What customers did besides; None where it is not known.

    Raises
    ------
    UnusableInput
        No customer ordered on a second day: nothing tells who comes back.
    """
    activity = sufficient_activity(orders.last_day, activity)
    features = customer_features(orders, horizon_days, activity)
    threads = usable_cores()
    windows = training_windows(first_known_day(orders, activity), orders.last_day, horizon_days)
    snapshots = take_snapshots(orders, windows, activity)
    losses = validate_methods(orders, horizon_days, activity, threads)
    method = choose_method(fit_methods(snapshots, threads), losses)
    probability = method.predict(features)
    # A customer has no more days with an order than there are days.
    purchases = probability * np.minimum(features.purchases / features.probability, horizon_days)
    return Scores(
        orders.customers,
        orders.last_day,
        horizon_days,
        probability,
        purchases,
        purchases * _purchase_amounts(orders),
        customer_reasons(orders, activity, snapshots),
        method.name,
        losses,
    )


def _purchase_amounts(orders: Orders) -> Numbers:
    """Return what a further purchase of each customer is expected to come to; NaN without amounts."""
    values = order_values(orders)
    try:
        return expected_amounts(fit_gamma_gamma(values).model, values)
    except UnusableInput:
        # Nobody has two amounts: that of all is as good as any.
        is_known = values.count > 0
        mean = values.mean[is_known].mean() if is_known.any() else np.nan
        return np.full(len(orders.customers), mean)
