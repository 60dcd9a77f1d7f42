"""A run against a baseline: what each set gained or lost, and whether by more than chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from relevance.evaluate import Scores
from relevance.judgements import Query
from relevance.significance import bootstrap_interval, randomisation_p

COMPARED = ("ndcg@10", "mrr@10", "recall@100")
# The usual level of significance, Fisher's (1925).
LEVEL = 0.05


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
    by_set: dict[str, list[str]] = {}
    for query in queries:
        if query.qid in present.queries:
            by_set.setdefault(query.set, []).append(query.qid)
    return {
        name: {
            measure: _difference(
                [present.queries[qid][measure] - baseline.queries[qid][measure] for qid in qids]
            )
            for measure in COMPARED
        }
        for name, qids in by_set.items()
    }


def _difference(values: Sequence[float]) -> Difference:
    return Difference(fmean(values), randomisation_p(values), bootstrap_interval(values))
