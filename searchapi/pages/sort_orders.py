"""The orders that a shop page offers: those for which the catalog has data."""

import threading

from searchapi.state import SearchService
from shangsou.engines.query import Sort
from shangsou.product import Product
from shangsou.search.request import SearchRequest


class SortOrders:
    """Knows which orders the current generation has data for; asks the searcher once a generation."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._generation = ""
        self._sorts: tuple[Sort, ...] = ()

    def offered(self, searcher: SearchService) -> tuple[Sort, ...]:
        """Return the orders to offer; raises as a search does."""
        generation = searcher.generation()
        name = generation.name if generation else ""
        with self._lock:
            if name and name == self._generation:
                return self._sorts
        sorts = _with_data(searcher)
        with self._lock:
            self._generation, self._sorts = name, sorts
        return sorts


def _with_data(searcher: SearchService) -> tuple[Sort, ...]:
    def first(sort: Sort) -> Product | None:
        request = SearchRequest(sort=sort, size=1, personalize=False)
        return next((hit.product for hit in searcher.search(request).hits), None)

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
