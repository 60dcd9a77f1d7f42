"""A cache of the candidates that each query retrieves, since queries repeat."""

from typing import NamedTuple

from shangsou.engines.query import Filters, Vector
from shangsou.search.context import SearchContext
from shangsou.search.personal.candidates import CandidateFeatures
from shangsou.search.personal.rerank import load_candidates, make_pool
from shangsou.search.request import SearchRequest
from shangsou.search.result_set import collect_candidates
from shangsou.search.understanding.constraints import intersect_filters
from shangsou.search.understanding.product_types import find_product_types
from shangsou.search.understanding.understand import understand


class QueryCandidates(NamedTuple):
    """The candidates and the vector of a query."""

    candidates: CandidateFeatures | None
    """None if nothing was found."""
    vector: Vector | None


class CandidateCache:
    """Caches the results of a plain search for each query: the same products in the same order.

    The index must not be switched meanwhile.
    """

    def __init__(self, context: SearchContext) -> None:
        if context.personalizer is None:
            raise ValueError("candidates are loaded by a personalizer, and this context has none")
        self.context = context
        self.personalizer = context.personalizer
        self._by_query: dict[str, QueryCandidates] = {}

    def of(self, query: str) -> QueryCandidates:
        """Return the candidates and the vector of a query without filters."""
        if query not in self._by_query:
            self._by_query[query] = self._search(query)
        return self._by_query[query]

    def _search(self, typed: str) -> QueryCandidates:
        encoder, recipe = self.context.encoder, self.context.recipe
        query = understand(typed, recipe, self.context.lexicon)
        if not query.text:
            return QueryCandidates(None, None)
        vector = encoder.encode([query.text])[0] if encoder is not None else None
        query, asked = find_product_types(query, vector, recipe, self.context.lexicon)
        filters = intersect_filters(Filters(), query.filters)
        # Without facets, which do not affect the order.
        depth = recipe.personal_candidates
        result_set = collect_candidates(
            SearchRequest(typed, filters), query, vector, asked, self.context, depth=depth
        )
        pool = make_pool(result_set.matches, result_set.further_hits, depth)
        return QueryCandidates(load_candidates(pool, query.text, self.personalizer.reader), vector)
