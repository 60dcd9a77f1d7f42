"""Ingestion of events into a store: each is kept, or not, with a reason."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Literal, NamedTuple

from shangsou.behaviour.event import SEARCH, Event
from shangsou.behaviour.store import EventStore
from shangsou.errors import EventsUnavailable

Status = Literal["accepted", "duplicate", "dropped", "rejected"]

MAX_CLOCK_AHEAD = timedelta(days=1)
"""A clock that is wrong, or in another zone, may be ahead by hours; its events count as of now."""
MAX_PER_MINUTE = 600
"""Events of one shopper in one minute. The busiest minute of 157 Taobao shoppers in nine days had 12
(UserBehavior); each card scrolled past is one more, but nobody does 10 a second for a whole minute."""
# Minutes of shoppers whose events are counted: about 20 MB at most.
_MAX_COUNTED_MINUTES = 100_000


class IngestOutcome(NamedTuple):
    """The outcome of one event."""

    status: Status
    reason: str = ""
    """The same text for the same reason; empty for an event that was simply accepted."""
    detail: str = ""
    """The reason with its values, for the sender."""


_TOO_MANY = IngestOutcome(
    "dropped", "too many", f"more than {MAX_PER_MINUTE} events of one shopper in one minute"
)


class EventIngester:
    """Adds events to a store by the rules of this shop. Safe for many threads."""

    def __init__(self, store: EventStore, retention_days: int) -> None:
        self._store = store
        self._retention = timedelta(days=retention_days)
        self._counts: OrderedDict[tuple[str, str, datetime], int] = OrderedDict()
        self._lock = Lock()

    def ingest(self, events: Sequence[Event], *, by_arrival: bool = False) -> list[IngestOutcome]:
        """Return the outcome of each event; those accepted are durable.

        With `by_arrival` they count against the limit of the minute in which they came, whatever they say:
        of senders whose clocks nobody vouches for.

        Raises
        ------
        EventsUnavailable
            The store accepts none; all of them can be sent again.
        """
        now = datetime.now(UTC)
        opted_out = self._store.opted_out([event.user_id for event in events if event.user_id])
        outcomes: list[IngestOutcome] = []
        pending: list[tuple[int, Event]] = []
        for position, event in enumerate(events):
            outcome, kept = self._check(event, now, opted_out)
            outcomes.append(outcome)
            if kept is not None:
                pending.append((position, kept))
        progress = True
        while pending and progress:
            # Duplicates do not count against the limit: sending twice is no sign of a program.
            before = len(pending)
            pending = self._add_within_limit(pending, outcomes, now if by_arrival else None)
            progress = len(pending) < before
        if pending:
            self._flag_shoppers([event for _, event in pending])
            for position, _ in pending:
                outcomes[position] = _TOO_MANY
        return outcomes

    def _add_within_limit(
        self, pending: Sequence[tuple[int, Event]], outcomes: list[IngestOutcome], arrival: datetime | None
    ) -> list[tuple[int, Event]]:
        """Add the events within the rate limit of a person, and return the others."""
        within_limit = [self._count(event, arrival) for _, event in pending]
        accepted = [entry for entry, is_within in zip(pending, within_limit, strict=True) if is_within]
        try:
            new = self._store.add([event for _, event in accepted])
        except EventsUnavailable:
            for _, event in accepted:
                self._uncount(event, arrival)
            raise
        for (position, event), is_new in zip(accepted, new, strict=True):
            if not is_new:
                self._uncount(event, arrival)
                outcomes[position] = IngestOutcome("duplicate")
        return [entry for entry, is_within in zip(pending, within_limit, strict=True) if not is_within]

    def _flag_shoppers(self, events: Sequence[Event]) -> None:
        shoppers = {_shopper_key(event) for event in events}
        self._store.flag(
            sorted(name for kind, name in shoppers if kind == "user"),
            sorted(name for kind, name in shoppers if kind == "session"),
        )

    def _check(self, event: Event, now: datetime, opted_out: set[str]) -> tuple[IngestOutcome, Event | None]:
        """Return the outcome of an event and, if it is to be kept, the event to store."""
        if event.user_id in opted_out:
            return IngestOutcome("dropped", "opted out", "the user wants nothing recorded"), None
        if event.at < now - self._retention:
            days = self._retention.days
            detail = f"{event.at:%F %R} UTC is more than {days} days ago, longer than events are kept"
            return IngestOutcome("rejected", "too old", detail), None
        if event.at > now + MAX_CLOCK_AHEAD:
            detail = f"{event.at:%F %R} UTC is in the future; check the clock"
            return IngestOutcome("rejected", "in the future", detail), None
        if event.action == SEARCH and event.query_id:
            # The server records the search itself; the second of the two is a duplicate.
            event = replace(event, event_id=search_event_id(event.query_id))
        if event.at > now:
            detail = f"{event.at:%F %T} UTC is ahead of the clock; taken as of now"
            return IngestOutcome("accepted", "ahead of the clock", detail), replace(event, at=now)
        return IngestOutcome("accepted"), event

    def _count(self, event: Event, arrival: datetime | None) -> bool:
        """Count an event of its shopper in its minute, and return whether it is within the limit."""
        kind, name = _shopper_key(event)
        if not name:
            return True
        key = (kind, name, (arrival or event.at).replace(second=0, microsecond=0))
        with self._lock:
            count = self._counts.get(key, 0)
            if count == MAX_PER_MINUTE:
                return False
            self._counts[key] = count + 1
            self._counts.move_to_end(key)
            while len(self._counts) > _MAX_COUNTED_MINUTES:
                self._counts.popitem(last=False)
        return True

    def _uncount(self, event: Event, arrival: datetime | None) -> None:
        kind, name = _shopper_key(event)
        key = (kind, name, (arrival or event.at).replace(second=0, microsecond=0))
        with self._lock:
            if key in self._counts:
                self._counts[key] -= 1


def search_event_id(query_id: str) -> str:
    """Return the event id of a search."""
    return f"search {query_id}"


def _shopper_key(event: Event) -> tuple[str, str]:
    return ("user", event.user_id) if event.user_id else ("session", event.session_id)
