"""Events and the state of shoppers as documents."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from shangsou.behaviour.event import PREFERENCE_ACTIONS, Event

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def event_document(event: Event, owner: str, received_us: int) -> dict[str, object]:
    """Return the document of an event."""
    return {
        "event_id": event.event_id,
        "at_us": to_us(event.at),
        "received_us": received_us,
        "telling": event.action in PREFERENCE_ACTIONS,
        "owner": owner,
        "action": event.action,
        "user_id": event.user_id,
        "session_id": event.session_id,
        "query_id": event.query_id,
        "query": event.query,
        "product_id": event.product_id,
        "position": event.position,
        "price_fen": event.price_fen,
        "quantity": event.quantity,
        "order_id": event.order_id,
        "results": list(event.results),
    }


def read_event(document: Mapping[str, Any]) -> Event:
    """Return the event in a document."""
    return Event(
        event_id=document["event_id"],
        action=document["action"],
        at=_EPOCH + timedelta(microseconds=document["at_us"]),
        user_id=document["user_id"],
        session_id=document["session_id"],
        query_id=document["query_id"],
        query=document["query"],
        product_id=document["product_id"],
        position=document["position"],
        price_fen=document["price_fen"],
        quantity=document["quantity"],
        order_id=document["order_id"],
        results=tuple(document["results"]),
    )


def document_id(name: str, kind: str = "") -> str:
    """Return the id of the document of an event, or of a `user` or `session`.

    A hash, since Elasticsearch limits ids to 512 bytes and request paths appear in logs.
    """
    return hashlib.blake2b(f"{kind} {name}".encode("utf-8", "replace"), digest_size=20).hexdigest()


def to_us(moment: datetime) -> int:
    """Return microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def from_us(microseconds: int) -> datetime:
    """Return the moment given in microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=microseconds)
