"""The gate of an encoder: whether it may serve in place of another, and if not, why.

It has the tests and the guards of the gate of rankings, on more than one way of searching, and asks for more:
building all of an index anew has to gain something that was named before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from statistics import fmean
from typing import Literal, NamedTuple

from relevance.comparison import SIGNIFICANCE_LEVEL
from relevance.gate import BrokenQueries, fall_reasons
from relevance.metrics import GATED_MEASURE
from relevance.reason import Reason
from relevance.significance import (
    cluster_differences,
    find_testable,
    holm,
    loss_p,
    min_loss_p,
    p_text,
    smallest_visible_drop,
)
from shangsou.errors import UnusableInput

Leg = Literal["encoder", "hybrid", "personal", "pairs"]
"""The encoder alone, the search as it is, that of shoppers with a history, and pairs by their cosine."""
PAIRS_MEASURE = "accuracy"
WHOLE = "mean of sets"
"""The name of a leg's part that figures are of."""
_MEASURES: Mapping[str, str] = {"ndcg": GATED_MEASURE, "mrr": "mrr@10", "recall": "recall@100"}
FIGURES: Mapping[str, tuple[Leg, str]] = {
    **{
        f"{leg}.{name}": (leg, full)
        for leg in ("encoder", "hybrid", "personal")
        for name, full in _MEASURES.items()
    },
    f"pairs.{PAIRS_MEASURE}": ("pairs", PAIRS_MEASURE),
}
"""What may be named to rise, as the mean over the sets of a leg. Precision and F1 of pairs are no means over
pairs, and recall rises with a lower threshold alone."""
LEG_NAMES: Mapping[Leg, str] = {
    "encoder": "编码器单独",
    "hybrid": "混合搜索",
    "personal": "个性化",
    "pairs": "商品对",
}
_PART_NAMES = {
    WHOLE: "各集平均",
    "new products": "新商品",
    "unknown queries": "训练未见的查询",
    "shoppers": "有历史的顾客",
    "test pairs": "测试集",
}
# The smallest differences are due to rounding.
_ROUNDING = 1e-9


class Row(NamedTuple):
    """What was measured of one query or pair."""

    cluster: str
    """Rows of one name are not independent, as those of one query."""
    before: Mapping[str, float]
    after: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of a leg on a set or a slice, or on the whole of its sets."""

    leg: Leg
    name: str
    queries: int
    before: Mapping[str, float]
    """Mean by measure: of groups with equal weight, where there are several."""
    after: Mapping[str, float]
    gains: Mapping[str, Sequence[Sequence[float]]]
    """By measure, of the clusters of each group."""
    is_tested: bool = True
    """Whether it may not fall; the whole of one set is that set."""

    @property
    def title(self) -> str:
        """What it is called in verdicts: `hybrid: new products`."""
        return f"{self.leg}: {self.name}"

    @property
    def chinese_title(self) -> str:
        """The same in Chinese."""
        return f"{LEG_NAMES[self.leg]}·{_PART_NAMES.get(self.name, self.name)}"

    @property
    def gated(self) -> str:
        """The measure that may not fall."""
        return PAIRS_MEASURE if self.leg == "pairs" else GATED_MEASURE


@dataclass(frozen=True, slots=True)
class Rise:
    """How the figure that was named before changed."""

    figure: str
    before: float
    after: float
    queries: int
    p: float
    """One-sided, times the number of figures that were named for this model so far (Bonferroni)."""
    visible: float
    """The rise that would have been seen four times in five; NaN where that is unknown."""

    @property
    def is_seen(self) -> bool:
        """Whether it rose by more than chance."""
        return self.after - self.before > _ROUNDING and self.p < SIGNIFICANCE_LEVEL


@dataclass(frozen=True, slots=True)
class ModelVerdict:
    """What the gate of an encoder found."""

    adjusted_p: Mapping[str, float]
    """One-sided, of each part that could fall by more than chance, by title; adjusted (Holm)."""
    visible_drop: Mapping[str, float]
    """The drop of each of them that would have been seen four times in five."""
    untestable: tuple[str, ...]
    """The titles of parts in which too few queries changed for any fall to be more than chance."""
    rise: Rise
    reasons: tuple[Reason, ...]
    """Why the model is refused; empty where it may serve."""


def make_part(leg: Leg, name: str, groups: Sequence[Sequence[Row]], *, is_tested: bool = True) -> Part:
    """Return the figures of rows, in groups of equal weight; none of them is empty."""
    measures = [measure for measure in groups[0][0].before if all(_have(group, measure) for group in groups)]

    def mean(values: Sequence[Sequence[float]]) -> float:
        return fmean(fmean(group) for group in values)

    return Part(
        leg,
        name,
        sum(len({row.cluster for row in group}) for group in groups),
        {measure: mean([[row.before[measure] for row in group] for group in groups]) for measure in measures},
        {measure: mean([[row.after[measure] for row in group] for group in groups]) for measure in measures},
        {measure: [_gains(group, measure) for group in groups] for measure in measures},
        is_tested,
    )


def parse_figure(text: str) -> str:
    """Return the name of a figure; raises `UnusableInput` that names those that there are."""
    if text not in FIGURES:
        raise UnusableInput(f"--figure {text!r} is no figure; there are {', '.join(FIGURES)}")
    return text


def judge_model(
    parts: Sequence[Part], figure: str, broken: BrokenQueries, *, figures_named: int = 1
) -> ModelVerdict:
    """Return whether an encoder may serve: nothing fell by more than chance, and the figure rose by more.

    Parameters
    ----------
    parts
        Those of one leg and the name `WHOLE` are what figures are of.
    figure
        The one that was named before anything was measured.
    broken
        Of the search as it is.
    figures_named
        How many different ones were named for this model so far, this one among them: who names another one
        each time finds one that rises by chance.

    Raises
    ------
    UnusableInput
        The figure was not measured.
    """
    tested = {part.title: part for part in parts if part.is_tested}
    gains = {title: _flat(part.gains[part.gated]) for title, part in tested.items()}
    testable = find_testable(
        {title: min_loss_p(values) for title, values in gains.items()}, SIGNIFICANCE_LEVEL
    )
    adjusted = holm({title: loss_p(values) for title, values in gains.items() if title in testable})
    drops = {
        title: smallest_visible_drop(
            tested[title].gains[tested[title].gated], len(adjusted), SIGNIFICANCE_LEVEL
        )
        for title in adjusted
    }
    rise = _rise(parts, figure, figures_named)
    names = {title: part.chinese_title for title, part in tested.items()}
    reasons = [
        *fall_reasons(adjusted, f"{GATED_MEASURE}, of pairs {PAIRS_MEASURE}", names),
        *broken.reasons,
        *([] if rise.is_seen else [_no_rise(rise)]),
    ]
    untestable = tuple(title for title in tested if title not in testable)
    return ModelVerdict(adjusted, drops, untestable, rise, tuple(reasons))


def _rise(parts: Sequence[Part], figure: str, figures_named: int) -> Rise:
    leg, measure = FIGURES[figure]
    part = next((one for one in parts if (one.leg, one.name) == (leg, WHOLE) and measure in one.gains), None)
    if part is None:
        raise UnusableInput(f"--figure {figure} was not measured")
    losses = [-gain for gain in _flat(part.gains[measure])]
    return Rise(
        figure,
        part.before[measure],
        part.after[measure],
        part.queries,
        min(1.0, figures_named * loss_p(losses)),
        smallest_visible_drop(part.gains[measure], figures_named, SIGNIFICANCE_LEVEL),
    )


def _no_rise(rise: Rise) -> Reason:
    change = f"{rise.figure} {rise.before:.3f} → {rise.after:.3f}"
    if rise.after - rise.before < _ROUNDING:
        return Reason(f"no rise: {change}", f"没有提升：{change}")
    if isnan(rise.visible):
        seen, chinese = "too few of them changed to say which rise would have been", "变化的太少，无法估计"
    else:
        seen, chinese = f"a rise of {rise.visible:.3f} would have been", f"上升 {rise.visible:.3f} 才看得出来"
    return Reason(
        f"no rise by more than chance: {change} (one-sided p {p_text(rise.p)}); with {rise.queries} queries "
        f"{seen} seen four times in five",
        f"提升在偶然范围内：{change}（单侧 p {p_text(rise.p)}）；"
        f"{rise.queries} 条查询，{chinese}（五次中四次）",
    )


def _have(group: Sequence[Row], measure: str) -> bool:
    return all(measure in row.before and measure in row.after for row in group)


def _gains(group: Sequence[Row], measure: str) -> list[float]:
    differences = [row.after[measure] - row.before[measure] for row in group]
    exact = [value if abs(value) > _ROUNDING else 0.0 for value in differences]
    return cluster_differences(exact, [row.cluster for row in group])


def _flat(groups: Sequence[Sequence[float]]) -> list[float]:
    """Return gains such that a query of a small group counts more, as it moves the mean over groups more."""
    return [value / len(group) for group in groups for value in group]
