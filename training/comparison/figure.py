"""The record of a figure of a model: its interval, and what it gains over baselines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

from relevance.offline.traffic import wilson
from relevance.reason import Reason
from relevance.significance import stratified_interval

Groups = Sequence[Sequence[float]]
"""Values of independent cases, as queries or shoppers, in groups of equal weight, as judged sets."""
# Values that differ by less do so by rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Gain:
    """A figure less that of a baseline, with the 95 % interval of the difference."""

    baseline: str
    mean: float
    low: float | None
    """None of a single case, which tells nothing of chance."""
    high: float | None
    is_lower_bound: bool = False
    """Whether the figure is too low, so that a loss is none."""

    @property
    def sign(self) -> int:
        """1 where the interval lies above 0, -1 where it lies below, else 0."""
        if self.low is None or self.high is None:
            return 0
        is_loss = self.high < -_ROUNDING and not self.is_lower_bound
        return (self.low > _ROUNDING) - is_loss


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one model, or the reason why there is none."""

    kind: str
    """Of the model, as `comparison.KINDS` names them."""
    model: str
    """Or a baseline; empty where a reason holds for all models of the kind."""
    part: str = ""
    """What it was measured on."""
    measure: str = ""
    """Empty where a reason holds for all measures."""
    value: float | None = None
    n: int = 0
    """Independent cases: queries, searches or shoppers."""
    low: float | None = None
    """The 95 % interval, to `high`; None of a single case."""
    high: float | None = None
    gains: tuple[Gain, ...] = ()
    """Over baselines, on the same cases."""
    reason: Reason | None = None
    """Why there is no value, or what limits it."""


class Measured(NamedTuple):
    """What was measured of a kind of model."""

    figures: Sequence[Figure]
    remarks: Sequence[Reason] = ()
    """What limits the figures."""


def paired_figures(
    kind: str, part: str, values: Mapping[str, Mapping[str, Groups]], baselines: Sequence[str] = ()
) -> list[Figure]:
    """Return the figures of models that were measured on the same cases.

    Parameters
    ----------
    values
        By model and measure, from 0 to 1; of all models of the same cases in the same order.
    baselines
        Models that the others are compared with; each of them is compared with those before it.
    """
    figures = []
    for model, by_measure in values.items():
        before = baselines[: baselines.index(model)] if model in baselines else baselines
        for measure, groups in by_measure.items():
            low, high = share_interval(groups)
            gains = tuple(
                _gain(baseline, groups, values[baseline][measure])
                for baseline in before
                if measure in values.get(baseline, {})
            )
            n = sum(map(len, groups))
            figures.append(Figure(kind, model, part, measure, _mean(groups), n, low, high, gains))
    return figures


def no_figures(kind: str, model: str, reason: Reason, part: str = "") -> Figure:
    """Return why a model has no figures."""
    return Figure(kind, model, part, reason=reason)


def share_interval(groups: Groups) -> tuple[float | None, float | None]:
    """Return the 95 % interval of a mean of values from 0 to 1; None and None of a single case.

    Where all values are 0, or all 1, no resample differs: it is Wilson's (1927) of so many cases then.
    """
    flat = [value for group in groups for value in group]
    if len(flat) < 2:
        return None, None
    if max(flat) - min(flat) < _ROUNDING and round(flat[0], 6) in (0.0, 1.0):
        rate = wilson(round(flat[0]) * len(flat), len(flat))
        return (rate.low, rate.high) if rate else (None, None)
    low, high = stratified_interval(groups)
    return max(0.0, low), min(1.0, high)


def ratio_values(numerators: Sequence[float], denominators: Sequence[float]) -> list[float]:
    """Return a value for each case whose mean is the sum of numerators over that of denominators.

    By linearization (Woodruff, 1971): their spread is that of the ratio, so that a test and an interval of
    their mean are of the ratio, also in pairs. All 0 where the denominators sum up to 0.
    """
    total = sum(denominators)
    if not total:
        return [0.0] * len(numerators)
    ratio = sum(numerators) / total
    share = total / len(denominators)
    return [
        ratio + (numerator - ratio * denominator) / share
        for numerator, denominator in zip(numerators, denominators, strict=True)
    ]


def clustered(values: Sequence[float], clusters: Iterable[str]) -> list[float]:
    """Return a value for each cluster, as of one query that many shoppers typed, with the mean of all."""
    sums: dict[str, list[float]] = {}
    for value, cluster in zip(values, clusters, strict=True):
        of_cluster = sums.setdefault(cluster, [0.0, 0.0])
        of_cluster[0] += value
        of_cluster[1] += 1
    return ratio_values(*zip(*sums.values(), strict=True)) if sums else []


def _gain(baseline: str, groups: Groups, theirs: Groups) -> Gain:
    differences = [
        [value - other for value, other in zip(group, of_baseline, strict=True)]
        for group, of_baseline in zip(groups, theirs, strict=True)
    ]
    mean = _mean(differences)
    if sum(map(len, groups)) < 2:
        return Gain(baseline, mean, None, None)
    return Gain(baseline, mean, *stratified_interval(differences))


def _mean(groups: Groups) -> float:
    return fmean(fmean(group) for group in groups)
