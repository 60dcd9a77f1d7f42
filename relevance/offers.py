"""What searches had to offer, once for each query: the same queries come again and again."""

from typing import NamedTuple

from shangsou.engines.query import Filters, Vector
from shangsou.search.constraints import narrowed
from shangsou.search.finding import find
from shangsou.search.personal.offer import Offer
from shangsou.search.personal.rerank import look_at, make_pool
from shangsou.search.request import SearchRequest
from shangsou.search.searcher import SearchParts
from shangsou.search.understand import understand


class Searched(NamedTuple):
    """What a search for a query has to work with."""

    offer: Offer | None
    """None where nothing was found."""
    vector: Vector | None


class Offers:
    """What a plain search for each query shows: the same products in the same order.

    Where a search finds so little that it is widened, what only the wider one shows is not in its offer:
    such a search is not re-ranked. The index is not to be switched meanwhile.
    """

    def __init__(self, parts: SearchParts) -> None:
        self.parts = parts
        self._known: dict[str, Searched] = {}

    def of(self, query: str) -> Searched:
        """Return what the search for a query, without filters, has to work with."""
        if query not in self._known:
            self._known[query] = self._search(query)
        return self._known[query]

    def _search(self, typed: str) -> Searched:
        engine, encoder, recipe = self.parts.engine, self.parts.encoder, self.parts.recipe
        query = understand(typed, recipe, self.parts.lexicon)
        if not query.text:
            return Searched(None, None)
        vector = encoder.encode([query.text])[0] if encoder is not None else None
        filters = narrowed(Filters(), query.filters)
        # Without facets, which have no say in the order.
        depth = recipe.personal_candidates
        finding = find(SearchRequest(typed, filters), query, vector, engine, recipe, strict_depth=depth)
        fused = finding.candidates[filters]
        pool = make_pool(fused, finding.strict, depth)
        return Searched(look_at(pool, query.text, self.parts.personaliser.reader), vector)
