"""The result set of a search: candidates in order, and what matches strictly beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shangsou.engines.engine import Engine
from shangsou.engines.query import (
    CandidateSet,
    FacetRequest,
    Filters,
    Hit,
    LexicalQuery,
    Page,
    ResultPage,
    Vector,
)
from shangsou.search.context import SearchContext
from shangsou.search.facets import facet_requests
from shangsou.search.ranking.category_demotion import demote_other_categories
from shangsou.search.ranking.fusion import Candidate
from shangsou.search.ranking.retrieval import RetrievalQuery, retrieve
from shangsou.search.request import SearchRequest
from shangsou.search.understanding.understand import ParsedQuery


@dataclass(frozen=True, slots=True)
class ResultSet:
    """A candidate set for each set of filters that a search needs, in order."""

    retrieval_query: RetrievalQuery
    """What the engine was asked for. What matches its lexical part strictly is found."""
    filters: Filters
    """Of the request, those in its words included."""
    facet_filters: Mapping[str, Filters]
    """Each facet to count, with the filters under which it is counted."""
    candidates: Mapping[Filters, Sequence[Candidate]]
    """For each of these filters, best first."""
    match_all: bool = False
    """Browsing: every product within the filters."""
    strict_hits: Sequence[Hit] = ()
    """What matches strictly within the filters of the request, best first, as many as were asked for."""

    def candidate_set(self, filters: Filters) -> CandidateSet:
        """Return the candidate set within filters."""
        product_ids = tuple(candidate.product_id for candidate in self.candidates[filters])
        return CandidateSet(filters, self.retrieval_query.lexical, product_ids, match_all=self.match_all)


def collect_candidates(  # noqa: PLR0913 - a query, its vector, and how much is wanted
    request: SearchRequest,
    query: ParsedQuery,
    vector: Vector | None,
    context: SearchContext,
    *,
    match_all: bool = False,
    strict_depth: int = 0,
) -> ResultSet:
    """Return what a query finds within the filters of a request and those of its facets.

    Parameters
    ----------
    request, query, vector
        The query as it is understood, and its vector; None where there is none.
    context
        Of the search.
    match_all
        Browsing: every product within the filters is found.
    strict_depth
        How many of the strict matches are wanted one by one, as re-ranking does.
    """
    # Without a vector a semantic search, too, goes by words.
    use_lexical = bool(query.text) and (request.mode != "semantic" or vector is None)
    retrieval_query = RetrievalQuery(query.lexical if use_lexical else None, vector)
    facet_filters = facet_requests(request)
    filter_sets = [request.filters, *facet_filters.values()]
    candidates, strict_hits = retrieve(
        retrieval_query, filter_sets, context.engine, context.recipe, strict_depth
    )
    if not request.filters.categories:
        predicted = query.understood.categories
        candidates[request.filters] = demote_other_categories(
            candidates[request.filters], predicted, context.engine, context.recipe
        )
    return ResultSet(retrieval_query, request.filters, facet_filters, candidates, match_all, strict_hits)


def fetch_page(
    result_set: ResultSet, page: Page, engine: Engine, order: Sequence[str] | None = None
) -> ResultPage:
    """Return total, page and facets of a result set, the facets in the order of its `facet_filters`.

    With `order`, ids of products that were found, these come first, in this order, and behind them the
    other candidates in theirs.
    """
    within, facet_filters = result_set.filters, result_set.facet_filters
    candidate_sets = {
        filters: result_set.candidate_set(filters) for filters in {within, *facet_filters.values()}
    }
    if order is not None:
        # Before facets are asked for: over the set of the page an engine counts with the page's own search.
        # As far as the page goes: what stands behind it is found in any case.
        unordered = candidate_sets[within]
        first = tuple(order[: page.offset + page.size])
        remaining = set(unordered.candidates).difference(first)
        candidate_sets[within] = replace(
            unordered, candidates=(*first, *filter(remaining.__contains__, unordered.candidates))
        )
    facets = [FacetRequest(name, candidate_sets[filters]) for name, filters in facet_filters.items()]
    return engine.fetch_page(candidate_sets[within], page, facets)


def extended(result_set: ResultSet, further: ResultSet, first: Sequence[str]) -> ResultSet:
    """Return what was found, with what a shorter query finds behind it.

    What only the shorter query finds is in neither leg of the query itself: it scores 0.

    Parameters
    ----------
    result_set, further
        Of the query and of the shorter one, within the same filters.
    first
        Ids of all that the query itself found within the filters of the request, in order.
    """
    own_candidates = result_set.candidates[result_set.filters]
    candidate_by_id = {candidate.product_id: candidate for candidate in own_candidates}
    candidates = {**result_set.candidates}
    candidates[result_set.filters] = [
        candidate_by_id.get(product_id, Candidate(product_id, 0.0, None, None)) for product_id in first
    ]
    return ResultSet(
        replace(
            result_set.retrieval_query,
            lexical=_match_either(result_set.retrieval_query.lexical, further.retrieval_query.lexical),
        ),
        result_set.filters,
        result_set.facet_filters,
        {
            within: [*own, *_new_candidates(own, further.candidates[within])]
            for within, own in candidates.items()
        },
    )


def _new_candidates(own: Sequence[Candidate], further: Sequence[Candidate]) -> list[Candidate]:
    known_ids = {candidate.product_id for candidate in own}
    return [
        Candidate(candidate.product_id, 0.0, None, None)
        for candidate in further
        if candidate.product_id not in known_ids
    ]


def _match_either(lexical: LexicalQuery | None, further: LexicalQuery | None) -> LexicalQuery | None:
    """Return a query that products match strictly when they match either; they score as the first has it."""
    if lexical is None or further is None:
        return lexical or further
    unscored = [replace(variant, weights={}, alternatives=()) for variant in further.variants]
    return replace(lexical, alternatives=(*lexical.alternatives, *unscored))
