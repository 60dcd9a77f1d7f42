"""A ranking against another: what each set and query gained or lost, and whether by more than chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from relevance.errors import RankingFell
from relevance.evaluate import Scores, qids_by_set, qids_by_tag
from relevance.judgements import Query
from relevance.metrics import GATED
from relevance.significance import bootstrap_interval, randomisation_p, stratified_interval
from shangsou.text.terminal import columns, fit

# The usual level of significance, Fisher's (1925).
LEVEL = 0.05
# Values that differ by less are equal but for rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Difference:
    """What queries gained in a measure, as present less baseline."""

    mean: float
    p: float
    interval: tuple[float, float]
    """95 % of the mean."""

    @property
    def fell(self) -> bool:
        """Whether this is a loss, and by more than chance."""
        return self.mean < 0 and self.p < LEVEL

    @property
    def rose(self) -> bool:
        """Whether this is a gain, and by more than chance."""
        return self.mean > 0 and self.p < LEVEL


@dataclass(frozen=True, slots=True)
class QueryChange:
    """What one query gained in the gated measure."""

    query: Query
    before: float
    after: float

    @property
    def gain(self) -> float:
        """Below 0 for a loss; 0 where only rounding differs."""
        gain = self.after - self.before
        return gain if abs(gain) > _ROUNDING else 0.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that two rankings of the same queries differ in."""

    sets: Mapping[str, Mapping[str, Difference]]
    """By set and measure."""
    tags: Mapping[str, Mapping[str, Difference]]
    mean: Mapping[str, Difference]
    """By measure: the mean over sets, each of which counts the same."""
    queries: tuple[QueryChange, ...]
    """Of the gated measure, the greatest loss first."""


def compare(present: Scores, baseline: Scores, queries: Sequence[Query]) -> Comparison:
    """Return what the present ranking gained over the baseline, by set, tag, measure and query.

    Raises
    ------
    ValueError
        When the gated measure was not measured.
    """
    if GATED not in {one.name for one in present.measures}:
        raise ValueError(f"{GATED} was not measured")
    measured = [query for query in queries if query.qid in present.queries]
    changes = [
        QueryChange(query, baseline.queries[query.qid][GATED], present.queries[query.qid][GATED])
        for query in measured
    ]
    gains = _gains(present, baseline)
    by_set = qids_by_set(measured)
    return Comparison(
        sets=compare_sets(present, baseline, queries),
        tags=_differences(gains, qids_by_tag(measured)),
        mean={
            measure: _mean_difference([[values[qid] for qid in qids] for qids in by_set.values()])
            for measure, values in gains.items()
        },
        queries=tuple(sorted(changes, key=lambda change: change.gain)),
    )


def compare_sets(
    present: Scores, baseline: Scores, queries: Sequence[Query]
) -> dict[str, Mapping[str, Difference]]:
    """Return the differences by set and measure; sets without a measured query are left out."""
    measured = [query for query in queries if query.qid in present.queries]
    return _differences(_gains(present, baseline), qids_by_set(measured))


def fallen_sets(compared: Mapping[str, Mapping[str, Difference]]) -> list[str]:
    """Return the sets that lost in the gated measure, by more than chance."""
    return [name for name, differences in compared.items() if differences[GATED].fell]


def check_fallen(compared: Mapping[str, Mapping[str, Difference]], where: str) -> None:
    """Raise `RankingFell` where a set fell; `where` says from what: `below before.trec`."""
    fell = fallen_sets(compared)
    if fell:
        raise RankingFell(f"{', '.join(fell)} fell {where} by more than chance ({GATED}, p < {LEVEL:g})")


def comparison_to_json(compared: Mapping[str, Mapping[str, Difference]]) -> dict[str, object]:
    """Return the differences as plain JSON values: by set and measure `mean`, `p`, and the interval."""
    return {
        name: {measure: difference_to_json(one) for measure, one in differences.items()}
        for name, differences in compared.items()
    }


def difference_to_json(one: Difference) -> dict[str, float]:
    """Return a difference as plain JSON values."""
    return {"mean": one.mean, "p": one.p, "low": one.interval[0], "high": one.interval[1]}


def comparison_table(compared: Mapping[str, Mapping[str, Difference]]) -> str:
    """Return a table for a terminal: a line for each set and measure."""
    width = max(map(columns, compared))
    measure_width = max(len(measure) for differences in compared.values() for measure in differences)
    lines = ["present less baseline, 95 % interval, p of the paired randomisation test"]
    for name, differences in compared.items():
        for measure, one in differences.items():
            low, high = one.interval
            gain = f"{one.mean:+.3f}  [{low:+.3f}, {high:+.3f}]  p {one.p:.3f}"
            lines.append(f"{fit(name, width)}  {fit(measure, measure_width)}  {gain}")
    return "\n".join(lines)


def _gains(present: Scores, baseline: Scores) -> dict[str, dict[str, float]]:
    """Return what each query gained, by measure and query id."""
    return {
        one.name: {
            qid: values[one.name] - baseline.queries[qid][one.name] for qid, values in present.queries.items()
        }
        for one in present.measures
    }


def _differences(
    gains: Mapping[str, Mapping[str, float]], groups: Mapping[str, Sequence[str]]
) -> dict[str, Mapping[str, Difference]]:
    return {
        name: {measure: _difference([values[qid] for qid in qids]) for measure, values in gains.items()}
        for name, qids in groups.items()
    }


def _difference(values: Sequence[float]) -> Difference:
    return Difference(fmean(values), randomisation_p(values), bootstrap_interval(values))


def _mean_difference(groups: Sequence[Sequence[float]]) -> Difference:
    # A query of a small set moves the mean over sets by more, so its sign counts for more.
    weighted = [value / len(group) for group in groups for value in group]
    return Difference(
        fmean(fmean(group) for group in groups), randomisation_p(weighted), stratified_interval(groups)
    )
