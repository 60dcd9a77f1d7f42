"""Compare two rankings: the gain or loss of each set and query, and its significance."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from relevance.evaluation import Scores, qids_by_set, qids_by_tag
from relevance.judgements import Query
from relevance.metrics import GATED_MEASURE
from relevance.significance import bootstrap_interval, loss_p, randomization_p, stratified_interval
from shangsou.text.terminal import display_width, fit

# The usual significance level (Fisher, 1925).
SIGNIFICANCE_LEVEL = 0.05
# Smaller differences are due to rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Difference:
    """The mean gain of queries in a measure: present minus baseline."""

    mean: float
    p: float
    interval: tuple[float, float]
    """The 95 % interval of the mean."""
    loss_p: float = 1.0
    """One-sided: how likely so low a mean is where nothing got worse."""

    @property
    def regressed(self) -> bool:
        """Whether this is a significant loss."""
        return self.mean < 0 and self.p < SIGNIFICANCE_LEVEL

    @property
    def improved(self) -> bool:
        """Whether this is a significant gain."""
        return self.mean > 0 and self.p < SIGNIFICANCE_LEVEL


@dataclass(frozen=True, slots=True)
class QueryChange:
    """The gain of one query in the gated measure."""

    query: Query
    before: float
    after: float

    @property
    def gain(self) -> float:
        """The gain, below 0 for a loss; 0 for a difference due to rounding."""
        gain = self.after - self.before
        return gain if abs(gain) > _ROUNDING else 0.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences between two rankings of the same queries."""

    sets: Mapping[str, Mapping[str, Difference]]
    """By set and measure."""
    tags: Mapping[str, Mapping[str, Difference]]
    mean: Mapping[str, Difference]
    """By measure: the mean over sets, which have equal weight."""
    queries: tuple[QueryChange, ...]
    """In the gated measure, greatest loss first."""


def compare(present: Scores, baseline: Scores, queries: Sequence[Query]) -> Comparison:
    """Return the gains of the present ranking over the baseline, by set, tag, measure and query.

    Raises
    ------
    ValueError
        If the gated measure was not measured.
    """
    if GATED_MEASURE not in {measure.name for measure in present.measures}:
        raise ValueError(f"{GATED_MEASURE} was not measured")
    measured_queries = [query for query in queries if query.qid in present.queries]
    changes = [
        QueryChange(
            query, baseline.queries[query.qid][GATED_MEASURE], present.queries[query.qid][GATED_MEASURE]
        )
        for query in measured_queries
    ]
    gains = _gains(present, baseline)
    by_set = qids_by_set(measured_queries)
    return Comparison(
        sets=_differences(gains, by_set),
        tags=_differences(gains, qids_by_tag(measured_queries)),
        mean={
            measure: _mean_difference(groups)
            for measure, values in gains.items()
            if (groups := _groups_of(values, by_set.values()))
        },
        queries=tuple(sorted(changes, key=lambda change: change.gain)),
    )


def comparison_to_json(compared: Mapping[str, Mapping[str, Difference]]) -> dict[str, object]:
    """Return the differences as plain JSON values: by set and measure `mean`, `p`, and the interval."""
    return {
        name: {measure: difference_to_json(difference) for measure, difference in differences.items()}
        for name, differences in compared.items()
    }


def difference_to_json(difference: Difference) -> dict[str, float]:
    """Return a difference as plain JSON values."""
    return {
        "mean": difference.mean,
        "p": difference.p,
        "low": difference.interval[0],
        "high": difference.interval[1],
    }


def comparison_table(compared: Mapping[str, Mapping[str, Difference]]) -> str:
    """Return a table for a terminal: a line for each set and measure."""
    width = max(map(display_width, compared))
    measure_width = max(len(measure) for differences in compared.values() for measure in differences)
    lines = ["after less before, 95 % interval, p of the paired randomization test"]
    for name, differences in compared.items():
        for measure, difference in differences.items():
            low, high = difference.interval
            gain = f"{difference.mean:+.3f}  [{low:+.3f}, {high:+.3f}]  p {difference.p:.3f}"
            lines.append(f"{fit(name, width)}  {fit(measure, measure_width)}  {gain}")
    return "\n".join(lines)


def _gains(present: Scores, baseline: Scores) -> dict[str, dict[str, float]]:
    """Return the gain of each query, by measure and query id."""
    return {
        measure.name: {
            qid: values[measure.name] - baseline.queries[qid][measure.name]
            for qid, values in present.queries.items()
            if measure.name in values
        }
        for measure in present.measures
    }


def _groups_of(values: Mapping[str, float], groups: Iterable[Sequence[str]]) -> list[list[float]]:
    """Return the values of each group of query ids that has any."""
    by_group = ([values[qid] for qid in qids if qid in values] for qids in groups)
    return [group for group in by_group if group]


def _differences(
    gains: Mapping[str, Mapping[str, float]], groups: Mapping[str, Sequence[str]]
) -> dict[str, Mapping[str, Difference]]:
    return {
        name: {
            measure: _difference(measured_values)
            for measure, values in gains.items()
            if (measured_values := [values[qid] for qid in qids if qid in values])
        }
        for name, qids in groups.items()
    }


def _difference(values: Sequence[float]) -> Difference:
    return Difference(fmean(values), randomization_p(values), bootstrap_interval(values), loss_p(values))


def _mean_difference(groups: Sequence[Sequence[float]]) -> Difference:
    # A query of a small set moves the mean over sets more, so its sign has more weight.
    weighted = [value / len(group) for group in groups for value in group]
    return Difference(
        fmean(fmean(group) for group in groups),
        randomization_p(weighted),
        stratified_interval(groups),
        loss_p(weighted),
    )
