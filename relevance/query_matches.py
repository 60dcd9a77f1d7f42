"""The matches of a query, as a plain search retrieves them before it pages."""

from typing import NamedTuple

from shangsou.engines.query import Filters, Vector
from shangsou.search.context import SearchContext
from shangsou.search.request import SearchRequest
from shangsou.search.result_set import ResultSet, collect_candidates
from shangsou.search.understanding.constraints import intersect_filters
from shangsou.search.understanding.product_types import find_product_types
from shangsou.search.understanding.understand import ParsedQuery, understand


class QueryMatches(NamedTuple):
    """A query as it is understood, and its result set."""

    query: ParsedQuery
    vector: Vector | None
    """None where the query has nothing to encode, and without an encoder."""
    result_set: ResultSet


def collect_matches(typed: str, context: SearchContext, depth: int = 0) -> QueryMatches:
    """Return what a search without filters and facets finds for a query, as `search.search` does.

    With `depth`, also so many matches by words alone. Raises `EncoderUnavailable` and `EngineUnavailable`.
    """
    found = _collect(typed, context, depth, correct=True)
    correction = found.query.correction
    if correction is not None and correction.applied and not found.result_set.matches:
        as_typed = _collect(typed, context, depth, correct=False)
        return as_typed if as_typed.result_set.matches else found
    return found


def _collect(typed: str, context: SearchContext, depth: int, *, correct: bool) -> QueryMatches:
    query = understand(typed, context.recipe, context.lexicon, correct=correct)
    vector = None
    if context.encoder is not None and any(map(str.isalnum, query.text)):
        vector = context.encoder.encode([query.text])[0]
    filters = intersect_filters(Filters(), query.filters)
    browsing = not query.text and (filters != Filters() or not typed.strip())
    query, asked = find_product_types(query, vector, context.recipe, context.lexicon)
    # Without facets, which do not affect the order.
    request = SearchRequest(typed, filters)
    result_set = collect_candidates(request, query, vector, asked, context, match_all=browsing, depth=depth)
    return QueryMatches(query, vector, result_set)
