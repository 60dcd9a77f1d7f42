"""The page of an evaluation of churn scores, for a marketer.

It names no customer and shows no small group.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from insights.churn.evaluation.baselines import ALIVE, BG_NBD, FREQUENCY, RECENCY
from insights.churn.evaluation.cut import NoEarlierDay
from insights.churn.evaluation.evaluate import ChurnEvaluation
from insights.churn.evaluation.origin_evaluation import MODEL
from insights.reports.churn import percent
from insights.reports.churn_groups import (
    CalibrationGroup,
    are_origins_shown,
    are_peers_shown,
    calibration_groups,
    shown_confusion,
    shown_reasons,
    smallest_group,
)
from insights.reports.small_groups import MIN_GROUP
from shangsou.report_pages.environment import page_environment

SIDE = 200
"""Of the calibration curve, which is square."""
_SCORES = {
    MODEL: ("商搜", ""),
    FREQUENCY: ("按回购次数", "买过的天数越多，越可能再买"),
    RECENCY: ("按最近一次购买", "离现在越近，越可能再买"),
    BG_NBD: ("BG/NBD 预计的次数", "常用的统计模型"),
    ALIVE: ("BG/NBD 的存活概率", "常被当作回购的可能性，其实不是：只买过一次的人都是 100%"),
}
_NO_EARLIER_DAY = {
    NoEarlierDay.TOO_SHORT: "记录不够长",
    NoEarlierDay.NOT_SCORED: "更早那次的记录太少，估计不了",
    NoEarlierDay.NOBODY_BOUGHT: "更早那次之后没有人再买",
}


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A group of the calibration curve, in the coordinates of the drawing."""

    x: float
    y: float
    low: float
    high: float
    text: str


@dataclass(frozen=True, slots=True)
class CalibrationCurve:
    """Shares that bought, over what was said; both axes go from 0 to `top`."""

    points: Sequence[CurvePoint]
    top: float


def evaluation_page(evaluation: ChurnEvaluation) -> str:
    """Return an evaluation as an HTML document."""
    groups = calibration_groups(evaluation)
    environment = page_environment(Path(__file__).parent)
    environment.filters.update(
        percent=percent,
        figure=_figure,
        lift=_lift,
        bias=_bias,
        signed=lambda value: f"{value:+.3f}".replace("-", "−"),
        score=lambda name: _SCORES.get(name, (name, "")),
    )
    return environment.get_template("churn_evaluation.html").render(
        evaluation=evaluation,
        model_name=MODEL,
        model=evaluation.ranks[MODEL],
        best=evaluation.ranks[evaluation.difference.baseline],
        verdict=_verdict(evaluation),
        scored=len(evaluation.has_bought),
        bought=int(evaluation.has_bought.sum()),
        expected=float(evaluation.probability.sum()),
        groups=groups,
        curve=calibration_curve(groups) if groups else None,
        highest_lift=max((one.buyer_lift for one in groups), default=1.0),
        confusion=shown_confusion(evaluation),
        with_origins=are_origins_shown(evaluation),
        reasons=[
            (one, are_peers_shown(one, smallest_group(evaluation))) for one in shown_reasons(evaluation)
        ],
        no_earlier_day=_NO_EARLIER_DAY,
        smallest=MIN_GROUP,
        side=SIDE,
    )


def calibration_curve(groups: Sequence[CalibrationGroup]) -> CalibrationCurve:
    """Return the points of groups, with room above the highest."""
    highest = max(max(one.expected, one.high) for one in groups)
    top = min(1.0, math.ceil(highest * 10) / 10)

    def y(value: float) -> float:
        return round(SIDE * (1 - min(value, top) / top), 1)

    points = [
        CurvePoint(
            round(SIDE * one.expected / top, 1),
            y(one.bought),
            y(one.low),
            y(one.high),
            f"说 {percent(one.expected)}，实际 {percent(one.bought)}",
        )
        for one in groups
    ]
    return CalibrationCurve(points, top)


def _verdict(evaluation: ChurnEvaluation) -> str:
    """Return `good` where the model ranks better than the best baseline, `bad` where worse, else nothing."""
    interval = evaluation.difference.interval
    if interval is None:
        return ""
    low, high = interval
    return "good" if low > 0 else "bad" if high < 0 else ""


def _figure(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.3f}"


def _lift(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.1f} 倍"


def _bias(value: float) -> str:
    return "–" if math.isnan(value) else f"{100 * value:+.0f}%".replace("-", "−")
