"""A simple model of who buys again for tests of evaluations and pages: BG/NBD, with reasons."""

import numpy as np

from insights.churn.scores import Reason, Scores
from insights.customers.bg_nbd import alive_probabilities, expected_purchases, fit_bg_nbd
from insights.customers.recency_frequency import order_values, recency_frequency

SILENT_DAYS = 90


def bg_nbd_scores(orders, horizon_days, activity=None):
    summary, weeks = recency_frequency(orders), horizon_days / 7
    model = fit_bg_nbd(summary).model
    silence = (model.alpha + summary.age) / (model.alpha + summary.age + weeks)
    stays = 1 - silence ** (model.r + summary.frequency)
    purchases = expected_purchases(model, summary, weeks)
    return Scores(
        orders.customers,
        orders.last_day,
        horizon_days,
        alive_probabilities(model, summary) * stays,
        purchases,
        purchases * order_values(orders).mean,
        tuple(_reasons(*one) for one in zip(summary.frequency, summary.age - summary.recency, strict=True)),
    )


def _reasons(frequency, silent_weeks):
    days = int(silent_weeks * 7)
    reasons = []
    if days > SILENT_DAYS:
        reasons.append(Reason("silent", f"silent for {days} days", f"已经 {days} 天没有下单", is_risk=True))
    if frequency > 0:
        repeats = int(frequency)
        reasons.append(Reason("regular", f"{repeats} repeats", f"回购过 {repeats} 次", is_risk=False))
    return tuple(reasons)


def constant_scores(probability):
    """Return a model that says the same of all customers."""

    def score(orders, horizon_days, activity=None):
        size = len(orders.customers)
        same = np.full(size, float(probability))
        return Scores(orders.customers, orders.last_day, horizon_days, same, same, same * 10, ((),) * size)

    return score
