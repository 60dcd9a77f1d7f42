"""An evaluation as JSON."""

import math

from insights.evaluation.backtest import MODEL, Backtest
from insights.evaluation.measures import LEVELS, Scores
from insights.evaluation.summary import MethodScores, Summary

_DIGITS = 4


def evaluation_json(backtest: Backtest, summary: Summary) -> dict[str, object]:
    """Return the measures as a JSON object; what is not known is null."""
    difference = summary.difference
    return {
        "origins": [str(origin.origin) for origin in backtest.origins],
        "left_out": [str(origin) for origin in backtest.left_out],
        "horizon": backtest.horizon,
        "step": backtest.step,
        "item_days": summary.total[MODEL].item_days,
        "unobserved": summary.unobserved,
        "methods": _methods_json(summary.total),
        "difference": {
            "baseline": difference.baseline,
            "wape": _rounded(difference.mean),
            "interval": None
            if difference.interval is None
            else [_rounded(end) for end in difference.interval],
        },
        "by_class": {name: _methods_json(scores) for name, scores in summary.by_class.items()},
        "by_week": {str(week): _methods_json(scores) for week, scores in summary.by_week.items()},
        "by_origin": {origin: _methods_json(scores) for origin, scores in summary.by_origin.items()},
    }


def _methods_json(scores: MethodScores) -> dict[str, object]:
    return {method: _scores_json(one) for method, one in scores.items()}


def _scores_json(scores: Scores) -> dict[str, object]:
    return {
        "item_days": scores.item_days,
        "sold": _rounded(scores.sold),
        "wape": _rounded(scores.wape),
        "bias": _rounded(scores.bias),
        "quantile_loss": {
            str(level): _rounded(loss) for level, loss in zip(LEVELS, scores.quantile_loss, strict=True)
        },
        "below_q10": _rounded(scores.below_q10),
        "below_q50": _rounded(scores.below_q50),
        "above_q90": _rounded(scores.above_q90),
    }


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else round(value, _DIGITS)
