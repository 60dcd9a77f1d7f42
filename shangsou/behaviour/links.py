"""Whose an event is, where a session is seen with a user, and then perhaps with another."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from shangsou.behaviour.event import Event

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Link(NamedTuple):
    """The user of a session."""

    user_id: str
    since_us: int
    """From when on, in microseconds since 1970; 0: from the session's beginning."""


class Followed(NamedTuple):
    """What some events make of sessions."""

    owners: list[str]
    """The user each event belongs to; empty: to nobody but its session."""
    changed: dict[str, Link]
    """Sessions with their new users."""
    adopted: dict[str, str]
    """Sessions seen with a user for the first time: what they hold so far is that user's."""


def follow(events: Sequence[Event], links: dict[str, Link]) -> Followed:
    """Return whose the events are, and bring `links` (session to its user) up to date with them."""
    owners: list[str] = []
    changed: dict[str, Link] = {}
    adopted: dict[str, str] = {}
    nobodys: dict[str, list[int]] = {}
    for event in events:
        session_id, at_us = event.session_id, (event.at - _EPOCH) // timedelta(microseconds=1)
        link = links.get(session_id) if session_id else None
        if event.user_id:
            owners.append(event.user_id)
            if not session_id or (link and (link.user_id == event.user_id or at_us < link.since_us)):
                continue
            links[session_id] = changed[session_id] = Link(event.user_id, at_us if link else 0)
            if link is None:
                adopted[session_id] = event.user_id
                for place in nobodys.pop(session_id, ()):
                    owners[place] = event.user_id
        else:
            if link is None and session_id:
                nobodys.setdefault(session_id, []).append(len(owners))
            owners.append(link.user_id if link and at_us >= link.since_us else "")
    return Followed(owners, changed, adopted)
