"""The summary of scores for a terminal and for programs."""

from datetime import date

import numpy as np

from insights.churn.choice import MethodLoss
from insights.churn.score_summary import scores_json, scores_text
from insights.churn.scores import Reason, Scores

SILENT = Reason("silent", "silent for 74 days", "已 74 天没下单", is_risk=True)


def scores_of(count, with_reason=0, method="", losses=()):
    """As many customers of the probability .5, of whom the first are silent."""
    half = np.full(count, 0.5)
    reasons = tuple((SILENT,) if number < with_reason else () for number in range(count))
    ids = tuple(f"c{number}" for number in range(count))
    return Scores(ids, date(2026, 6, 30), 30, half, half, half * 10, reasons, method, losses)


def test_losses_are_shown_with_whether_the_method_used_is_among_them():
    losses = (MethodLoss("BG/NBD", 0.4, "BG/NBD", 0.0, 0.0),)
    (line,) = (one for one in scores_text(scores_of(40, 0, "BG/NBD", losses)) if one.startswith("by "))
    assert (
        line == "by BG/NBD; log loss on the last days: BG/NBD 0.4000; differences within chance do not count"
    )
    (line,) = (one for one in scores_text(scores_of(40, 0, "regression", losses)) if one.startswith("by "))
    assert line == "by regression; log loss on the last days: BG/NBD 0.4000; regression knew too little then"


def test_sums_of_fewer_than_ten_customers_are_not_shown():
    nine, ten = scores_of(9, 9), scores_of(10, 10)
    assert len(scores_text(nine)) == 1
    assert "fewer than 10 customers" in scores_text(nine)[0]
    document = scores_json(nine)
    assert {
        document[name] for name in ("customers", "expected_buyers", "expected_purchases", "expected_value")
    } == {None}
    assert document["reasons"] == []
    assert scores_text(ten)[0].startswith("10 customers, 30 days")
    assert (scores_json(ten)["customers"], scores_json(ten)["expected_buyers"]) == (10, 5.0)


def test_reasons_of_few_customers_or_of_all_but_few_are_not_shown():
    shown = [scores_json(scores_of(40, count))["reasons"] for count in (9, 10, 30, 31, 40)]
    assert [[one["customers"] for one in each] for each in shown] == [[], [10], [30], [], [40]]
    assert "  - silent: 30 customers" in scores_text(scores_of(40, 30))
    assert len(scores_text(scores_of(40, 31))) == len(scores_text(scores_of(40))) == 3
