"""Evaluations whose figures are known."""

from dataclasses import replace
from datetime import date

import numpy as np

from insights.churn.evaluation.evaluate import evaluate_churn
from insights.churn.scores import Reason, Scores
from tests.insights.churn.evaluation.records import orders_of

SILENT = Reason("silent", "silent for 74 days", "已经 74 天没有下单", is_risk=True)
ORIGIN = date(2026, 1, 31)


def evaluated(probability, bought, *, origins=(ORIGIN,), with_reason=0):
    """Return an evaluation of a model that says this of customers who all ordered on the first day.

    Those who bought did so every thirty days after it. The first `with_reason` of them are silent.
    """
    ids = [f"秘密{number:04}" for number in range(len(probability))]
    days = {one: [0, *([31, 61] if flag else [])] for one, flag in zip(ids, bought, strict=True)}
    orders = orders_of(days, last=90)
    stated = np.array(probability, np.float64)
    reasons = tuple((SILENT,) if number < with_reason else () for number in range(len(ids)))

    def model(known, horizon_days, activity):
        return Scores(known.customers, known.last_day, horizon_days, stated, stated, stated * 10, reasons)

    return evaluate_churn(orders, None, model, origins, 30)


# 100 customers: of 60 with .2 12 bought, of 40 with .7 28.
RIGHT = evaluated([0.2] * 60 + [0.7] * 40, [1] * 12 + [0] * 48 + [1] * 28 + [0] * 12, with_reason=60)


def with_cut(chosen_as_of, no_earlier_day):
    """Return `RIGHT` with a cut that comes from elsewhere."""
    (one,) = RIGHT.origins
    cut = replace(one.cut, chosen_as_of=chosen_as_of, no_earlier_day=no_earlier_day)
    return replace(RIGHT, origins=(replace(one, cut=cut),))
