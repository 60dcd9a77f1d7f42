"""An evaluation of churn scores as JSON."""

import math
from dataclasses import asdict

from insights.churn.evaluation.evaluate import ChurnEvaluation
from insights.churn.evaluation.measures import Confusion, Errors
from insights.churn.evaluation.origin_evaluation import MODEL, OriginEvaluation, RankMeasures
from insights.reports.churn_groups import (
    are_origin_cuts_shown,
    are_origins_shown,
    are_peers_shown,
    calibration_groups,
    shown_confusion,
    shown_reasons,
    smallest_group,
)

_DIGITS = 4


def evaluation_json(evaluation: ChurnEvaluation) -> dict[str, object]:
    """Return the measures as a JSON object; what is not known is null.

    It names no customer and shows no small group, as pages do: those are null, or left out of lists.
    """
    groups, table = calibration_groups(evaluation), shown_confusion(evaluation)
    document: dict[str, object] = {
        "horizon_days": evaluation.horizon_days,
        "left_out": {str(day): reason for day, reason in evaluation.left_out.items()},
        "are_figures_shown": bool(groups),
    }
    if not groups:
        return document
    difference, smallest = evaluation.difference, smallest_group(evaluation)
    interval = difference.interval
    return document | {
        "scores": {name: _ranks_json(one) for name, one in evaluation.ranks.items()},
        "difference": {
            "baseline": difference.baseline,
            "auc": _rounded(difference.mean),
            "interval": None if interval is None else [_rounded(end) for end in interval],
        },
        "calibration_error": _rounded(evaluation.calibration_error),
        "brier_score": _rounded(evaluation.brier_score),
        "calibration": [
            {"customers": one.customers, "expected": _rounded(one.expected), "bought": _rounded(one.bought)}
            for one in groups
        ],
        "confusion": None if table is None else _confusion_json(table),
        "reasons": [
            {
                "reason": one.code,
                "is_risk": one.is_risk,
                "customers": one.customers,
                "share_left": _rounded(one.share_left),
                "others": one.others,
                "others_share_left": _rounded(one.others_share_left),
                "peers_share_left": (
                    _rounded(one.peers_share_left) if are_peers_shown(one, smallest) else None
                ),
            }
            for one in shown_reasons(evaluation)
        ],
        "origins": _origins_json(evaluation),
    }


def _origins_json(evaluation: ChurnEvaluation) -> list[dict[str, object]]:
    if not are_origins_shown(evaluation):
        return []
    with_confusion = are_origin_cuts_shown(evaluation)
    return [_origin_json(one, with_confusion=with_confusion) for one in evaluation.origins]


def _origin_json(one: OriginEvaluation, *, with_confusion: bool) -> dict[str, object]:
    return {
        "origin": str(one.origin),
        "customers": len(one.scores.customers),
        "buyers": int(one.outcomes.has_bought.sum()),
        "expected_buyers": _rounded(float(one.scores.probability.sum())),
        "scores": {name: _ranks_json(ranks) for name, ranks in one.ranks.items()},
        "calibration_error": _rounded(one.calibration_error),
        "brier_score": _rounded(one.brier_score),
        "cut": {
            "probability": _rounded(one.cut.probability),
            "chosen_as_of": None if one.cut.chosen_as_of is None else str(one.cut.chosen_as_of),
            "no_earlier_day": one.cut.no_earlier_day,
        },
        "confusion": _confusion_json(one.confusion) if with_confusion else None,
        "purchases": {name: _errors_json(errors) for name, errors in one.purchases.items()},
        "value": {} if one.value is None else {MODEL: _errors_json(one.value)},
    }


def _ranks_json(ranks: RankMeasures) -> dict[str, object]:
    return {name: _rounded(value) for name, value in asdict(ranks).items()}


def _confusion_json(table: Confusion) -> dict[str, object]:
    return asdict(table) | {
        "accuracy": _rounded(table.accuracy),
        "precision": _rounded(table.precision),
        "recall": _rounded(table.recall),
        "f1": _rounded(table.f1),
    }


def _errors_json(errors: Errors) -> dict[str, object]:
    return {
        "rmse": _rounded(errors.rmse),
        "bias": _rounded(errors.bias),
        "expected": _rounded(errors.expected),
        "true": _rounded(errors.true),
    }


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else round(value, _DIGITS)
