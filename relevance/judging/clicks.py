"""Grades from clicks: attraction of each product for a query, and the carts and purchases that follow."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from relevance.judging.conversion import relative_conversion
from relevance.judging.formats.tsv import tsv_cell
from relevance.judging.grade_scale import MAX_GRADE_ERROR, fit_grade_scale, grade_by_scale
from relevance.judging.position_model import ClickCounts, PositionModel, fit_position_model
from relevance.judging.search_sessions import SearchSession
from shangsou.errors import UnusableInput
from shangsou.output_files import write_text

# A product in the cart counts as half a purchase.
_CART_WEIGHT = 0.5
# Quantile of the normal distribution for 95 %.
_Z = 1.959964


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
    """Attraction x conversion, as a share of the best for the query."""
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
    """Return grades for the products that at least a minimum of shoppers looked at.

    Relevance is attraction x satisfaction (Chapelle and Zhang, 2009): the attraction of a product, corrected
    for position (see `fit_position_model`), times the rate of carts and purchases after a click relative to
    the mean. It is graded by its share of the best for the query (see `fit_grade_scale`), and left without a
    grade where that may be wrong by more than half a grade.

    Parameters
    ----------
    search_sessions
        The log.
    impressions
        Least shoppers who were shown a product, and also least expected examinations: those who looked.

    Raises
    ------
    UnusableInput
        If the log has no impression at the first position, or no click at one that is comparable with it.
    """
    counts, click_counts = _count(search_sessions)
    model = fit_position_model(click_counts)
    if not model.clicks.any():
        raise UnusableInput(
            "all clicks are at positions that no product links with the first, so nothing can be compared; "
            "give a log in which products change places"
        )
    factor, factor_error = relative_conversion(
        np.array([count.clicks for count in counts.values()], float),
        np.array([_conversions(count) for count in counts.values()]),
    )
    numbers: dict[str, int] = {}
    query = np.array([numbers.setdefault(text, len(numbers)) for text, _ in counts])
    scale = fit_grade_scale(query, model.clicks * factor, model.expected_examinations)
    by_scale = factor / scale.best
    values = model.attraction * by_scale
    # The middle of the interval, and not the share itself, which has no spread where nobody clicked.
    middle = (model.low + model.high) / 2 * by_scale
    errors = np.hypot(
        (model.high - model.low) / (2 * _Z) * by_scale, middle * np.hypot(factor_error, scale.error)
    )
    known = ~np.isnan(values)
    grades, grade_errors = grade_by_scale(np.where(known, values, 0), np.where(known, errors, 1))
    # Not shown to so many, but looked at: what stands where hardly anybody looks is graded by luck.
    looked_at = model.expected_examinations >= impressions
    enough = known & looked_at & (grade_errors <= MAX_GRADE_ERROR)
    evidence = [
        Evidence(
            *pair,
            **asdict(count),
            attraction=float(model.attraction[number]) if known[number] else None,
            interval=(float(model.low[number]), float(model.high[number])) if known[number] else None,
            value=float(values[number]) if known[number] else None,
            grade=int(grades[number]) if enough[number] and count.impressions >= impressions else None,
        )
        for number, (pair, count) in enumerate(counts.items())
    ]
    evidence.sort(key=lambda item: (item.query, -(item.value or 0.0), item.doc_id))
    return ClickJudgements(evidence, _examination(model))


def estimate_examination(search_sessions: Iterable[SearchSession]) -> list[float | None]:
    """Return how often each position is looked at relative to the first (see `fit_position_model`).

    None if unknown. Raises `UnusableInput` as `judge_by_clicks`.
    """
    return _examination(fit_position_model(_count(search_sessions)[1]))


@dataclass(frozen=True, slots=True)
class GradedQueries:
    """The queries of a log by what became of them, each those with most shoppers first."""

    with_positive: Sequence[str]
    """A product at least has a positive grade: measures count these."""
    all_zero: Sequence[str]
    """All grades are 0: measures pass them over, since nothing relevant is known."""
    without_grade: Sequence[str]
    """No product has a grade: they are in no file of judgements."""


def graded_queries(evidence: Iterable[Evidence]) -> GradedQueries:
    """Return which queries have a positive grade, zeros alone, or none."""
    grades: dict[str, list[int]] = {}
    shoppers: Counter[str] = Counter()
    for item in evidence:
        grades.setdefault(item.query, [])
        # Of one query, products have different shoppers; the most seen one is the nearest to all of them.
        shoppers[item.query] = max(shoppers[item.query], item.impressions)
        if item.grade is not None:
            grades[item.query].append(item.grade)
    queries = sorted(grades, key=lambda query: (-shoppers[query], query))
    return GradedQueries(
        [query for query in queries if any(grades[query])],
        [query for query in queries if grades[query] and not any(grades[query])],
        [query for query in queries if not grades[query]],
    )


def write_evidence(evidence: Sequence[Evidence], qids: Mapping[str, Sequence[str]], path: Path) -> None:
    """Write evidence as TSV with a header, a row for each qid of its query; unknown figures are empty."""
    names = ("qid", "query", "doc_id", "grade", "impressions", "clicks", "carts", "purchases")
    lines = ["\t".join((*names, "attraction", "low", "high", "value"))]
    for item in evidence:
        for qid in qids.get(item.query, ()):
            figures = (item.attraction, *(item.interval or (None, None)), item.value)
            cells = (qid, item.query, item.doc_id, "" if item.grade is None else item.grade)
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


def _examination(model: PositionModel) -> list[float | None]:
    return [None if np.isnan(share) else float(share) for share in model.examination]


def _conversions(count: _PairCounts) -> float:
    """Return purchases plus the weighted carts without a purchase; most purchases follow a cart."""
    return count.purchases + _CART_WEIGHT * max(count.carts - count.purchases, 0)
