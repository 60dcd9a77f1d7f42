"""Simple scores that a model of who buys again is measured beside."""

from collections.abc import Mapping

from insights.churn.evaluation.measures import Numbers
from insights.customers.bg_nbd import alive_probabilities, expected_purchases, fit_bg_nbd
from insights.customers.orders import Orders
from insights.customers.recency_frequency import DAYS_A_WEEK, recency_frequency
from shangsou.errors import UnusableInput

FREQUENCY, RECENCY, BG_NBD, ALIVE = "frequency", "recency", "BG/NBD", "P(alive)"
BASELINES = (FREQUENCY, RECENCY, BG_NBD, ALIVE)
"""Days with a repeat order; how short ago the last order is; the purchases that BG/NBD expects; and its
probability that a customer is alive, which is often taken for a score of who buys again, and is none."""


def baseline_scores(orders: Orders, horizon_days: int) -> Mapping[str, Numbers]:
    """Return the scores of each baseline, by customer of the orders: the higher, the likelier to buy.

    Those of BG/NBD are missing where nobody ordered on a second day, so that it cannot be fitted.
    """
    summary = recency_frequency(orders)
    scores = {FREQUENCY: summary.frequency, RECENCY: summary.recency - summary.age}
    try:
        model = fit_bg_nbd(summary).model
    except UnusableInput:
        return scores
    scores[BG_NBD] = expected_purchases(model, summary, horizon_days / DAYS_A_WEEK)
    scores[ALIVE] = alive_probabilities(model, summary)
    return scores
