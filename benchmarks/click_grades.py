"""Grades from clicks under two rankings of the same simulated truth: how far they agree, and with the truth.

SIMULATED shoppers: 30 queries of 30 products, of which a good or a poor ranking shows ten, 1,000 looks a
query. They click what they examine with a probability that depends on the true grade.
"""

from collections.abc import Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from relevance.judgements import Qrels
from relevance.judging.agreement import agreement
from relevance.judging.clicks import judge_by_clicks
from tests.fixtures.click_logs import FIRST_PAGE, ClickTruth, click_log, draw_scores, draw_truth

SEEDS = (1, 2)
QUERIES = 30
LOOKS = 1_000
# Scores a grade of the two rankings, beside normal noise of 1.
GOOD, POOR = 1.2, 0.3
EXAMINATIONS = {
    "1/rank": [1 / rank for rank in range(1, FIRST_PAGE + 1)],
    "1/rank^2": [1 / rank**2 for rank in range(1, FIRST_PAGE + 1)],
}
_STEEP = (0.05, 0.15, 0.35, 0.6)
_ALL_RELEVANT, _HARDLY_ANY = (0.02, 0.13, 0.35, 0.5), (0.8, 0.18, 0.02, 0.0)
_USUAL = (0.45, 0.25, 0.2, 0.1)
TRUTHS: Mapping[str, Mapping[str, Any]] = {
    "clicks .05 .15 .35 .6": {"attraction": _STEEP},
    "clicks .1 .2 .3 .4": {"attraction": (0.1, 0.2, 0.3, 0.4)},
    "clicks .02 .06 .15 .3": {"attraction": (0.02, 0.06, 0.15, 0.3)},
    "clicks .01 .1 .2 .5": {"attraction": (0.01, 0.1, 0.2, 0.5)},
    "all relevant, hardly any, usual": {
        "attraction": _STEEP,
        "grade_shares": (_ALL_RELEVANT, _HARDLY_ANY, _USUAL),
    },
    "products deviate by 40 %": {"attraction": _STEEP, "product_spread": 0.4},
    "queries deviate by 50 %": {"attraction": _STEEP, "query_spread": 0.5},
    "ten products, all shown": {"attraction": _STEEP, "products": 10},
    "purchases .02 .04 .07 .1": {"attraction": _STEEP, "conversion": (0.02, 0.04, 0.07, 0.1)},
    "traffic by Zipf's law": {"attraction": _STEEP},
}
_UNEQUAL = "traffic by Zipf's law"
# Exponent of Zipf's law for searches of a shop, and the fewest looks of a query.
_ZIPF, _FEWEST_LOOKS = 0.8, 50


def measure(_data: Path, _elastic_url: str) -> dict[str, object]:
    """Return kappas and numbers of graded pairs and queries, by truth and examination, means over seeds."""
    return {
        name: {curve: _means(name, options, curve) for curve in EXAMINATIONS}
        for name, options in TRUTHS.items()
    }


def _means(name: str, options: Mapping[str, Any], curve: str) -> dict[str, float]:
    trials = [_trial(seed, _looks(name), options, curve) for seed in SEEDS]
    return {figure: round(fmean(trial[figure] for trial in trials), 3) for figure in trials[0]}


def _looks(name: str) -> list[int]:
    if name != _UNEQUAL:
        return [LOOKS] * QUERIES
    shares = np.arange(1, QUERIES + 1) ** -_ZIPF
    return [max(_FEWEST_LOOKS, int(looks)) for looks in shares / shares.mean() * LOOKS]


def _trial(seed: int, looks: list[int], options: Mapping[str, Any], curve: str) -> dict[str, float]:
    rng = np.random.default_rng(seed)
    truth = draw_truth(rng, queries=QUERIES, **options)
    logs = {
        name: _grades(rng, truth, quality, curve, looks)
        for name, quality in {"good": GOOD, "poor": POOR}.items()
    }
    figures = {"kappa": _kappa(logs["good"], logs["poor"])}
    figures["pairs_in_both"] = sum(
        len(grades.keys() & logs["poor"].get(query, {}).keys()) for query, grades in logs["good"].items()
    )
    for name, qrels in logs.items():
        figures |= {
            f"{name}_kappa_with_truth": _kappa(qrels, truth.qrels()),
            f"{name}_pairs": sum(map(len, qrels.values())),
            f"{name}_queries": len(qrels),
            f"{name}_queries_all_zero": sum(not any(grades.values()) for grades in qrels.values()),
        }
    return figures


def _grades(
    rng: np.random.Generator, truth: ClickTruth, quality: float, curve: str, looks: list[int]
) -> Qrels:
    sessions = click_log(rng, truth, draw_scores(rng, truth, quality), EXAMINATIONS[curve], looks)
    qrels: dict[str, dict[str, int]] = {}
    for evidence in judge_by_clicks(sessions, impressions=20).evidence:
        if evidence.grade is not None:
            qrels.setdefault(evidence.query, {})[evidence.doc_id] = evidence.grade
    return qrels


def _kappa(first: Qrels, second: Qrels) -> float:
    return agreement(("first", "second"), first, second).kappa["quadratic"] or 0.0
