"""Parts of an evaluation of churn scores that tell of groups of people, none of them small.

Pages, the terminal and the JSON document show these alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from insights.churn.evaluation.evaluate import ChurnEvaluation
from insights.churn.evaluation.measures import BINS, CalibrationBin, Confusion, calibration_bins
from insights.churn.evaluation.reason_outcomes import ReasonOutcome
from insights.customers.wilson import wilson_interval
from insights.reports.small_groups import MIN_GROUP, merge_small


@dataclass(frozen=True, slots=True)
class CalibrationGroup:
    """Customers of about the same probability, of whom enough bought and enough did not."""

    customers: int
    share: float
    """Of all customers."""
    expected: float
    """Their mean probability."""
    bought: float
    """The share that bought, with the interval of 95 % (Wilson, 1927) in which it lies. A customer of several
    origins is taken for several."""
    low: float
    high: float
    buyer_lift: float
    """That share over the share of all customers that bought."""
    leaver_lift: float
    """The share that did not buy over that of all customers."""


def smallest_group(evaluation: ChurnEvaluation) -> int:
    """Return how many scores a group must hold to be of ten people, each of whom may be in every origin."""
    return MIN_GROUP * len(evaluation.origins)


def calibration_groups(evaluation: ChurnEvaluation) -> list[CalibrationGroup]:
    """Return customers by probability, the lowest first; none where too few bought, or too few did not.

    Where customers by the cut are shown too, groups make up its two sides: otherwise the difference between
    the two could tell of a few people.
    """
    has_bought, probability = evaluation.has_bought, evaluation.probability
    is_above = np.concatenate([one.scores.probability >= one.cut.probability for one in evaluation.origins])
    sides = [~is_above, is_above] if shown_confusion(evaluation) else [np.ones(len(has_bought), np.bool_)]
    smallest, mean = smallest_group(evaluation), float(has_bought.mean())
    return [
        _group(bins[run.start : run.stop], len(has_bought), mean)
        for side in sides
        for bins in [calibration_bins(has_bought[side], probability[side], _bins(float(side.mean())))]
        for run in merge_small([_parts(one) for one in bins], smallest)
    ]


def shown_confusion(evaluation: ChurnEvaluation) -> Confusion | None:
    """Return customers by the cut and by what they did; None where one of the four groups is small.

    Then no share of it is shown either: with the totals it would tell the group.
    """
    table = evaluation.confusion
    return table if min(_quadrants(table)) >= smallest_group(evaluation) else None


def shown_reasons(evaluation: ChurnEvaluation) -> list[ReasonOutcome]:
    """Return the reasons of which customers with it and without, who bought and who did not, are enough."""
    return [one for one in evaluation.reasons if min(_cells(one)) >= smallest_group(evaluation)]


def are_peers_shown(one: ReasonOutcome, smallest: int) -> bool:
    """Return whether enough of those whom customers with a reason are compared with bought, and did not."""
    return min(one.peers_left, one.peers - one.peers_left) >= smallest


def are_origins_shown(evaluation: ChurnEvaluation) -> bool:
    """Return whether at every origin enough customers bought, and enough did not.

    One origin alone cannot be left out: the total would tell of it.
    """
    counts = [
        (int(one.outcomes.has_bought.sum()), int((~one.outcomes.has_bought).sum()))
        for one in evaluation.origins
    ]
    return all(min(pair) >= MIN_GROUP for pair in counts)


def are_origin_cuts_shown(evaluation: ChurnEvaluation) -> bool:
    """Return whether at every origin each of the four groups by cut and outcome is large enough."""
    return all(min(_quadrants(one.confusion)) >= MIN_GROUP for one in evaluation.origins)


def _bins(share: float) -> int:
    """Return into how many bins a part of the customers goes, if all go into ten."""
    return max(1, round(BINS * share))


def _parts(one: CalibrationBin) -> tuple[float, float]:
    return one.customers * one.bought, one.customers * (1 - one.bought)


def _group(bins: Sequence[CalibrationBin], size: int, mean: float) -> CalibrationGroup:
    customers = sum(one.customers for one in bins)
    bought = sum(_parts(one)[0] for one in bins) / customers
    expected = sum(one.expected * one.customers for one in bins) / customers
    return CalibrationGroup(
        customers,
        customers / size,
        expected,
        bought,
        *wilson_interval(bought, customers),
        bought / mean,
        (1 - bought) / (1 - mean),
    )


def _quadrants(table: Confusion) -> Sequence[int]:
    return (table.true_positives, table.false_positives, table.false_negatives, table.true_negatives)


def _cells(one: ReasonOutcome) -> Sequence[int]:
    return (one.left, one.customers - one.left, one.others_left, one.others - one.others_left)
