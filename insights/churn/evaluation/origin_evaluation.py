"""Evaluation of churn scores as of one past day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from insights.churn.evaluation import measures
from insights.churn.evaluation.baselines import BG_NBD, baseline_scores
from insights.churn.evaluation.cut import Cut
from insights.churn.evaluation.measures import Confusion, Errors, Flags, Numbers
from insights.churn.evaluation.split import Outcomes, Split
from insights.churn.scores import Scores

MODEL = "shangsou"
"""The name of the model beside those of the baselines."""


@dataclass(frozen=True, slots=True)
class RankMeasures:
    """How well a score ranks customers; NaN where all bought or none."""

    auc: float
    average_precision: float
    buyer_lift: float
    """In the first decile from the top."""
    leaver_lift: float
    """In the first decile from the bottom."""


@dataclass(frozen=True, slots=True)
class OriginEvaluation:
    """Scores as of one day, beside what happened after it."""

    origin: date
    scores: Scores
    outcomes: Outcomes
    """Of the customers of the scores, in their order."""
    baselines: Mapping[str, Numbers]
    """The scores by the baselines that could be computed."""
    cut: Cut
    confusion: Confusion
    calibration_error: float
    brier_score: float
    ranks: Mapping[str, RankMeasures]
    """By score, the model first, then the baselines that could be computed."""
    purchases: Mapping[str, Errors]
    """Of the expected number of purchases: of the model and, where it could be fitted, of BG/NBD."""
    value: Errors | None
    """Of the expected value; None where no amounts are known."""


def evaluate_origin(origin: date, scores: Scores, split: Split, cut: Cut) -> OriginEvaluation:
    """Return the measures of scores as of a day, of the customers of its split and in their order."""
    has_bought, true = split.outcomes.has_bought, split.outcomes.purchases.astype(np.float64)
    baselines = baseline_scores(split.known, scores.horizon_days)
    expected = {MODEL: scores.expected_purchases} | {
        name: values for name, values in baselines.items() if name == BG_NBD
    }
    purchases = {name: measures.errors(true, values) for name, values in expected.items()}
    return OriginEvaluation(
        origin,
        scores,
        split.outcomes,
        baselines,
        cut,
        measures.confusion(has_bought, scores.probability, cut.probability),
        measures.calibration_error(has_bought, scores.probability),
        measures.brier_score(has_bought, scores.probability),
        {
            name: _rank_measures(has_bought, score)
            for name, score in ({MODEL: scores.probability} | dict(baselines)).items()
        },
        {name: one for name, one in purchases.items() if one is not None},
        measures.errors(split.outcomes.value, scores.expected_value),
    )


def _rank_measures(has_bought: Flags, score: Numbers) -> RankMeasures:
    return RankMeasures(
        measures.auc(has_bought, score),
        measures.average_precision(has_bought, score),
        measures.buyer_lift(has_bought, score),
        measures.leaver_lift(has_bought, score),
    )
