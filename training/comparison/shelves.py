"""Figures of recommendations: what shelves have first, beside popularity and what item-kNN has."""

from relevance.offline.recommendations import OURS, compare_by_time
from relevance.reason import Reason
from shangsou.recommend.model import select_preference_events
from shangsou.settings import Settings
from training.comparison.comparison_input import ComparisonInput, Log
from training.comparison.figure import Groups, Measured, no_figures, paired_figures
from training.comparison.kind import ModelKind

KIND = "shelf"
LATER = "what shoppers chose next"
_BASELINES = ("popular", "item-kNN")
_MEASURES = ("hit", "recall", "ndcg")

_NO_EVENTS = Reason("give --events to measure shelves", "请用 --events 给出行为日志，才能测量推荐")
_NO_CASES = Reason(
    "no shopper has products both before the split and new ones in the last fifth of the events: give a "
    "longer log",
    "没有顾客在最后五分之一的行为之前和之后都有新商品：请给出时间更长的日志",
)


def measure_shelves(_settings: Settings, wanted: ComparisonInput, log: Log) -> Measured:
    """Return how much of what shoppers chose next each method recommends, as of `evaluate recommend`.

    Methods learn from the events before the last fifth: it is the method that is measured, not what was
    learned before.
    """
    if not wanted.events:
        return Measured([no_figures(KIND, "", _NO_EVENTS)])
    log("shelves")
    comparison = compare_by_time(select_preference_events(wanted.events))
    if comparison is None:
        return Measured([no_figures(KIND, "", _NO_CASES)])
    values: dict[str, dict[str, Groups]] = {
        name: {
            f"{measure}@10": [list(column)]
            for measure, column in zip(_MEASURES, zip(*map(tuple, result.outcomes), strict=True), strict=True)
        }
        for name, result in comparison.methods.items()
    }
    return Measured(paired_figures(KIND, LATER, values, _BASELINES))


SHELVES = ModelKind(
    KIND,
    "推荐货架",
    "各方法只学习最后五分之一之前的行为，预测顾客随后第一次选择的商品；基线是热门商品和相似商品（item-kNN）。",
    measure_shelves,
    {
        "popular": "热门商品",
        "trending": "近期趋势",
        "item-kNN": "相似商品",
        "item-kNN, sessions": "相似商品（按会话）",
        OURS: "商搜货架",
        LATER: "顾客随后选择的商品",
    },
    {LATER: "位顾客"},
)
