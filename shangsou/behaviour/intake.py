"""What becomes of events on their way into a store: kept, or not, with a reason for each."""

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


_TOO_MANY = Outcome("dropped", "too many", f"more than {MAX_PER_MINUTE} events of one shopper in one minute")


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
        waiting: list[tuple[int, Event]] = []
        for place, event in enumerate(events):
            outcome, judged = self._judge(event, now, opted_out)
            outcomes.append(outcome)
            if judged is not None:
                waiting.append((place, judged))
        progress = True
        while waiting and progress:
            # What turns out to be known makes room again: sending twice is no sign of a program.
            before = len(waiting)
            waiting = self._add_fitting(waiting, outcomes)
            progress = len(waiting) < before
        if waiting:
            self._flag([event for _, event in waiting])
            for place, _ in waiting:
                outcomes[place] = _TOO_MANY
        return outcomes

    def _add_fitting(
        self, waiting: Sequence[tuple[int, Event]], outcomes: list[Outcome]
    ) -> list[tuple[int, Event]]:
        """Add those events that a person can have caused, and return the others."""
        fits = [self._count(event) for _, event in waiting]
        fitting = [one for one, fit in zip(waiting, fits, strict=True) if fit]
        try:
            new = self._store.add([event for _, event in fitting])
        except EventsUnavailable:
            for _, event in fitting:
                self._uncount(event)
            raise
        for (place, event), is_new in zip(fitting, new, strict=True):
            if not is_new:
                self._uncount(event)
                outcomes[place] = Outcome("duplicate")
        return [one for one, fit in zip(waiting, fits, strict=True) if not fit]

    def _flag(self, events: Sequence[Event]) -> None:
        shoppers = {_shopper(event) for event in events}
        self._store.flag(
            sorted(name for kind, name in shoppers if kind == "user"),
            sorted(name for kind, name in shoppers if kind == "session"),
        )

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
            count = self._counts.get(key, 0)
            if count == MAX_PER_MINUTE:
                return False
            self._counts[key] = count + 1
            self._counts.move_to_end(key)
            while len(self._counts) > _COUNTED:
                self._counts.popitem(last=False)
        return True

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
