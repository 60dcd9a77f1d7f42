"""Grades from clicks: what attracts shoppers for a query, and what they then put into the cart or buy."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from relevance.judging.formats import tsv_cell, write_text
from relevance.judging.position_model import ClickCounts, fit_position_model
from relevance.judging.search_sessions import SearchSession
from shangsou.errors import UnusableInput

# A grade is how much more than the mean of what was shown a product attracts: half, as much, twice as much.
# A convention, to be read off the evidence and not learnt: with it most of what is shown gets 0 to 2.
GRADE_THRESHOLDS = (0.5, 1.0, 2.0)
# Clicks that the prior of conversion is worth: a single purchase after a single click proves little.
_PRIOR_CLICKS = 10.0
# A product in the cart is half a purchase.
_CART_WEIGHT = 0.5


@dataclass(slots=True)
class _PairCounts:
    """Of a product for a query: shoppers, each counted once."""

    impressions: int = 0
    clicks: int = 0
    carts: int = 0
    purchases: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the log says of a product for a query."""

    query: str
    doc_id: str
    impressions: int
    """Shoppers to whom it was shown."""
    clicks: int
    carts: int
    purchases: int
    attraction: float | None
    """Share of shoppers who would click it in the first place; None where that cannot be told."""
    interval: tuple[float, float] | None
    """95 % of the attraction."""
    value: float | None
    """Attraction x conversion, beside the mean of all."""
    grade: int | None
    """None where the evidence is too thin."""


@dataclass(frozen=True, slots=True)
class ClickJudgements:
    """The evidence, and how far down places were looked at."""

    evidence: Sequence[Evidence]
    """By query, the highest value first."""
    examination: Sequence[float | None]
    """By place from the first, which counts as 1; None where no product links a place with the first."""


def judge_by_clicks(search_sessions: Iterable[SearchSession], *, impressions: int) -> ClickJudgements:
    """Return grades for what at least so many shoppers were shown.

    The attraction of a product, with position taken out (see `fit_position_model`), times how much more often
    than the mean a click on it ends in cart or purchase, shrunk to the mean where clicks are few: relevance
    as attraction x satisfaction (Chapelle and Zhang, 2009). The grade counts the `GRADE_THRESHOLDS` that this
    reaches, beside the mean. It is left out where either end of the 95 % interval would be two grades away.

    Raises `UnusableInput` where the log shows nothing at the first place, or not one click.
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
        # Without a single cart or purchase in the log, clicks alone count.
        factor = (satisfied / conversion if conversion else 1.0) / mean
        evidence.append(_evidence(pair, count, attraction, factor, impressions))
    evidence.sort(key=lambda item: (item.query, -(item.value or 0.0), item.doc_id))
    return ClickJudgements(
        evidence, [None if np.isnan(share) else float(share) for share in model.examination]
    )


def write_evidence(evidence: Sequence[Evidence], qids: Mapping[str, str], path: Path) -> None:
    """Write evidence as TSV with a header, a figure that is not known left empty."""
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
            # Found here: what was bought without a click may come from anywhere.
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
    """Return purchases, and carts without one at their lower worth; a cart comes before most purchases."""
    return count.purchases + _CART_WEIGHT * max(count.carts - count.purchases, 0)


def _evidence(
    pair: tuple[str, str],
    count: _PairCounts,
    attraction: tuple[float, float, float],
    factor: float,
    impressions: int,
) -> Evidence:
    """Return the evidence of a pair; `attraction` is low, middle and high, `factor` makes it the value."""
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
