"""Events that no key vouches for: whoever has the page's address can send them."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

from shangsou.behaviour.event import PURCHASE, Event

UNCONFIRMED_PURCHASE = "unconfirmed_purchase"
"""A purchase that a browser tells of without a signature, or one of too many: kept, and counted by nothing.
Invented ones would lead what sells best."""
_ID_LENGTH = 32


def as_of_browser(event: Event, allows_purchase: Callable[[Event], bool]) -> Event:
    """Return an event as one of its sender alone.

    Its id is made unique by sender: a stranger who uses the id of another event would else make that one,
    which the shop itself sends later, its duplicate. `allows_purchase` is asked of purchases of a user.
    """
    owner = f"user {event.user_id}" if event.user_id else f"session {event.session_id}"
    event_id = sha256(f"{owner}\n{event.event_id}".encode("utf-8", "surrogatepass")).hexdigest()[:_ID_LENGTH]
    if event.action == PURCHASE and not (event.user_id and allows_purchase(event)):
        event = replace(event, action=UNCONFIRMED_PURCHASE)
    return replace(event, event_id=event_id)
