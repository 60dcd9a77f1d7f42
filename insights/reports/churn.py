"""The page of a run of churn scores, for a marketer. It names no customer and shows no small group."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from insights.churn.evaluation.reason_outcomes import reason_names
from insights.churn.methods import BG_NBD, BOOSTING, CALIBRATED, REGRESSION
from insights.churn.score_summary import common_reasons
from insights.churn.scores import Scores
from insights.customers.activity import Activity
from insights.customers.orders import Orders
from insights.reports.small_groups import MIN_GROUP, merge_small
from shangsou.report_pages.environment import page_environment

_REASONS = 12
# Groups of risk in words: from one in five to four in five is in the balance, on either side of the half.
_GROUPS = (
    ("很可能不再买", 0.0, 0.2),
    ("多半不再买", 0.2, 0.5),
    ("多半会再买", 0.5, 0.8),
    ("很可能再买", 0.8, 1.0),
)
_BAND = 0.1
_METHODS = {
    BG_NBD: "BG/NBD 模型",
    CALIBRATED: "校准后的 BG/NBD 模型",
    REGRESSION: "逻辑回归",
    BOOSTING: "梯度提升树",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Customers of a range of probabilities, 10 or more."""

    name: str
    low: float
    high: float
    customers: int
    share: float
    """Of all customers."""
    buyers: float
    """The sum of their probabilities."""
    value: float
    """What is expected of them; NaN where amounts are not known."""
    bands: tuple["Group", ...] = ()
    """Narrower ranges that make it up, for the drawing."""


@dataclass(frozen=True, slots=True)
class CommonReason:
    """A reason of at least 10 customers."""

    name: str
    is_risk: bool
    customers: int
    share: float


@dataclass(frozen=True, slots=True)
class Basis:
    """The records that scores rest on."""

    orders: int
    first_day: date
    last_day: date
    has_amounts: bool
    has_activity: bool
    method: str


def churn_page(scores: Scores, orders: Orders, activity: Activity | None) -> str:
    """Return a run of scores as an HTML document.

    Parameters
    ----------
    scores
        Of all customers.
    orders, activity
        The records that they rest on.
    """
    size = len(scores.customers)
    value = _sum_known(scores.expected_value)
    environment = page_environment(Path(__file__).parent)
    environment.filters.update(amount=_amount, percent=percent)
    return environment.get_template("churn.html").render(
        scores=scores,
        last_day=scores.as_of + timedelta(scores.horizon_days),
        customers=size,
        smallest=MIN_GROUP,
        buyers=float(scores.probability.sum()),
        purchases=float(scores.expected_purchases.sum()),
        value=value,
        has_value=not math.isnan(value),
        groups=risk_groups(scores),
        reasons=_common_reasons(scores),
        basis=Basis(
            len(orders),
            orders.first_day,
            orders.last_day,
            bool(np.isfinite(orders.amount).any()),
            activity is not None,
            _method(scores),
        ),
    )


def risk_groups(scores: Scores) -> list[Group]:
    """Return the customers by risk, those who are likeliest to leave first; none for fewer than 10.

    The bands of a group make up that group, so that no difference between the two tells of a small one.
    """
    groups = []
    for low, high in _merged_ranges(scores, [(low, high) for _, low, high in _GROUPS]):
        steps = round((high - low) / _BAND)
        edges = [round(low + step * _BAND, 1) for step in range(steps + 1)]
        bands = tuple(_group(scores, "", *band) for band in _merged_ranges(scores, list(pairwise(edges))))
        name = "、".join(one for one, start, end in _GROUPS if start >= low and end <= high)
        groups.append(_group(scores, name, low, high, bands))
    return groups


def _merged_ranges(scores: Scores, ranges: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the ranges that hold customers, joined with the next where they hold fewer than 10."""
    counts = [int(_within(scores, *one).sum()) for one in ranges]
    held = [(one, count) for one, count in zip(ranges, counts, strict=True) if count]
    runs = merge_small([[count] for _, count in held])
    return [(held[run.start][0][0], held[run.stop - 1][0][1]) for run in runs]


def _group(scores: Scores, name: str, low: float, high: float, bands: tuple[Group, ...] = ()) -> Group:
    is_inside = _within(scores, low, high)
    count = int(is_inside.sum())
    return Group(
        name,
        low,
        high,
        count,
        count / len(is_inside),
        float(scores.probability[is_inside].sum()),
        _sum_known(scores.expected_value[is_inside]),
        bands,
    )


def _within(scores: Scores, low: float, high: float) -> NDArray[np.bool_]:
    """Return who has a probability from the low end up to below the high one, or 1."""
    is_below = (scores.probability < high) if high < 1 else np.ones(len(scores.probability), np.bool_)
    return (scores.probability >= low) & is_below


def _common_reasons(scores: Scores) -> list[CommonReason]:
    size, names = len(scores.customers), reason_names(scores.reasons)
    return [
        CommonReason(names[code], is_risk, count, count / size)
        for code, is_risk, count in common_reasons(scores)[:_REASONS]
    ]


def _sum_known(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(known.sum()) if len(known) else math.nan


def percent(value: float) -> str:
    """Return a share as a whole percentage, with a dash for NaN."""
    return "–" if math.isnan(value) else f"{100 * value:.0f}%"


def _amount(value: float) -> str:
    if math.isnan(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}"


def _method(scores: Scores) -> str:
    """Return by which method the scores were made, and whether it was compared with others."""
    name = _METHODS.get(scores.method, scores.method)
    if any(loss.method == scores.method for loss in scores.losses):
        how = "在记录的最后一段时间里与其他方法比较后选定。"
    else:
        how = "记录太短，没有与其他方法比较。"
    return f"方法：{name}，{how}" if name else ""
