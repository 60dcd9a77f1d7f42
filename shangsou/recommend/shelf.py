"""The request for a shelf and the shelf itself, with its JSON form."""

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

from typing_extensions import TypedDict

from shangsou.behaviour.history import new_query_id
from shangsou.degradation import Degradation, DegradationJson, degradations_to_json
from shangsou.engines.query import Filters
from shangsou.product import Product, ProductJson, product_to_json

ShelfKind = Literal[
    "similar", "together", "for-you", "trending", "new", "on-offer", "cross-category", "recent"
]
KINDS: tuple[ShelfKind, ...] = get_args(ShelfKind)
# Shelves for a product; the others are for a shopper.
PRODUCT_KINDS: frozenset[ShelfKind] = frozenset({"similar", "together", "cross-category"})
DEFAULT_SIZE = 12
MAX_SIZE = 50
_QUERY_ID = re.compile(r"shelf-([a-z-]+)-[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class RecommendRequest:
    """The request for a shelf."""

    kind: ShelfKind
    product_id: str = ""
    """The id of the anchor product, for the kinds in `PRODUCT_KINDS`."""
    user_id: str = ""
    session_id: str = ""
    size: int = DEFAULT_SIZE
    personalize: bool = True
    """False: as for an unknown shopper."""
    within: Filters | None = None
    """What the caller may see; None: all products."""


class ShelfCandidate(NamedTuple):
    """A candidate product for a shelf."""

    product_id: str
    reason: str
    """For shoppers, in Chinese: `买了“碎花连衣裙”的人还买了`."""
    basis: str
    """The source: `bought` and `viewed` together with something; `alike`: together with a similar product;
    `content`: a similar title; `trend`; `sales`; `new`; `explore`: drawn; `offer`; `category`; `history`;
    `pinned`."""


class ShelfItem(NamedTuple):
    """A product on a shelf."""

    product: Product
    reason: str
    basis: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """A shelf: the response to a `RecommendRequest`."""

    kind: ShelfKind
    items: tuple[ShelfItem, ...]
    degraded: tuple[Degradation, ...]
    """A line for each part that failed, as in a search."""
    took_ms: float
    query_id: str
    """The id of this response: events with it happened on this shelf."""

    @property
    def basis(self) -> tuple[str, ...]:
        """The distinct sources of its products, which show whether a fallback was used."""
        return tuple(dict.fromkeys(item.basis for item in self.items))


class ShelfItemJson(TypedDict):
    """A product on a shelf."""

    product_id: str
    product: ProductJson
    reason: str
    """For shoppers, as `买了“碎花连衣裙”的人还买了`."""
    basis: str
    """What it rests on, as `bought`, `content`, `sales`."""


class ShelfJson(TypedDict):
    """What a shelf shows."""

    query_id: str
    """Of this answer; send it with events that happen on the shelf."""
    kind: ShelfKind
    items: list[ShelfItemJson]
    basis: list[str]
    """What its products rest on, each once; `sales` is the last resort."""
    degraded: list[DegradationJson]
    took_ms: float


def new_shelf_id(kind: ShelfKind) -> str:
    """Return the `query_id` of a shelf made now, which contains its kind."""
    return f"shelf-{kind}-{new_query_id()}"


def kind_of_shelf(query_id: str) -> str:
    """Return the kind of the shelf with this `query_id`; empty for a search's or an unknown one."""
    match = _QUERY_ID.fullmatch(query_id)
    return match[1] if match and match[1] in KINDS else ""


def shelf_to_json(shelf: Shelf) -> ShelfJson:
    """Return a shelf as plain JSON values, in the shape of the HTTP API."""
    return {
        "query_id": shelf.query_id,
        "kind": shelf.kind,
        "items": [
            {
                "product_id": item.product.product_id,
                "product": product_to_json(item.product),
                "reason": item.reason,
                "basis": item.basis,
            }
            for item in shelf.items
        ],
        "basis": list(shelf.basis),
        "degraded": degradations_to_json(shelf.degraded),
        "took_ms": shelf.took_ms,
    }
