"""The result set of a search: what matches, in order, and what only comes near."""

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
)
from shangsou.search.context import SearchContext
from shangsou.search.facets import facet_requests
from shangsou.search.interpretation import Interpretation
from shangsou.search.ranking.collapse import spread_duplicates
from shangsou.search.ranking.fusion import Candidate
from shangsou.search.ranking.retrieval import RetrievalQuery, RetrievalResult, retrieve
from shangsou.search.request import SearchRequest
from shangsou.search.understanding.product_types import AskedTypes
from shangsou.search.understanding.understand import ParsedQuery


@dataclass(frozen=True, slots=True)
class ResultSet:
    """The matches within each set of filters that a search needs."""

    retrieval_query: RetrievalQuery
    """What the engine was asked for."""
    filters: Filters
    """Of the request, those in its words included."""
    facet_filters: Mapping[str, Filters]
    """Each facet to count, with the filters under which it is counted."""
    results: Mapping[Filters, RetrievalResult]
    """For each of these filters."""
    match_all: bool = False
    """Browsing: every product within the filters."""

    @property
    def matches(self) -> Sequence[Candidate]:
        """The candidates that match, best first."""
        return self.results[self.filters].matches

    @property
    def sold_out(self) -> Sequence[Candidate]:
        """The matches that come behind all that can be bought."""
        return self.results[self.filters].sold_out

    @property
    def related(self) -> Sequence[Candidate]:
        """The candidates that only come near, best first."""
        return self.results[self.filters].related

    @property
    def further_hits(self) -> Sequence[Hit]:
        """What matches, best first by words alone, as many as were asked for."""
        return self.results[self.filters].further_hits

    def candidate_set(self, filters: Filters) -> CandidateSet:
        """Return the matches within filters."""
        query, result = self.retrieval_query, self.results[filters]
        ranked = [candidate.product_id for candidate in result.matches]
        return CandidateSet(
            filters,
            query.lexical,
            tuple(spread_duplicates(ranked, result.listings)),
            tuple(candidate.product_id for candidate in result.sold_out),
            match_all=self.match_all,
            types=query.types,
            collapse=query.collapse,
        )


def collect_candidates(
    request: SearchRequest, asked: Interpretation, context: SearchContext, *, depth: int = 0
) -> ResultSet:
    """Return what a query finds within the filters of a request and those of its facets.

    Parameters
    ----------
    request, asked
        The request, with the filters that its words make, and what it asks for.
    context
        Of the search.
    depth
        How many matches are wanted one by one, as re-ranking does.
    """
    retrieval_query = RetrievalQuery(
        _lexical_query(asked.query, asked.types),
        asked.vector,
        scores_words=request.mode != "semantic",
        types=asked.types.condition,
        is_bare=asked.types.is_bare,
        wants_accessory=asked.types.wants_accessory,
        needs_all_words=asked.types.needs_all_words,
        facts=asked.facts.facts,
        is_facts=asked.facts.is_all,
        matches_all=asked.matches_all,
        collapse=request.collapse,
        preferred_prices=asked.preferred_prices,
        cosines=context.engine.generation.recipe.cosines,
    )
    facet_filters = facet_requests(request)
    filter_sets = list(dict.fromkeys([request.filters, *facet_filters.values()]))
    results = retrieve(retrieval_query, filter_sets, context.engine, context.recipe, depth)
    return ResultSet(retrieval_query, request.filters, facet_filters, results, asked.matches_all)


def fetch_page(
    result_set: ResultSet, page: Page, engine: Engine, order: Sequence[str] | None = None
) -> ResultPage:
    """Return total, page and facets of a result set, the facets in the order of its `facet_filters`.

    With `order`, ids of products that match, these come first, in this order, and behind them the
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
        listings = result_set.results[within].listings
        first = tuple(spread_duplicates(order, listings)[: page.offset + page.size])
        remaining = set(unordered.candidates).difference(first)
        candidate_sets[within] = replace(
            unordered, candidates=(*first, *filter(remaining.__contains__, unordered.candidates))
        )
    facets = [FacetRequest(name, candidate_sets[filters]) for name, filters in facet_filters.items()]
    return engine.fetch_page(candidate_sets[within], page, facets)


def _lexical_query(query: ParsedQuery, asked: AskedTypes) -> LexicalQuery | None:
    if not query.text:
        return None
    return query.lexical.tightened() if asked.needs_all_words else query.lexical
