"""The contents of an evaluation report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from relevance.evaluation import Evaluation
from relevance.judgements import Qrels, Query
from relevance.reports.comparison import SHOWN_HITS, ListedHit

# Queries that are shown with their hits.
SHOWN_QUERIES = 20


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """An evaluation with the data needed to present it."""

    evaluation: Evaluation
    queries: Sequence[Query]
    qrels: Qrels
    titles: Mapping[str, str]
    """The titles of the products shown, as far as they are in the index."""


def worst_queries(report: EvaluationReport) -> list[Query]:
    """Return the queries that are worst by the first measure, worst first, ties in order."""
    scores = report.evaluation.scores
    measure = scores.measures[0]
    # What is missing to the best value.
    losses = {
        qid: values[measure.name] if measure.is_error else 1 - values[measure.name]
        for qid, values in scores.queries.items()
        if measure.name in values
    }
    below = [query for query in report.queries if losses.get(query.qid, 0) > 0]
    return sorted(below, key=lambda query: -losses[query.qid])[:SHOWN_QUERIES]


def shown_products(report: EvaluationReport) -> list[str]:
    """Return the ids of the products whose titles a report needs: hits and wanted products."""
    shown: dict[str, None] = {}
    for query in worst_queries(report):
        shown |= dict.fromkeys(hit.product_id for hit in report.evaluation.run[query.qid][:SHOWN_HITS])
        shown |= dict.fromkeys(_relevant_products(query.qid, report))
    return list(shown)


def listed(qid: str, report: EvaluationReport) -> tuple[list[ListedHit], list[ListedHit]]:
    """Return the first hits of a query, and the best wanted products: by grade, then by rank.

    The rank of a wanted product is 0 if it was not found.
    """
    ids = [hit.product_id for hit in report.evaluation.run[qid]]
    groups = report.evaluation.groups
    grades = groups.grades(report.qrels[qid])

    def listed_hit(product_id: str, rank: int) -> ListedHit:
        grade = grades.get(groups.name(product_id))
        return ListedHit(rank, product_id, report.titles.get(product_id, ""), grade, None)

    found_hits = [listed_hit(product_id, rank) for rank, product_id in enumerate(ids[:SHOWN_HITS], start=1)]
    ranks = {groups.name(product_id): rank for rank, product_id in enumerate(ids, start=1)}
    relevant_hits = [
        listed_hit(product_id, ranks.get(groups.name(product_id), 0))
        for product_id in _relevant_products(qid, report)
    ]
    return found_hits, relevant_hits


def _relevant_products(qid: str, report: EvaluationReport) -> list[str]:
    """Return the best products by grade, of each group the best variant."""
    grades, groups = report.qrels[qid], report.evaluation.groups
    best_first = sorted(grades, key=lambda product_id: -grades[product_id])
    of_groups: dict[str, str] = {}
    for product_id in best_first:
        if grades[product_id] > 0:
            of_groups.setdefault(groups.name(product_id), product_id)
    return list(of_groups.values())[:SHOWN_HITS]
