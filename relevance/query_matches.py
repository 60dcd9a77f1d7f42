"""The matches of a query, as a plain search retrieves them before it pages."""

from dataclasses import replace
from typing import NamedTuple

from shangsou.engines.query import Vector
from shangsou.errors import EncoderUnavailable
from shangsou.search.context import SearchContext
from shangsou.search.interpretation import interpret
from shangsou.search.request import SearchRequest
from shangsou.search.result_set import ResultSet, collect_candidates
from shangsou.search.understanding.understand import ParsedQuery


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
    request = SearchRequest(typed, correct=correct)
    asked = interpret(request, context)
    if context.encoder is not None and asked.degraded:
        raise EncoderUnavailable(asked.degraded[0].message)
    # Without facets, which do not affect the order.
    result_set = collect_candidates(replace(request, filters=asked.filters), asked, context, depth=depth)
    return QueryMatches(asked.query, asked.vector, result_set)
