"""The orders that a shop page offers: those for which the catalog has data."""

import threading

from searchapi.state import ShopperSearch
from shangsou.engines.engine import Generation
from shangsou.engines.query import Filters, Sort
from shangsou.product import Product
from shangsou.search.request import SearchRequest

# Kept at a time, of as many shops.
_MAX_PARTS = 64


class SortOrders:
    """Knows which orders the current generation has data for; asks once a generation."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._generation = ""
        self._sorts: dict[Filters | None, tuple[Sort, ...]] = {}
        """By what a caller sees."""

    def offered(
        self, generation: Generation | None, search: ShopperSearch, within: Filters | None
    ) -> tuple[Sort, ...]:
        """Return the orders to offer who sees a part of the catalog; raises as a search does."""
        name = generation.name if generation else ""
        with self._lock:
            if name != self._generation or len(self._sorts) > _MAX_PARTS:
                self._generation, self._sorts = name, {}
            known = self._sorts.get(within)
        if known is not None and name:
            return known
        sorts = _with_data(search)
        with self._lock:
            self._sorts[within] = sorts
        return sorts


def _with_data(search: ShopperSearch) -> tuple[Sort, ...]:
    def first(sort: Sort) -> Product | None:
        request = SearchRequest(sort=sort, size=1, personalize=False)
        return next((hit.product for hit in search.search(request).hits), None)

    sorts: list[Sort] = ["relevance"]
    # The first of each order has a value if any product has one.
    if (best := first("sales")) and best.sales > 0:
        sorts.append("sales")
    if (cheapest := first("price_asc")) and cheapest.price_fen is not None:
        sorts += ["price_asc", "price_desc"]
    if (best := first("rating")) and best.rating is not None:
        sorts.append("rating")
    if (newest := first("newest")) and newest.created_at is not None:
        sorts.append("newest")
    return tuple(sorts)
