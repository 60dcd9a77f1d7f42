"""The event: one thing that a shopper did."""

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
"""Actions that are done to a product. Any other name is kept as it comes and has no say in a profile."""
PREFERENCE_ACTIONS: Final = PRODUCT_ACTIONS - {IMPRESSION}
"""What shows a preference. That a product was shown says what we did, not what the shopper did."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a shopper did. Empty text and None mean that the event does not say."""

    event_id: str
    """The same event sent twice has the same id and counts once."""
    action: str
    """`search`, `impression`, `click`, `view`, `favorite`, `add_to_cart`, `purchase`, or a shop's own."""
    at: datetime
    """Aware, UTC."""
    user_id: str = ""
    session_id: str = ""
    query_id: str = ""
    """Of the search in whose results it happened."""
    query: str = ""
    """As the shopper typed it."""
    product_id: str = ""
    position: int | None = None
    """Place of the product in the results, from 1."""
    price_fen: int | None = None
    """Of one piece."""
    quantity: int | None = None
    order_id: str = ""
    results: tuple[str, ...] = ()
    """Of a search that the server recorded: the products it showed, in order."""


def event_to_json(event: Event) -> dict[str, object]:
    """Return an event as UBI 1.3 writes it, with our `event_id`; what it does not say is left out.

    Price, quantity, order and results are no part of UBI: they stand in `event_attributes`, as it allows.
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
