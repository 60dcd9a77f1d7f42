"""Agreement between judges, corrected for chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from relevance.judgements import Qrels
from shangsou.errors import UnusableInput

KappaWeights = Literal["none", "linear", "quadratic"]
# Resampled tables for the interval, and a fixed seed, as in `relevance.significance`.
_RESAMPLES = 10_000
_SEED = 20261123
MIN_PAIRS = 32
"""Fewer pairs say nothing of a weighted kappa: two times the square of the number of grades, here four
(Cicchetti, 1981, by simulation)."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A product that two judges graded differently."""

    qid: str
    doc_id: str
    grades: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Agreement:
    """The agreement of two judges on the pairs that both judged."""

    judges: tuple[str, str]
    pairs: int
    """The number of pairs judged by both; others are ignored."""
    raw: float
    """The share of pairs with the same grade."""
    kappa: Mapping[KappaWeights, float | None]
    """None if it is undefined: both gave the same single grade to everything."""
    interval: tuple[float, float] | None
    """The 95 % interval of the quadratic kappa."""
    grades: tuple[int, ...]
    table: tuple[tuple[int, ...], ...]
    """Pairs by the first judge's grade (rows) and the second's (columns), in the order of `grades`."""
    disagreements: tuple[Disagreement, ...]
    """The pairs with different grades, largest difference first."""


def agreements(judges: Mapping[str, Qrels]) -> list[Agreement]:
    """Return the agreement of every two judges with a pair in common, in order.

    Raises `UnusableInput` if no two have one.
    """
    found = [
        agreement_or_none((first, second), judges[first], judges[second])
        for first, second in combinations(judges, 2)
    ]
    defined = [one for one in found if one is not None]
    if not defined:
        raise UnusableInput(f"{' and '.join(judges)} judged no pair of query and product in common")
    return defined


def agreement(names: tuple[str, str], first: Qrels, second: Qrels) -> Agreement:
    """Return the agreement of two judges.

    Cohen's kappa (Cohen, 1960), where any difference counts in full, and the weighted kappas (Cohen, 1968),
    where a difference counts by its size or its square: these suit grades, which are ordered. Raises
    `UnusableInput` for two judges without a common pair.
    """
    found = agreement_or_none(names, first, second)
    if found is None:
        raise UnusableInput(f"{names[0]} and {names[1]} judged no pair of query and product in common")
    return found


def agreement_or_none(names: tuple[str, str], first: Qrels, second: Qrels) -> Agreement | None:
    """Return the agreement of two judges, None if they have no pair in common."""
    shared_pairs = [
        (qid, doc_id, grade, second[qid][doc_id])
        for qid, judged in first.items()
        for doc_id, grade in judged.items()
        if doc_id in second.get(qid, {})
    ]
    if not shared_pairs:
        return None
    grades = tuple(sorted({grade for _, _, *pair_grades in shared_pairs for grade in pair_grades}))
    table = np.zeros((len(grades), len(grades)), dtype=np.int64)
    for _, _, first_grade, second_grade in shared_pairs:
        table[grades.index(first_grade), grades.index(second_grade)] += 1
    disagreements = [
        Disagreement(qid, doc_id, (first_grade, second_grade))
        for qid, doc_id, first_grade, second_grade in shared_pairs
        if first_grade != second_grade
    ]
    return Agreement(
        names,
        len(shared_pairs),
        float(np.trace(table) / len(shared_pairs)),
        {weights: kappa(table, grades, weights) for weights in ("none", "linear", "quadratic")},
        _interval(table, grades),
        grades,
        tuple(tuple(int(count) for count in row) for row in table),
        tuple(sorted(disagreements, key=lambda pair: -abs(pair.grades[0] - pair.grades[1]))),
    )


def mean_kappa(pairs: Sequence[Agreement], weights: KappaWeights = "quadratic") -> float | None:
    """Return the mean kappa of all pairs of judges (Light, 1971), who may have judged different products.

    None if none of them is defined.
    """
    defined = [value for pair in pairs if (value := pair.kappa[weights]) is not None]
    return fmean(defined) if defined else None


def kappa(table: NDArray[np.int64], grades: Sequence[int], weights: KappaWeights) -> float | None:
    """Return 1 - observed / expected disagreement of a table of counts, None if none is expected.

    The expected disagreement is that of judges with the same distribution of grades who judge independently.
    """
    cost = _cost(grades, weights)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    chance = float((cost * expected).sum())
    return 1 - float((cost * table).sum()) / chance if chance else None


def _cost(grades: Sequence[int], weights: KappaWeights) -> NDArray[np.float64]:
    distance: NDArray[np.float64] = np.abs(
        np.subtract.outer(np.array(grades, float), np.array(grades, float))
    )
    if weights == "none":
        return (distance > 0).astype(np.float64)
    return distance if weights == "linear" else distance**2


def _interval(table: NDArray[np.int64], grades: Sequence[int]) -> tuple[float, float] | None:
    """Return the 95 % percentile interval of the quadratic kappa over resampled pairs (Efron, 1979)."""
    source = np.random.default_rng(_SEED)
    total = int(table.sum())
    tables = source.multinomial(total, table.ravel() / total, _RESAMPLES).reshape(-1, *table.shape)
    cost = _cost(grades, "quadratic")
    observed = (cost * tables).sum(axis=(1, 2))
    chance = np.einsum("ij,ri,rj->r", cost, tables.sum(axis=2), tables.sum(axis=1)) / total
    defined = chance > 0
    if not defined.any():
        return None
    low, high = np.percentile(1 - observed[defined] / chance[defined], (2.5, 97.5))
    return float(low), float(high)
