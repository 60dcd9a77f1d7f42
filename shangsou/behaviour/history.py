"""The recent events of a shopper, as used by a search."""

import secrets
import uuid
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock

from shangsou.behaviour.event import Event
from shangsou.behaviour.store import EventStore, ShopperState

MAX_HISTORY = 200
"""Events of a history at most: re-ranking is to take 2 ms with this many."""
PIN_DURATION = timedelta(minutes=30)
"""The time for which the later pages of a search use the history of its first page."""
# Histories cached in one process, of about 50 KB each at most.
_MAX_CACHED = 2_000


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class History:
    """The events of one shopper, newest first. Each has a product, which need not exist any more.

    Histories compare by identity, so that values computed from one can be cached as long as it lives.
    """

    events: tuple[Event, ...] = ()
    """At most `MAX_HISTORY`, of `PREFERENCE_ACTIONS`."""
    session_id: str = ""
    """The session of the search: its events show what the shopper wants now."""
    is_cold_start: bool = False
    """Whether the shopper is known but has no events yet; false for anonymous and opted-out shoppers."""


NO_HISTORY = History()


class Histories:
    """Histories from a store, cached until events are added to them. Safe for many threads."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._cache: OrderedDict[tuple[str, str], tuple[ShopperState, History]] = OrderedDict()
        self._lock = Lock()

    def of(self, user_id: str, session_id: str, query_id: str = "") -> History:
        """Return the history of a user, of a session, or of both together.

        Empty for an unknown shopper, for a user who has opted out, and for one flagged as a program.

        Parameters
        ----------
        user_id, session_id
            Either may be empty.
        query_id
            Of the first page, for later pages: events after that search are left out, for half an hour.

        Raises
        ------
        EventsUnavailable
            The store cannot be read.
        """
        if not user_id and not session_id:
            return NO_HISTORY
        shopper = self._store.shopper(user_id, session_id)
        if shopper.opted_out or shopper.flagged:
            return History((), session_id)
        searched_at = parse_query_time(query_id)
        changed_since = searched_at and shopper.changed_at and searched_at < shopper.changed_at
        if changed_since and searched_at and searched_at > datetime.now(UTC) - PIN_DURATION:
            return self._read(user_id, session_id, searched_at)
        key = (user_id, session_id)
        with self._lock:
            cached = self._cache.get(key)
            if cached is not None and cached[0] == shopper:
                self._cache.move_to_end(key)
                return cached[1]
        history = self._read(user_id, session_id, None)
        with self._lock:
            self._cache[key] = (shopper, history)
            while len(self._cache) > _MAX_CACHED:
                self._cache.popitem(last=False)
        return history

    def _read(self, user_id: str, session_id: str, received_by: datetime | None) -> History:
        events = self._store.latest(user_id, session_id, MAX_HISTORY, received_by)
        return History(tuple(events), session_id, is_cold_start=not events)


def new_query_id() -> str:
    """Return the id of a search made now: a UUID version 7 (RFC 9562), which contains the time."""
    milliseconds = int(datetime.now(UTC).timestamp() * 1000)
    fields = milliseconds << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    return f"{fields:032x}"


def parse_query_time(query_id: str) -> datetime | None:
    """Return the time of the search with this query id; None for a foreign id."""
    try:
        parsed = uuid.UUID(query_id)
        return datetime.fromtimestamp((parsed.int >> 80) / 1000, UTC) if parsed.version == 7 else None
    except (ValueError, OverflowError, OSError):
        return None
