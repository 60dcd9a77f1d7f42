"""Evaluate a searcher against judged queries: search each one, measure, and average by set."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Protocol

from relevance.judgements import Qrels, Query, has_relevant
from relevance.metrics import DEFAULT_MEASURES, Measure, measure
from relevance.runs import Run
from shangsou.degradation import Degradation
from shangsou.engines.query import Hit
from shangsou.search.request import MAX_PAGE_SIZE, Mode, SearchRequest
from shangsou.search.response import SearchResponse

# Hits for each query: enough for recall@100, and one page.
DEPTH = MAX_PAGE_SIZE


class SearchProvider(Protocol):
    """A provider of searches: a `Searcher`, or a substitute with another ranking."""

    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer a search."""
        ...


@dataclass(frozen=True, slots=True)
class SetScores:
    """The means over the queries of one set."""

    queries: int
    """The measured queries, which have at least one relevant product."""
    left_out: int
    """The other queries."""
    values: Mapping[str, float]
    """Mean by measure; empty when no query was measured."""


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of a run."""

    queries: Mapping[str, Mapping[str, float]]
    """By query id and measure; queries without a relevant product are left out."""
    sets: Mapping[str, SetScores]
    """In the order of the queries."""
    tags: Mapping[str, SetScores]
    """By tag, in order of first occurrence; a query counts for each of its tags."""
    mean: Mapping[str, float]
    """Over the sets with values, with equal weight, however many queries they have."""
    measures: tuple[Measure, ...]
    """The measures, in the order requested."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run and its scores."""

    run: Run
    scores: Scores
    degraded: Mapping[str, tuple[Degradation, ...]]
    """The failed parts of degraded searches, by query id."""


def evaluate(  # noqa: PLR0913 - what to search, and how to measure it
    searcher: SearchProvider,
    queries: Iterable[Query],
    qrels: Qrels,
    mode: Mode = "hybrid",
    *,
    measures: Sequence[Measure] = DEFAULT_MEASURES,
    graded: bool = False,
) -> Evaluation:
    """Search each query, and return the run and its scores.

    The queries are iterated once, so they may be wrapped in a progress bar. With `graded`, nDCG counts grades
    as gains; otherwise every relevant product has gain 1.
    """
    searched_queries: list[Query] = []
    run: dict[str, Sequence[Hit]] = {}
    degraded: dict[str, tuple[Degradation, ...]] = {}
    for query in queries:
        searched_queries.append(query)
        # Personalized results would measure the shopper, not the ranking.
        response = searcher.search(SearchRequest(query.text, mode=mode, size=DEPTH, personalize=False))
        shown = [*response.hits, *(related.hit for related in response.related)]
        run[query.qid] = [Hit(hit.product.product_id, hit.score) for hit in shown[:DEPTH]]
        if response.degraded:
            degraded[query.qid] = response.degraded
    return Evaluation(run, score(run, searched_queries, qrels, measures=measures, graded=graded), degraded)


def score(
    run: Run,
    queries: Sequence[Query],
    qrels: Qrels,
    *,
    measures: Sequence[Measure] = DEFAULT_MEASURES,
    graded: bool = False,
) -> Scores:
    """Return the scores of a run; a query that is missing from it counts as without hits."""
    values = {
        query.qid: measure(
            [hit.product_id for hit in run.get(query.qid, ())], qrels[query.qid], measures, graded=graded
        )
        for query in queries
        if has_relevant(qrels, query.qid)
    }
    sets = {name: _set_scores(qids, values) for name, qids in qids_by_set(queries).items()}
    tags = {name: _set_scores(qids, values) for name, qids in qids_by_tag(queries).items()}
    mean = _means([scores.values for scores in sets.values() if scores.values])
    return Scores(values, sets, tags, mean, tuple(measures))


def qids_by_set(queries: Iterable[Query]) -> dict[str, list[str]]:
    """Return the query ids of each set, both in the order of the queries."""
    by_set: dict[str, list[str]] = {}
    for query in queries:
        by_set.setdefault(query.set, []).append(query.qid)
    return by_set


def qids_by_tag(queries: Iterable[Query]) -> dict[str, list[str]]:
    """Return the query ids of each tag, both in the order of the queries."""
    by_tag: dict[str, list[str]] = {}
    for query in queries:
        for tag in query.tags:
            by_tag.setdefault(tag, []).append(query.qid)
    return by_tag


def _set_scores(qids: Sequence[str], values: Mapping[str, Mapping[str, float]]) -> SetScores:
    measured_values = [values[qid] for qid in qids if qid in values]
    return SetScores(len(measured_values), len(qids) - len(measured_values), _means(measured_values))


def _means(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: fmean(row[name] for row in rows) for name in rows[0]} if rows else {}
