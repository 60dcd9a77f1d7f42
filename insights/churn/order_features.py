"""Features of customers by their orders alone."""

import numpy as np
from numpy.typing import NDArray

from insights.customers.bg_nbd import buying_probabilities, expected_purchases, fit_bg_nbd
from insights.customers.orders import Orders
from insights.customers.recency_frequency import DAYS_A_WEEK, order_values, recency_frequency

Numbers = NDArray[np.float64]
# Less is as good as never.
_MIN_PROBABILITY = 1e-6
# A tenth of the horizon: within it times differ little, beyond it by their ratio.
_SHORT_TIME = 0.1
_ONE_WEEK = 1.0


def order_features(orders: Orders, horizon_days: int) -> tuple[dict[str, Numbers], Numbers, Numbers]:
    """Return columns by name, and the probability and the number of purchases that BG/NBD expects.

    The first three columns are those of BG/NBD. Times are logarithms of shares of the horizon, so that what
    is learned from a window of the past holds for a longer one. What only grows, as the time since the first
    order, is no feature: nothing was learned of how it is now (on CDNOW the mean probability was .01 lower).

    Raises
    ------
    UnusableInput
        No customer ordered on a second day.
    """
    summary, values = recency_frequency(orders), order_values(orders)
    weeks = horizon_days / DAYS_A_WEEK
    model = fit_bg_nbd(summary).model
    purchases = np.maximum(expected_purchases(model, summary, weeks), _MIN_PROBABILITY)
    probability = np.clip(buying_probabilities(model, summary, weeks), _MIN_PROBABILITY, 1 - _MIN_PROBABILITY)
    silence = summary.age - summary.recency
    has_one = summary.frequency == 0
    gap = np.where(has_one, summary.age, summary.recency / np.maximum(summary.frequency, 1))
    columns = {
        "bg_nbd_purchases": np.log(purchases),
        "bg_nbd_probability": np.log(probability / (1 - probability)),
        "one_order": has_one.astype(np.float64),
        "frequency": np.log1p(summary.frequency),
        "silence": np.log1p(silence / (weeks * _SHORT_TIME)),
        "silence_by_gap": np.log((silence + _ONE_WEEK) / (gap + _ONE_WEEK)),
        "mean_amount": np.log1p(values.mean),
    }
    return columns, probability, purchases
