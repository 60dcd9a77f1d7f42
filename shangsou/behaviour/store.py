"""The event store protocol, implemented over SQLite and Elasticsearch."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from shangsou.behaviour.event import Event


class ShopperState(NamedTuple):
    """The state of a user and a session, besides their events. It changes when their events do."""

    changed_at: datetime | None
    """The time when an event that shows a preference was last added, or anything was deleted; None: never."""
    linked_user: str
    """The last user seen signed in during the session."""
    opted_out: bool
    flagged: bool
    """Whether the user or the session behaves as only a program can."""


class DeletionCounts(NamedTuple):
    """The numbers of deleted records of a shopper."""

    events: int
    sessions: int
    """The number of sessions that were linked to the user."""


class ForgottenShoppers(NamedTuple):
    """Who was forgotten of the shoppers asked about, each with when they last were."""

    users: Mapping[str, datetime]
    sessions: Mapping[str, datetime]


class EventStore(Protocol):
    """A store of events for many threads and processes. All methods raise `EventsUnavailable`.

    Each event has an owner: its user, else the user linked with its session, else the session alone. The
    first event with both a session and a user links them, and the session's events before and after belong
    to that user. When another user appears in the session (a shared device), only the events from then on
    belong to that user.
    """

    def add(self, events: Sequence[Event]) -> list[bool]:
        """Add events, and return for each whether it is new; once this returns they survive a crash.

        An event whose id is known is dropped; what it says of its search and the held one does not is added:
        the results, and, where both have the same `query_id`, the text. Dropped is also one from before its
        user or session was deleted: a phone may send it late.
        """
        ...

    def shopper(self, user_id: str, session_id: str) -> ShopperState:
        """Return the state of a user and a session; either may be empty. Cheap."""
        ...

    def latest(
        self, user_id: str, session_id: str, limit: int, received_by: datetime | None = None
    ) -> list[Event]:
        """Return a shopper's events with products, without impressions, newest first.

        With a user, the user's events and those of the session unless it is linked to another user. Without
        a user, those of the session since its last change of user.
        """
        ...

    def events_of(self, user_id: str = "", session_id: str = "") -> Iterator[Event]:
        """Yield every event of a user, or of a session without a user, oldest first."""
        ...

    def scan(self, since: datetime) -> Iterator[Event]:
        """Yield every event since a moment, oldest first, without those of flagged shoppers."""
        ...

    def forget(self, user_id: str = "", session_id: str = "") -> DeletionCounts:
        """Delete the data of a user, or of a session without a user."""
        ...

    def forgotten(self, user_ids: Sequence[str], session_ids: Sequence[str] = ()) -> ForgottenShoppers:
        """Return who of these was forgotten; events until then that were kept elsewhere are not to be used.

        `add` drops them too. The sessions of a user are forgotten with the user. `prune` removes also what is
        known of who was forgotten before the moment given to it.
        """
        ...

    def opt_out(self, user_id: str, *, opted_out: bool) -> None:
        """Record whether a user has opted out of personalization."""
        ...

    def opted_out(self, user_ids: Sequence[str]) -> set[str]:
        """Return which of these users have opted out."""
        ...

    def refuse_marketing(self, user_id: str, *, refused: bool) -> None:
        """Record whether a user refuses marketing. Like an opt-out, it outlasts the deletion of the user."""
        ...

    def marketing_refused(self, user_ids: Sequence[str]) -> set[str]:
        """Return which of these users refuse marketing."""
        ...

    def flag(self, user_ids: Sequence[str], session_ids: Sequence[str]) -> None:
        """Flag shoppers as programs: exclude them from every profile from now on."""
        ...

    def prune(self, before: datetime) -> int:
        """Remove events before a moment, and return how many."""
        ...

    def close(self) -> None:
        """Finish the writes in progress and release the resources."""
        ...
