"""Evaluate a searcher against judged queries: search each one, measure, and average by set."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Protocol

from relevance.groups import UNGROUPED, ProductGroups, ProductSource, products_to_judge, read_groups
from relevance.judgements import Qrels, Query, has_relevant
from relevance.metrics import DEFAULT_MEASURES, Measure, measure
from relevance.runs import Run, ids_of_run
from shangsou.degradation import Degradation
from shangsou.engines.query import Hit
from shangsou.search.request import MAX_DEPTH, MAX_PAGE_SIZE, Mode, SearchRequest
from shangsou.search.response import SearchResponse

# Hits for each query: enough for recall@100, and one page.
DEPTH = MAX_PAGE_SIZE


class SearchProvider(ProductSource, Protocol):
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
    """Mean by measure, over the queries that have it; empty when no query was measured."""


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of a run."""

    queries: Mapping[str, Mapping[str, float]]
    """By query id and measure; left out are queries without a relevant product, and what a query lacks."""
    sets: Mapping[str, SetScores]
    """In the order of the queries."""
    tags: Mapping[str, SetScores]
    """By tag, in order of first occurrence; a query counts for each of its tags."""
    mean: Mapping[str, float]
    """Over the sets with a value, with equal weight, however many queries they have."""
    measures: tuple[Measure, ...]
    """The measures, in the order requested."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run and its scores."""

    run: Run
    scores: Scores
    degraded: Mapping[str, tuple[Degradation, ...]]
    """The failed parts of degraded searches, by query id."""
    groups: ProductGroups = UNGROUPED
    """Of the products that were judged or found."""
    took_ms: tuple[float, ...] = ()
    """Of each search, in the order of the queries."""
    without_matches: int = 0
    """Searches that nothing matches."""


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

    Judgements count by group: a hit has the best grade of its variants, and a group is to be found once. The
    queries are iterated once, so they may be wrapped in a progress bar. With `graded`, nDCG counts grades
    as gains; otherwise every relevant product has gain 1. Measures of all matches read further pages.
    """
    searched_queries: list[Query] = []
    run: dict[str, Sequence[Hit]] = {}
    matches: dict[str, Sequence[str]] = {}
    reads_all = any(measure.needs_all_matches for measure in measures)
    degraded: dict[str, tuple[Degradation, ...]] = {}
    took_ms: list[float] = []
    without_matches = 0
    for query in queries:
        searched_queries.append(query)
        # Personalized results would measure the shopper, not the ranking.
        request = SearchRequest(query.text, mode=mode, size=DEPTH, personalize=False)
        response = searcher.search(request)
        shown = [*response.hits, *(related.hit for related in response.related)]
        further = _further_matches(searcher, request, response) if reads_all else []
        matches[query.qid] = [*(hit.product.product_id for hit in response.hits), *further]
        run[query.qid] = [Hit(hit.product.product_id, hit.score) for hit in shown[:DEPTH]]
        took_ms.append(response.took_ms)
        without_matches += response.total == 0
        if response.degraded:
            degraded[query.qid] = response.degraded
    groups = read_groups(searcher, products_to_judge(qrels, ids_of_run(run), matches))
    scores = score(
        run, searched_queries, qrels, measures=measures, graded=graded, matches=matches, groups=groups
    )
    return Evaluation(run, scores, degraded, groups, tuple(took_ms), without_matches)


def score(  # noqa: PLR0913 - what was found, and how to measure it
    run: Run,
    queries: Sequence[Query],
    qrels: Qrels,
    *,
    measures: Sequence[Measure] = DEFAULT_MEASURES,
    graded: bool = False,
    matches: Mapping[str, Sequence[str]] | None = None,
    groups: ProductGroups = UNGROUPED,
) -> Scores:
    """Return the scores of a run; a query that is missing from it counts as without hits.

    Of several hits of a group the first counts, and the others are passed over. Measures of the matches need
    their ids by query id, and raise `ValueError` where they are None.
    """
    values = {
        query.qid: measure(
            groups.distinct(hit.product_id for hit in run.get(query.qid, ())),
            groups.grades(qrels[query.qid]),
            measures,
            graded=graded,
            matches=None if matches is None else groups.distinct(matches.get(query.qid, ())),
        )
        for query in queries
        if has_relevant(qrels, query.qid)
    }
    sets = {name: _set_scores(qids, values) for name, qids in qids_by_set(queries).items()}
    tags = {name: _set_scores(qids, values) for name, qids in qids_by_tag(queries).items()}
    mean = _means([scores.values for scores in sets.values() if scores.values])
    return Scores(values, sets, tags, mean, tuple(measures))


def _further_matches(searcher: SearchProvider, request: SearchRequest, response: SearchResponse) -> list[str]:
    """Return the ids of the matches on the pages behind the first, as far as one can page."""
    last_page = -(-min(response.total, MAX_DEPTH) // request.size)
    return [
        hit.product.product_id
        for page in range(2, last_page + 1)
        for hit in searcher.search(replace(request, page=page, query_id=response.query_id)).hits
    ]


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
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: fmean(row[name] for row in rows if name in row) for name in names}
