"""Searches counted by query, from event files and logs of queries."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shangsou.behaviour.event import SEARCH, Event
from shangsou.behaviour.event_files import read_events
from shangsou.behaviour.event_rows import holds_events
from shangsou.behaviour.query_logs import LoggedQuery, read_query_log
from shangsou.behaviour.report import EventReport
from shangsou.errors import UnusableInput
from shangsou.limits import MAX_QUERY_LENGTH
from shangsou.reading.files import inspect
from shangsou.text.normalize import normalize
from shangsou.text.terms import characters


@dataclass(frozen=True, slots=True)
class QueryCount:
    """How often a query was searched for."""

    text: str
    """Normalized: what differs in case, width and script alone is one query."""
    searches: int
    shoppers: int
    """At least how many searched for it. A search of which the log does not say whose it was counts as that
    of a shopper of its own."""


@dataclass(slots=True)
class SearchCounts:
    """The searches of a log."""

    queries: list[QueryCount] = field(default_factory=list)
    """In the order of the log."""
    unsearchable: int = 0
    """Searches without a searchable text, or with one that is too long."""
    uncounted: int = 0
    """Rows whose count is 0 or cannot be read; each counts as one search."""
    events: EventReport = field(default_factory=EventReport)
    """What the event files held."""
    has_searches: bool = True
    """False where event files have no searches: each query counts once for each session that clicked."""

    @property
    def searches(self) -> int:
        """All searches with a searchable text."""
        return sum(query.searches for query in self.queries)


class _Tally:
    """Counts searches and shoppers by query."""

    def __init__(self) -> None:
        self.searches: Counter[str] = Counter()
        self.unsearchable = 0
        self.uncounted = 0
        self._anonymous: Counter[str] = Counter()
        self._stated: Counter[str] = Counter()
        self._shoppers: defaultdict[str, set[int]] = defaultdict(set)

    def add(self, typed: str, searches: int, shopper: str = "", shoppers: int | None = None) -> None:
        query = normalize(typed) if len(typed) <= MAX_QUERY_LENGTH else ""
        if not characters(query):
            self.unsearchable += searches
            return
        self.searches[query] += searches
        if shopper:
            self._shoppers[query].add(hash(shopper))
        elif shoppers is not None:
            # The same shoppers may have searched on each day of a log with a line a day.
            self._stated[query] = max(self._stated[query], min(shoppers, searches))
        else:
            self._anonymous[query] += searches

    def counts(self) -> list[QueryCount]:
        return [
            QueryCount(
                query,
                searches,
                max(len(self._shoppers.get(query, ())), self._stated[query], self._anonymous[query]),
            )
            for query, searches in self.searches.items()
        ]


def count_searches(paths: Sequence[Path], own_names: Mapping[str, str] | None = None) -> SearchCounts:
    """Return the searches in event files and logs of queries, by query.

    A search of an event file is an event of this action, once for each `query_id`. Event files without any,
    of clicks alone, are counted by session: each query once.

    Parameters
    ----------
    paths
        Event files, as `read_events` reads them, and logs, as `read_query_log` does; told apart by their
        header or form.
    own_names
        Names of actions, as `read_events` takes them.

    Raises
    ------
    UnusableInput
        A file is missing or is not text, its header names no column of queries or is one of events that
        lacks their time or action, or events name their searches by ids whose texts are not there.
    EventsRejected
        A file has rows, and none of them is an event.
    """
    event_paths = [path for path in paths if holds_events(inspect(path, path.name))]
    result, tally = SearchCounts(), _Tally()
    for path in paths:
        if path not in event_paths:
            _add_lines(tally, read_query_log(path))
    if event_paths:
        result.has_searches = _add_events(tally, read_events(event_paths, result.events, own_names))
    result.queries = tally.counts()
    result.unsearchable, result.uncounted = tally.unsearchable, tally.uncounted
    if not result.queries and (advice := result.events.text_advice()):
        raise UnusableInput(f"{', '.join(map(str, event_paths))}: {advice}")
    return result


def _add_lines(tally: _Tally, lines: Iterable[LoggedQuery]) -> None:
    for line in lines:
        tally.uncounted += line.searches is None
        tally.add(line.text, line.searches or 1, line.shopper, line.shoppers)


def _add_events(tally: _Tally, events: Iterable[Event]) -> bool:
    """Add the searches of events, and return whether there were any; else those that clicks tell of."""
    query_ids: set[str] = set()
    clicked: dict[tuple[str, str], str] = {}
    has_searches = False
    for event in events:
        shopper = event.user_id or event.session_id
        if event.action == SEARCH:
            has_searches = True
            clicked.clear()
            # Each page of results may be an event of its own.
            if not event.query_id or event.query_id not in query_ids:
                tally.add(event.query, 1, shopper)
            if event.query_id:
                query_ids.add(event.query_id)
        elif event.query and not has_searches:
            clicked.setdefault((event.session_id or shopper, event.query), shopper)
    for (_, query), shopper in clicked.items():
        tally.add(query, 1, shopper)
    return has_searches


def log_days(report: EventReport) -> Iterator[str]:
    """Yield the first and the last day of the events, in China; none where there were no events."""
    from shangsou.reading.times import CHINA

    for moment in (report.first_at, report.last_at):
        if moment is not None:
            yield f"{moment.astimezone(CHINA):%F}"
