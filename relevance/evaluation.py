"""Judged queries against a searcher: search each one, measure, and take means by set."""

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

# Hits a query: what recall@100 needs, and one page.
DEPTH = MAX_PAGE_SIZE


class SearchProvider(Protocol):
    """Answers searches: a `Searcher`, or a substitute with another ranking."""

    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer a search."""
        ...


@dataclass(frozen=True, slots=True)
class SetScores:
    """The means over the queries of one set."""

    queries: int
    """Those that were measured: they have at least one relevant product."""
    left_out: int
    """The others."""
    values: Mapping[str, float]
    """Mean by measure; empty when no query was measured."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What a run is worth."""

    queries: Mapping[str, Mapping[str, float]]
    """By query id and measure; queries without a relevant product are left out."""
    sets: Mapping[str, SetScores]
    """In the order of the queries."""
    tags: Mapping[str, SetScores]
    """By tag, in the order in which they first come; a query counts for each of its tags."""
    mean: Mapping[str, float]
    """Over the sets that have values: each counts the same, however many queries it has."""
    measures: tuple[Measure, ...]
    """What was measured, in the order asked for."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run and what it is worth."""

    run: Run
    scores: Scores
    degraded: Mapping[str, tuple[Degradation, ...]]
    """What failed, by query id, for the searches that were not answered in full."""


def evaluate(  # noqa: PLR0913 - what to search, and how to measure it
    searcher: SearchProvider,
    queries: Iterable[Query],
    qrels: Qrels,
    mode: Mode = "hybrid",
    *,
    measures: Sequence[Measure] = DEFAULT_MEASURES,
    graded: bool = False,
) -> Evaluation:
    """Return what the searcher finds for each query and how good that is.

    The queries are gone through once, so they may come wrapped in a progress bar. With `graded`,
    nDCG counts grades as gains; else every relevant product gains 1.
    """
    searched_queries: list[Query] = []
    run: dict[str, Sequence[Hit]] = {}
    degraded: dict[str, tuple[Degradation, ...]] = {}
    for query in queries:
        searched_queries.append(query)
        # Personalized results would measure the shopper, not the ranking.
        response = searcher.search(SearchRequest(query.text, mode=mode, size=DEPTH, personalize=False))
        run[query.qid] = [Hit(hit.product.product_id, hit.score) for hit in response.hits]
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
    """Return what a run is worth; a query that the run does not have found nothing."""
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
