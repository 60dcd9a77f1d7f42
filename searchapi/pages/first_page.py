"""The answers that the server renders into a page: for slow phones, crawlers, browsers without scripts.

The page's script takes the same answers over, so that nothing is asked for twice.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from flask import Request

from searchapi.identity import with_trusted_identity
from searchapi.pages.shop_state import ShopState, to_payload
from searchapi.restricted_search import search_of_caller
from searchapi.schema.requests import parse_search_request
from searchapi.state import AppState
from shangsou.errors import ShangsouError
from shangsou.product import CATEGORY_SEPARATOR
from shangsou.recommend.shelf import RecommendRequest, ShelfItemJson, ShelfJson, ShelfKind, shelf_to_json
from shangsou.search.request import SuggestRequest
from shangsou.search.response import SearchResponse, response_to_json
from shangsou.search.response_json import HitJson, SearchJson

# A card's words: what else a product has is fetched with its page.
CARD_FIELDS = (
    "product_id",
    "title",
    "price_fen",
    "list_price_fen",
    "stock",
    "brand",
    "shop",
    "sales",
    "rating",
    "reviews",
    "image_url",
    "group_id",
)
# Two lines of a phone.
RELATED_SEARCHES = 8
SHELVES: Sequence[tuple[ShelfKind, str, frozenset[str]]] = (
    ("recent", "最近浏览", frozenset()),
    ("for-you", "为您推荐", frozenset({"trend", "sales"})),
    ("on-offer", "限时优惠", frozenset()),
    ("new", "新品上架", frozenset()),
    ("trending", "热卖趋势", frozenset({"sales"})),
)
"""Kind, title and what a row may not rest on alone: it would repeat what the page shows anyway."""
_MIN_ITEMS = 3

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PageShelf:
    """A row of recommendations."""

    kind: ShelfKind
    title: str
    query_id: str
    products: Sequence[ShelfItemJson]


class PopularSearches(NamedTuple):
    """Searches to begin with, under a title that says where they come from."""

    title: str = ""
    queries: Sequence[str] = ()

    @property
    def placeholders(self) -> list[str]:
        """Return them as the search box shows them in turn."""
        return [f"{self.title}：{query}" for query in self.queries]


NO_SEARCHES = PopularSearches()


def search_first_page(state: ShopState, app: AppState, request: Request, session_id: str) -> SearchResponse:
    """Return the answer to the search of an address; raises as the API does.

    It is not recorded as the shopper's: crawlers ask for pages too. The page's script records it.
    """
    search_request = parse_search_request({**to_payload(state), "session_id": session_id})
    search_request, _ = with_trusted_identity(search_request, request)
    response = search_of_caller().search(search_request)
    app.metrics.count_search(search_request, response)
    return response


def for_cards(response: SearchResponse) -> SearchJson:
    """Return the JSON form of a response with what its page shows of each product."""
    answer = response_to_json(response)
    trimmed = {
        **answer,
        "hits": [_for_card(hit) for hit in answer["hits"]],
        "related": [_for_card(hit) for hit in answer["related"]],
    }
    return cast("SearchJson", trimmed)


def shelves_for(request: Request, session_id: str) -> list[PageShelf]:
    """Return the rows of the first page of the shop; one that fails or has nothing to show is left out."""
    shelves = [
        PageShelf(kind, title, shelf["query_id"], shelf["items"])
        for kind, title, elsewhere in SHELVES
        if (shelf := _shelf(request, RecommendRequest(kind, session_id=session_id)))
        if not elsewhere.issuperset(shelf["basis"])
    ]
    distinct = [_without_recent_groups(shelf, shelves) for shelf in shelves]
    return [
        shelf for shelf in distinct if len(shelf.products) >= (1 if shelf.kind == "recent" else _MIN_ITEMS)
    ]


def popular_searches(answer: SearchJson) -> PopularSearches:
    """Return what shoppers search for most by the log; without one, large categories below the top."""
    if queries := _suggested(""):
        return PopularSearches("大家在搜", queries[:RELATED_SEARCHES])
    paths = [value["value"] for value in answer["facets"].get("category", ())]
    leaves = [path for path in paths if not any(other.startswith(f"{path}>") for other in paths)]
    below_top = [path.rpartition(CATEGORY_SEPARATOR) for path in leaves]
    names = dict.fromkeys(name for parent, _, name in below_top if parent)
    return PopularSearches("试试搜", list(names)[:RELATED_SEARCHES])


def related_searches(query: str) -> list[str]:
    """Return searches that go on from a query or are near it."""
    return [text for text in _suggested(query) if text != query]


def _suggested(typed: str) -> list[str]:
    try:
        found = search_of_caller().suggest(SuggestRequest(typed, RELATED_SEARCHES + 1, 0))
    except ShangsouError as reason:
        log.warning("no suggestions for a page: %s", reason)
        return []
    return [suggestion.value for suggestion in found.suggestions if suggestion.kind == "query"]


def _shelf(request: Request, shelf_request: RecommendRequest) -> ShelfJson | None:
    shelf_request, _ = with_trusted_identity(shelf_request, request)
    try:
        shelf = search_of_caller().recommend(shelf_request)
    except ShangsouError as reason:
        log.warning("no %s on a page: %s", shelf_request.kind, reason)
        return None
    return None if shelf is None else shelf_to_json(shelf)


def _without_recent_groups(shelf: PageShelf, shelves: Sequence[PageShelf]) -> PageShelf:
    """Return a row without other variants of what the row of recently seen products shows."""
    seen = {
        group
        for other in shelves
        if other.kind == "recent"
        for item in other.products
        if (group := item["product"].get("group_id"))
    }
    if shelf.kind != "for-you" or not seen:
        return shelf
    others = [item for item in shelf.products if item["product"].get("group_id") not in seen]
    return PageShelf(shelf.kind, shelf.title, shelf.query_id, others)


def _for_card(hit: HitJson) -> Mapping[str, object]:
    kept = {name: value for name, value in hit.items() if name not in ("score", "explain")}
    product = {name: value for name, value in hit["product"].items() if name in CARD_FIELDS}
    return {**kept, "product": product, "highlight": {"title": hit["highlight"].get("title", "")}}
