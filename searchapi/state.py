"""State shared by the routes of one application."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from flask import current_app

from searchapi.event_service import EventService
from searchapi.metrics import Metrics
from searchapi.rate_limits import RateLimits
from shangsou.audit import AuditLog
from shangsou.customer_lists.lists import CustomerLists
from shangsou.engines.engine import Generation
from shangsou.engines.query import Filters
from shangsou.product import Product
from shangsou.recommend.shelf import RecommendRequest, Shelf
from shangsou.search.ranking.recipe import RankingRecipe
from shangsou.search.request import SearchRequest, SuggestRequest
from shangsou.search.response import SearchResponse
from shangsou.search.suggest import Suggestions
from shangsou.settings import Settings
from shangsou.updates.decision import Outcome
from shangsou.updates.operation import Operation

EXTENSION = "shangsou"


class ShopperSearch(Protocol):
    """What shoppers may ask of a searcher."""

    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer a search; raises NoIndex, RecipeMismatch or EngineUnavailable."""
        ...

    def suggest(self, request: SuggestRequest) -> Suggestions:
        """Return suggestions; raises as `search` does."""
        ...

    def recommend(self, request: RecommendRequest) -> Shelf | None:
        """Return a shelf, None if its anchor product does not exist; raises as `search` does."""
        ...

    def product(self, product_id: str) -> Product | None:
        """Return the product with this id, or None if it does not exist or is off sale."""
        ...

    def variants(self, product_id: str) -> list[Product]:
        """Return what is on sale of the group of a product, itself included; empty without others."""
        ...

    def known(self, product_ids: Sequence[str]) -> set[str]:
        """Return which of these are ids of products that are on sale."""
        ...


class SearchService(ShopperSearch, Protocol):
    """The searcher interface that the API needs; safe to call from many threads."""

    def product(self, product_id: str, within: Filters | None = None) -> Product | None:
        """Return the product with this id that passes filters, or None."""
        ...

    def variants(self, product_id: str, within: Filters | None = None) -> list[Product]:
        """Return what is on sale of the group of a product and passes filters; empty without others."""
        ...

    def known(self, product_ids: Sequence[str], within: Filters | None = None) -> set[str]:
        """Return which of these are ids of products that are on sale, and pass filters."""
        ...

    def stored(self, product_ids: Sequence[str]) -> dict[str, Product]:
        """Return the products with these ids that exist, on sale or not, as the catalog has them."""
        ...

    def update(self, operations: Sequence[Operation]) -> list[Outcome]:
        """Do operations on products, one behind the other; raises `UpdatesUnavailable` too."""
        ...

    def missing(self) -> list[str]:
        """Return the reasons why it cannot answer; empty if it is ready."""
        ...

    def warnings(self) -> list[str]:
        """Return what somebody should see to though it answers."""
        ...

    def generation(self) -> Generation | None:
        """Return the searched generation."""
        ...

    def ranking(self) -> RankingRecipe | None:
        """Return the ranking recipe that is live."""
        ...

    def close(self) -> None:
        """Release resources."""
        ...


@dataclass(frozen=True, slots=True)
class AppState:
    """The parts of a running application."""

    settings: Settings
    searcher: SearchService
    metrics: Metrics
    events: EventService
    audit: AuditLog
    lists: CustomerLists
    limits: RateLimits
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set when the server is to stop: from then on it is not ready."""


def state() -> AppState:
    """Return the state of the application that handles the current request."""
    app_state: AppState = current_app.extensions[EXTENSION]
    return app_state
