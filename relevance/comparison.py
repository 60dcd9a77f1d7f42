"""A run against a baseline: what each set gained or lost, and whether by more than chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from relevance.evaluate import Scores, qids_by_set
from relevance.judgements import Query
from relevance.significance import bootstrap_interval, randomisation_p
from shangsou.text.terminal import columns, fit

COMPARED = ("ndcg@10", "mrr@10", "recall@100")
# The usual level of significance, Fisher's (1925).
LEVEL = 0.05
# The measure that a release is held back for: testing all three would raise false alarms more often.
GATED = "ndcg@10"


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


def compare_sets(
    present: Scores, baseline: Scores, queries: Sequence[Query]
) -> dict[str, Mapping[str, Difference]]:
    """Return the differences by set and measure; sets without a measured query are left out."""
    measured = [query for query in queries if query.qid in present.queries]
    return {
        name: {
            measure: _difference(
                [present.queries[qid][measure] - baseline.queries[qid][measure] for qid in qids]
            )
            for measure in COMPARED
        }
        for name, qids in qids_by_set(measured).items()
    }


def fallen_sets(compared: Mapping[str, Mapping[str, Difference]]) -> list[str]:
    """Return the sets that lost in the gated measure, by more than chance."""
    return [name for name, differences in compared.items() if differences[GATED].fell]


def comparison_to_json(compared: Mapping[str, Mapping[str, Difference]]) -> dict[str, object]:
    """Return the differences as plain JSON values: by set and measure `mean`, `p`, and the interval."""
    return {
        name: {
            measure: {"mean": one.mean, "p": one.p, "low": one.interval[0], "high": one.interval[1]}
            for measure, one in differences.items()
        }
        for name, differences in compared.items()
    }


def comparison_table(compared: Mapping[str, Mapping[str, Difference]]) -> str:
    """Return a table for a terminal: a line for each set and measure."""
    width = max(map(columns, compared))
    lines = ["present less baseline, 95 % interval, p of the paired randomisation test"]
    for name, differences in compared.items():
        for measure, one in differences.items():
            low, high = one.interval
            lines.append(
                f"{fit(name, width)}  {measure:10}  {one.mean:+.3f}  [{low:+.3f}, {high:+.3f}]  p {one.p:.3f}"
            )
    return "\n".join(lines)


def _difference(values: Sequence[float]) -> Difference:
    return Difference(fmean(values), randomisation_p(values), bootstrap_interval(values))
