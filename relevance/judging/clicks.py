"""Grades from clicks: what attracts shoppers for a query, and what they then put into the cart or buy."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from relevance.judging.formats import cell, write_text
from relevance.judging.position_model import Cells, fit
from relevance.judging.visits import Visit
from shangsou.errors import UnusableInput

# A grade is how much more than the mean of what was shown a product attracts: half, as much, twice as much.
# A convention, to be read off the evidence and not learnt: with it most of what is shown gets 0 to 2.
MARKS = (0.5, 1.0, 2.0)
# Clicks that the prior of conversion is worth: a single purchase after a single click proves little.
_PRIOR_CLICKS = 10.0
# A product in the cart is half a purchase.
_CART = 0.5


@dataclass(slots=True)
class _Counts:
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


def judge_by_clicks(visits: Iterable[Visit], *, impressions: int) -> ClickJudgements:
    """Return grades for what at least so many shoppers were shown.

    The attraction of a product, with position taken out (see `position_model.fit`), times how much more often
    than the mean a click on it ends in cart or purchase, shrunk to the mean where clicks are few: relevance
    as attraction x satisfaction (Chapelle and Zhang, 2009). The grade counts the `MARKS` that this reaches,
    beside the mean. It is left out where either end of the 95 % interval would be two grades away.

    Raises `UnusableInput` where the log shows nothing at the first place, or not one click.
    """
    counts, cells = _count(visits)
    model = fit(cells)
    clicks = sum(one.clicks for one in counts.values())
    conversion = sum(map(_converted, counts.values())) / clicks
    mean = float(np.nansum(model.attraction * model.looks) / model.looks.sum())
    evidence = []
    attractions = zip(model.low.tolist(), model.attraction.tolist(), model.high.tolist(), strict=True)
    for (pair, one), attraction in zip(counts.items(), attractions, strict=True):
        satisfied = (_converted(one) + _PRIOR_CLICKS * conversion) / (one.clicks + _PRIOR_CLICKS)
        # Without a single cart or purchase in the log, clicks alone count.
        factor = (satisfied / conversion if conversion else 1.0) / mean
        evidence.append(_evidence(pair, one, attraction, factor, impressions))
    evidence.sort(key=lambda one: (one.query, -(one.value or 0.0), one.doc_id))
    return ClickJudgements(evidence, [None if np.isnan(one) else float(one) for one in model.examination])


def write_evidence(evidence: Sequence[Evidence], qids: Mapping[str, str], path: Path) -> None:
    """Write evidence as TSV with a header, a figure that is not known left empty."""
    names = ("qid", "query", "doc_id", "grade", "impressions", "clicks", "carts", "purchases")
    lines = ["\t".join((*names, "attraction", "low", "high", "value"))]
    for one in evidence:
        if one.query in qids:
            figures = (one.attraction, *(one.interval or (None, None)), one.value)
            cells = (qids[one.query], one.query, one.doc_id, "" if one.grade is None else one.grade)
            counts = (one.impressions, one.clicks, one.carts, one.purchases)
            told = ("" if figure is None else f"{figure:.4f}" for figure in figures)
            lines.append("\t".join(cell(str(value), path) for value in (*cells, *counts, *told)))
    write_text(path, "\n".join(lines) + "\n")


def _count(visits: Iterable[Visit]) -> tuple[dict[tuple[str, str], _Counts], Cells]:
    shown: Counter[tuple[str, str, int]] = Counter()
    clicked: Counter[tuple[str, str, int]] = Counter()
    counts: dict[tuple[str, str], _Counts] = {}
    for visit in visits:
        for doc_id, place in visit.places.items():
            was_clicked = doc_id in visit.clicked
            shown[visit.query, doc_id, place] += 1
            clicked[visit.query, doc_id, place] += was_clicked
            count = counts.setdefault((visit.query, doc_id), _Counts())
            count.impressions += 1
            count.clicks += was_clicked
            # Found here: what was bought without a click may come from anywhere.
            count.purchases += was_clicked and doc_id in visit.bought
            count.carts += was_clicked and doc_id in visit.carted
    if not any(place == 1 for _, _, place in shown) or not clicked.total():
        raise UnusableInput(
            "the log holds no click on a product with its query and position, or nothing in the first place; "
            "wanted are events with user_query, product_id and position"
        )
    numbers = {pair: number for number, pair in enumerate(counts)}
    cells = Cells(
        np.array([numbers[query, doc_id] for query, doc_id, _ in shown]),
        np.array([place - 1 for _, _, place in shown]),
        np.array(list(shown.values()), float),
        np.array([clicked[key] for key in shown], float),
    )
    return counts, cells


def _converted(count: _Counts) -> float:
    """Return purchases, and carts without one at their lower worth; a cart comes before most purchases."""
    return count.purchases + _CART * max(count.carts - count.purchases, 0)


def _evidence(
    pair: tuple[str, str],
    count: _Counts,
    attraction: tuple[float, float, float],
    factor: float,
    impressions: int,
) -> Evidence:
    """Return the evidence of a pair; `attraction` is low, middle and high, `factor` makes it the value."""
    low, middle, high = attraction
    if np.isnan(middle):
        return Evidence(*pair, **asdict(count), attraction=None, interval=None, value=None, grade=None)
    grade = _grade(middle * factor)
    apart = max(abs(_grade(end * factor) - grade) for end in (low, high))
    return Evidence(
        *pair,
        **asdict(count),
        attraction=middle,
        interval=(low, high),
        value=middle * factor,
        grade=grade if count.impressions >= impressions and apart <= 1 else None,
    )


def _grade(value: float) -> int:
    return sum(value >= mark for mark in MARKS)
