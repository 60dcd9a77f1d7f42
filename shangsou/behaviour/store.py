"""The seam between events and where they are kept: what SQLite and Elasticsearch both do."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from shangsou.behaviour.event import Event


class ShopperState(NamedTuple):
    """What a store knows of a user and a session, besides their events. It changes when they do."""

    changed_at: datetime | None
    """When an event that shows a preference was last added, or anything forgotten; None: never."""
    linked_user: str
    """The user who was last seen signed in in the session."""
    opted_out: bool
    flagged: bool
    """The user or the session does what only a program can."""


class DeletionCounts(NamedTuple):
    """What was removed of a shopper."""

    events: int
    sessions: int
    """Sessions that were linked to the user."""


class EventStore(Protocol):
    """Keeps events for many threads and processes. All methods raise `EventsUnavailable`.

    Each event belongs to somebody: to its user, else to the user linked with its session, else to the
    session alone. The first event with both a session and a user links them, and what happened in the
    session before and after belongs to that user. When another user appears in the session (a shared
    device), what follows is that user's, and nothing of before.
    """

    def add(self, events: Sequence[Event]) -> list[bool]:
        """Keep events, and return for each whether it is new; once this returns they survive a crash.

        An event whose id is known is dropped. One that is older than the forgetting of its user or session
        is dropped, too: a phone may send it late.
        """
        ...

    def shopper(self, user_id: str, session_id: str) -> ShopperState:
        """Return what is known of a user and a session; either may be empty. Cheap."""
        ...

    def latest(
        self, user_id: str, session_id: str, limit: int, received_by: datetime | None = None
    ) -> list[Event]:
        """Return what a shopper did to products, impressions left out, the newest first.

        With a user it is the user's, and that of the session where it is linked to nobody else. Without, it
        is that of the session since its last change of user.
        """
        ...

    def events_of(self, user_id: str = "", session_id: str = "") -> Iterator[Event]:
        """Yield every event of a user, or of a session that is linked to nobody, the oldest first."""
        ...

    def scan(self, since: datetime) -> Iterator[Event]:
        """Yield every event since, the oldest first; those of flagged shoppers are left out."""
        ...

    def forget(self, user_id: str = "", session_id: str = "") -> DeletionCounts:
        """Remove what belongs to a user, or to a session that is linked to nobody."""
        ...

    def opt_out(self, user_id: str, *, opted_out: bool) -> None:
        """Note that a user wants, or no longer wants, to be left alone."""
        ...

    def opted_out(self, user_ids: Sequence[str]) -> set[str]:
        """Return which of these users have opted out."""
        ...

    def flag(self, user_ids: Sequence[str], session_ids: Sequence[str]) -> None:
        """Keep these out of every profile from now on."""
        ...

    def prune(self, before: datetime) -> int:
        """Remove events that happened before, and return how many."""
        ...

    def close(self) -> None:
        """Finish what has begun and let go."""
        ...
