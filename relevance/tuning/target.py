"""The target of tuning: judged queries, and the measure of a ranking."""

from collections.abc import Sequence
from dataclasses import dataclass

from relevance.groups import UNGROUPED, ProductGroups
from relevance.judgements import Qrels, Query
from relevance.metrics import GATED_MEASURE, measure, parse_measure


@dataclass(frozen=True, slots=True)
class TuningTarget:
    """Judged queries and the measure to improve on them."""

    queries: Sequence[Query]
    """Each has a relevant product."""
    qrels: Qrels
    measure: str = GATED_MEASURE
    """The name of a measure in `relevance.metrics`."""
    graded: bool = False
    """Whether nDCG takes grades as gains."""

    def value(self, ranking: Sequence[str], query: Query, groups: ProductGroups = UNGROUPED) -> float:
        """Return the measure of a ranking; judgements count by group."""
        target_measure = parse_measure(self.measure)
        grades = groups.grades(self.qrels[query.qid])
        return measure(groups.distinct(ranking), grades, [target_measure], graded=self.graded)[
            target_measure.name
        ]
