"""Grades from clicks: attraction of each product for a query, and the carts and purchases that follow."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from relevance.judging.formats.tsv import tsv_cell, write_text
from relevance.judging.position_model import ClickCounts, fit_position_model
from relevance.judging.search_sessions import SearchSession
from shangsou.errors import UnusableInput

# Thresholds of grades: attraction relative to the mean of the products shown: half, as much, twice as much. A
# convention that is applied to the evidence, not learned from it: most products shown get 0 to 2.
GRADE_THRESHOLDS = (0.5, 1.0, 2.0)
# Weight of the prior of conversion, in clicks: a single purchase after a single click proves little.
_PRIOR_CLICKS = 10.0
# A product in the cart counts as half a purchase.
_CART_WEIGHT = 0.5


@dataclass(slots=True)
class _PairCounts:
    """Counts of shoppers for a product and a query, each shopper once."""

    impressions: int = 0
    clicks: int = 0
    carts: int = 0
    purchases: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence in the log about a product for a query."""

    query: str
    doc_id: str
    impressions: int
    """The number of shoppers to whom it was shown."""
    clicks: int
    carts: int
    purchases: int
    attraction: float | None
    """The share of shoppers who would click it at the first position; None if unknown."""
    interval: tuple[float, float] | None
    """The 95 % interval of the attraction."""
    value: float | None
    """Attraction x conversion, relative to the mean of all."""
    grade: int | None
    """None if there is too little evidence."""


@dataclass(frozen=True, slots=True)
class ClickJudgements:
    """Grades from clicks, with their evidence and the examination of each position."""

    evidence: Sequence[Evidence]
    """By query, highest value first."""
    examination: Sequence[float | None]
    """By position, the first being 1; None if no product connects a position with the first."""


def judge_by_clicks(search_sessions: Iterable[SearchSession], *, impressions: int) -> ClickJudgements:
    """Return grades for the products that at least a minimum of shoppers were shown.

    Relevance is attraction x satisfaction (Chapelle and Zhang, 2009): the attraction of a product, corrected
    for position (see `fit_position_model`), times the rate of carts and purchases after a click relative to
    the mean, shrunk to the mean if clicks are few. The grade is the number of `GRADE_THRESHOLDS` that it
    reaches, relative to the mean. It is left out if either end of the 95 % interval would be two grades away.

    Raises `UnusableInput` if the log has no impression at the first position, or no click.
    """
    counts, click_counts = _count(search_sessions)
    model = fit_position_model(click_counts)
    clicks = sum(count.clicks for count in counts.values())
    conversion = sum(map(_conversions, counts.values())) / clicks
    mean = float(
        np.nansum(model.attraction * model.expected_examinations) / model.expected_examinations.sum()
    )
    evidence = []
    attractions = zip(model.low.tolist(), model.attraction.tolist(), model.high.tolist(), strict=True)
    for (pair, count), attraction in zip(counts.items(), attractions, strict=True):
        satisfied = (_conversions(count) + _PRIOR_CLICKS * conversion) / (count.clicks + _PRIOR_CLICKS)
        # Without any cart or purchase in the log, only clicks count.
        factor = (satisfied / conversion if conversion else 1.0) / mean
        evidence.append(_evidence(pair, count, attraction, factor, impressions))
    evidence.sort(key=lambda item: (item.query, -(item.value or 0.0), item.doc_id))
    return ClickJudgements(
        evidence, [None if np.isnan(share) else float(share) for share in model.examination]
    )


def write_evidence(evidence: Sequence[Evidence], qids: Mapping[str, str], path: Path) -> None:
    """Write evidence as TSV with a header; unknown figures are empty."""
    names = ("qid", "query", "doc_id", "grade", "impressions", "clicks", "carts", "purchases")
    lines = ["\t".join((*names, "attraction", "low", "high", "value"))]
    for item in evidence:
        if item.query in qids:
            figures = (item.attraction, *(item.interval or (None, None)), item.value)
            cells = (qids[item.query], item.query, item.doc_id, "" if item.grade is None else item.grade)
            counts = (item.impressions, item.clicks, item.carts, item.purchases)
            figure_cells = ("" if figure is None else f"{figure:.4f}" for figure in figures)
            lines.append("\t".join(tsv_cell(str(value), path) for value in (*cells, *counts, *figure_cells)))
    write_text(path, "\n".join(lines) + "\n")


def _count(
    search_sessions: Iterable[SearchSession],
) -> tuple[dict[tuple[str, str], _PairCounts], ClickCounts]:
    impressions: Counter[tuple[str, str, int]] = Counter()
    clicked: Counter[tuple[str, str, int]] = Counter()
    counts: dict[tuple[str, str], _PairCounts] = {}
    for session in search_sessions:
        for doc_id, position in session.positions.items():
            was_clicked = doc_id in session.clicked
            impressions[session.query, doc_id, position] += 1
            clicked[session.query, doc_id, position] += was_clicked
            count = counts.setdefault((session.query, doc_id), _PairCounts())
            count.impressions += 1
            count.clicks += was_clicked
            # Only after a click: other purchases may come from anywhere.
            count.purchases += was_clicked and doc_id in session.bought
            count.carts += was_clicked and doc_id in session.carted
    if not any(position == 1 for _, _, position in impressions) or not clicked.total():
        raise UnusableInput(
            "the log holds no click on a product with its query and position, or nothing in the first place; "
            "wanted are events with user_query, product_id and position"
        )
    numbers = {pair: number for number, pair in enumerate(counts)}
    click_counts = ClickCounts(
        np.array([numbers[query, doc_id] for query, doc_id, _ in impressions]),
        np.array([position - 1 for _, _, position in impressions]),
        np.array(list(impressions.values()), float),
        np.array([clicked[key] for key in impressions], float),
    )
    return counts, click_counts


def _conversions(count: _PairCounts) -> float:
    """Return purchases plus the weighted carts without a purchase; most purchases follow a cart."""
    return count.purchases + _CART_WEIGHT * max(count.carts - count.purchases, 0)


def _evidence(
    pair: tuple[str, str],
    count: _PairCounts,
    attraction: tuple[float, float, float],
    factor: float,
    impressions: int,
) -> Evidence:
    """Return the evidence of a pair; `attraction` is low, middle and high, and `factor` scales it."""
    low, middle, high = attraction
    if np.isnan(middle):
        return Evidence(*pair, **asdict(count), attraction=None, interval=None, value=None, grade=None)
    grade = _grade(middle * factor)
    grade_spread = max(abs(_grade(end * factor) - grade) for end in (low, high))
    return Evidence(
        *pair,
        **asdict(count),
        attraction=middle,
        interval=(low, high),
        value=middle * factor,
        grade=grade if count.impressions >= impressions and grade_spread <= 1 else None,
    )


def _grade(value: float) -> int:
    return sum(value >= threshold for threshold in GRADE_THRESHOLDS)
