"""A cache of the candidates that each query retrieves, since queries repeat."""

from collections.abc import Iterable
from typing import NamedTuple

from relevance.query_matches import collect_matches
from shangsou.behaviour.event import Event
from shangsou.engines.query import Vector
from shangsou.search.context import SearchContext
from shangsou.search.personal.candidates import CandidateFeatures
from shangsou.search.personal.group_keys import read_group_keys
from shangsou.search.personal.rerank import load_candidates, make_pool


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
        self._group_keys: dict[str, str] = {}

    def group_keys(self, events: Iterable[Event]) -> dict[str, str]:
        """Return the keys of the groups of the products in events; raises `EngineUnavailable`."""
        ids = {event.product_id for event in events if event.product_id}
        self._group_keys |= read_group_keys(self.context.engine, ids - self._group_keys.keys())
        return self._group_keys

    def of(self, query: str) -> QueryCandidates:
        """Return the candidates and the vector of a query without filters."""
        if query not in self._by_query:
            self._by_query[query] = self._search(query)
        return self._by_query[query]

    def _search(self, typed: str) -> QueryCandidates:
        depth = self.context.recipe.personal_candidates
        query, vector, result_set = collect_matches(typed, self.context, depth)
        if not query.text:
            return QueryCandidates(None, None)
        pool = make_pool(result_set.matches, result_set.further_hits, depth)
        asked_types = [prediction.name for prediction in query.understood.product_types]
        candidates = load_candidates(pool, query.text, self.personalizer.reader, asked_types)
        return QueryCandidates(candidates, vector)
