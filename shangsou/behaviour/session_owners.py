"""The owner of each event, where one session is used by several users in turn."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from shangsou.behaviour.event import Event

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SessionOwner(NamedTuple):
    """The user of a session."""

    user_id: str
    since_us: int
    """The start of ownership, in microseconds since 1970; 0: from the session's beginning."""


class OwnershipUpdate(NamedTuple):
    """The owners of some events, and the resulting changes of sessions."""

    owners: list[str]
    """The user of each event; empty if it belongs to its session only."""
    changed: dict[str, SessionOwner]
    """Sessions with their new users."""
    claimed: dict[str, str]
    """Sessions seen with a user for the first time: their earlier events belong to that user."""


def assign_owners(events: Sequence[Event], session_owners: dict[str, SessionOwner]) -> OwnershipUpdate:
    """Return the owner of each event, and update `session_owners` (by session)."""
    owners: list[str] = []
    changed: dict[str, SessionOwner] = {}
    claimed: dict[str, str] = {}
    unowned: dict[str, list[int]] = {}
    for event in events:
        session_id, at_us = event.session_id, (event.at - _EPOCH) // timedelta(microseconds=1)
        session_owner = session_owners.get(session_id) if session_id else None
        if event.user_id:
            owners.append(event.user_id)
            if not session_id or (
                session_owner and (session_owner.user_id == event.user_id or at_us < session_owner.since_us)
            ):
                continue
            session_owners[session_id] = changed[session_id] = SessionOwner(
                event.user_id, at_us if session_owner else 0
            )
            if session_owner is None:
                claimed[session_id] = event.user_id
                for position in unowned.pop(session_id, ()):
                    owners[position] = event.user_id
        else:
            if session_owner is None and session_id:
                unowned.setdefault(session_id, []).append(len(owners))
            owners.append(session_owner.user_id if session_owner and at_us >= session_owner.since_us else "")
    return OwnershipUpdate(owners, changed, claimed)
