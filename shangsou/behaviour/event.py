"""The event record: one action of a shopper."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

SEARCH: Final = "search"
IMPRESSION: Final = "impression"
CLICK: Final = "click"
VIEW: Final = "view"
FAVORITE: Final = "favorite"
ADD_TO_CART: Final = "add_to_cart"
PURCHASE: Final = "purchase"
PRODUCT_ACTIONS: Final = frozenset({IMPRESSION, CLICK, VIEW, FAVORITE, ADD_TO_CART, PURCHASE})
"""Actions on a product. Any other action is stored unchanged and does not affect profiles."""
PREFERENCE_ACTIONS: Final = PRODUCT_ACTIONS - {IMPRESSION}
"""Actions that show a preference. An impression is our action, not the shopper's."""


@dataclass(frozen=True, slots=True)
class Event:
    """One action of a shopper. Empty text and None mean that the value is unknown."""

    event_id: str
    """The same event sent twice has the same id and counts once."""
    action: str
    """`search`, `impression`, `click`, `view`, `favorite`, `add_to_cart`, `purchase`, or a shop's own."""
    at: datetime
    """Aware, UTC."""
    user_id: str = ""
    session_id: str = ""
    query_id: str = ""
    """The id of the search in whose results it happened."""
    query: str = ""
    """As the shopper typed it."""
    product_id: str = ""
    position: int | None = None
    """Position of the product in the results, from 1."""
    price_fen: int | None = None
    """The price of one piece."""
    quantity: int | None = None
    order_id: str = ""
    results: tuple[str, ...] = ()
    """For a search that the server recorded: the products shown, in order."""


def event_to_json(event: Event) -> dict[str, object]:
    """Return an event as UBI 1.3 writes it, with our `event_id`; unknown values are left out.

    Price, quantity, order and results are not part of UBI: they go into `event_attributes`, as it allows.
    """
    attributes: dict[str, object] = {
        "object": {"object_id": event.product_id, "object_id_type": "product"} if event.product_id else None,
        "position": None if event.position is None else {"ordinal": event.position},
        "price": None if event.price_fen is None else event.price_fen / 100,
        "quantity": event.quantity,
        "order_id": event.order_id,
        "results": list(event.results),
    }
    return _without_empty(
        {
            "event_id": event.event_id,
            "action_name": event.action,
            "timestamp": event.at.isoformat(),
            "user_id": event.user_id,
            "session_id": event.session_id,
            "query_id": event.query_id,
            "user_query": event.query,
            "event_attributes": _without_empty(attributes),
        }
    )


def _without_empty(payload: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in payload.items() if value not in ("", None, {}, [])}
