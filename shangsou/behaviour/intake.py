"""What becomes of events on their way into a store: kept, or not, with a reason for each."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Literal, NamedTuple

from shangsou.behaviour.event import SEARCH, Event
from shangsou.behaviour.store import EventStore

Status = Literal["accepted", "duplicate", "dropped", "rejected"]

MAX_AHEAD = timedelta(days=1)
"""A clock that is set wrong, or in another zone, is ahead by hours; its events are taken as of now."""
MAX_PER_MINUTE = 600
"""Events of one shopper in one minute. The busiest minute of 157 Taobao shoppers in nine days had 12
(UserBehavior); each card scrolled past is one more, and 10 a second for a whole minute are no person's."""
# Minutes of shoppers whose events are counted: some 20 MB at most.
_COUNTED = 100_000


class Outcome(NamedTuple):
    """What became of one event."""

    status: Status
    reason: str = ""
    """The same words for the same reason; empty for what was simply kept."""
    detail: str = ""
    """With the values, for whoever sent it."""


class Intake:
    """Takes events into a store by the rules of this shop. Safe for many threads."""

    def __init__(self, store: EventStore, retention_days: int) -> None:
        self._store = store
        self._retention = timedelta(days=retention_days)
        self._counts: OrderedDict[tuple[str, str, datetime], int] = OrderedDict()
        self._lock = Lock()

    def take(self, events: Sequence[Event]) -> list[Outcome]:
        """Return what became of each event; those accepted are durable.

        Raises
        ------
        EventsUnavailable
            The store takes none; all of them can be sent again.
        """
        now = datetime.now(UTC)
        opted_out = self._store.opted_out([event.user_id for event in events if event.user_id])
        outcomes: list[Outcome] = []
        kept: list[tuple[int, Event]] = []
        flagged: set[tuple[str, str]] = set()
        for place, event in enumerate(events):
            outcome, event_kept = self._judge(event, now, opted_out)
            outcomes.append(outcome)
            if event_kept is None:
                continue
            if self._count(event_kept):
                kept.append((place, event_kept))
            else:
                flagged.add(_shopper(event_kept))
                outcomes[place] = Outcome(
                    "dropped", "too many", f"more than {MAX_PER_MINUTE} events of one shopper in one minute"
                )
        new = self._store.add([event for _, event in kept])
        for (place, event), is_new in zip(kept, new, strict=True):
            if not is_new:
                self._uncount(event)
                outcomes[place] = Outcome("duplicate")
        if flagged:
            self._store.flag(
                [name for kind, name in flagged if kind == "user"],
                [name for kind, name in flagged if kind == "session"],
            )
        return outcomes

    def _judge(self, event: Event, now: datetime, opted_out: set[str]) -> tuple[Outcome, Event | None]:
        """Return what becomes of an event, and the event as it is to be kept, if it is."""
        if event.user_id in opted_out:
            return Outcome("dropped", "opted out", "the user wants nothing recorded"), None
        if event.at < now - self._retention:
            days = self._retention.days
            detail = f"{event.at:%F %R} UTC is more than {days} days ago, longer than events are kept"
            return Outcome("rejected", "too old", detail), None
        if event.at > now + MAX_AHEAD:
            detail = f"{event.at:%F %R} UTC is in the future; check the clock"
            return Outcome("rejected", "in the future", detail), None
        if event.action == SEARCH and event.query_id:
            # The server records the search itself; whoever comes second is a duplicate.
            event = replace(event, event_id=search_event_id(event.query_id))
        if event.at > now:
            detail = f"{event.at:%F %T} UTC is ahead of the clock; taken as of now"
            return Outcome("accepted", "ahead of the clock", detail), replace(event, at=now)
        return Outcome("accepted"), event

    def _count(self, event: Event) -> bool:
        """Count an event of its shopper in its minute, and return whether that is still plausible."""
        kind, name = _shopper(event)
        if not name:
            return True
        key = (kind, name, event.at.replace(second=0, microsecond=0))
        with self._lock:
            count = self._counts[key] = self._counts.get(key, 0) + 1
            self._counts.move_to_end(key)
            while len(self._counts) > _COUNTED:
                self._counts.popitem(last=False)
        return count <= MAX_PER_MINUTE

    def _uncount(self, event: Event) -> None:
        kind, name = _shopper(event)
        key = (kind, name, event.at.replace(second=0, microsecond=0))
        with self._lock:
            if key in self._counts:
                self._counts[key] -= 1


def search_event_id(query_id: str) -> str:
    """Return the id of the event that is a search."""
    return f"search {query_id}"


def _shopper(event: Event) -> tuple[str, str]:
    return ("user", event.user_id) if event.user_id else ("session", event.session_id)
