"""Searches of the caller of a request: of everything, or of what the filters of a key let through."""

from collections.abc import Sequence
from dataclasses import replace

from searchapi.authorization import caller, require_unless_public
from searchapi.keys import Role
from searchapi.state import SearchService, ShopperSearch, state
from shangsou.engines.query import Filters
from shangsou.product import Product
from shangsou.recommend.shelf import RecommendRequest, Shelf
from shangsou.search.request import SearchRequest, SuggestRequest
from shangsou.search.response import SearchResponse
from shangsou.search.suggest import Suggestions


def search_of_caller(role: Role = "search") -> ShopperSearch:
    """Return what answers the caller of the current request.

    Raises `Forbidden` where not anybody may shop here, and the caller lacks the role.
    """
    require_unless_public(role)
    within = caller().within
    return state().searcher if within is None else RestrictedSearch(state().searcher, within)


class RestrictedSearch:
    """Answers as if there were no other products than those that pass filters.

    Suggestions and corrections are learnt from all products, and would tell of the others: there are none.
    """

    def __init__(self, searcher: SearchService, within: Filters) -> None:
        self._searcher, self._within = searcher, within

    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer a search as it was typed."""
        return self._searcher.search(replace(request, within=self._within, correct=False))

    def suggest(self, request: SuggestRequest) -> Suggestions:
        """Return no suggestions."""
        return Suggestions(request.typed, (), (), 0.0)

    def recommend(self, request: RecommendRequest) -> Shelf | None:
        """Return a shelf, None if its anchor product is not to be seen."""
        return self._searcher.recommend(replace(request, within=self._within))

    def product(self, product_id: str) -> Product | None:
        """Return the product with this id, None if it is not to be seen."""
        return self._searcher.product(product_id, self._within)

    def variants(self, product_id: str) -> list[Product]:
        """Return what is to be seen of the group of a product, itself included; empty without others."""
        return self._searcher.variants(product_id, self._within)

    def known(self, product_ids: Sequence[str]) -> set[str]:
        """Return which of these are ids of products that are to be seen."""
        return self._searcher.known(product_ids, self._within)
