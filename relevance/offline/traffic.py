"""Traffic measures: click and purchase rates of searches, and how many were reformulated."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from typing import NamedTuple

from shangsou.behaviour.event import ADD_TO_CART, CLICK, PURCHASE, SEARCH, Event
from shangsou.reading.times import CHINA
from shangsou.recommend.shelf import kind_of_shelf
from shangsou.text.normalize import normalize

# A later search has another purpose. Our choice: less than the 10 to 15 minutes after which studies of web
# logs end a session (He and Göker, 2000).
REFORMULATION_WINDOW = timedelta(minutes=5)
# The 97.5th percentile of the normal distribution, for intervals of 95 %.
_Z = 1.959964


class Rate(NamedTuple):
    """A share with its interval."""

    value: float
    low: float
    high: float
    """The end of the 95 % score interval (Wilson, 1927)."""
    of: int
    """The number that it is a share of."""


@dataclass(slots=True)
class SearchOutcome:
    """A search and the events that followed."""

    query: str
    """Normalized."""
    query_id: str
    at: datetime
    found_any: bool | None
    """Whether it had hits; None if the events do not contain that."""
    clicked: bool = False
    carted: bool = False
    purchased: bool = False
    reformulated: bool = False
    """Nothing was clicked, and the same session searched for something else soon after."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """The traffic measures of some searches. A rate is None if it cannot be known."""

    searches: int
    ctr: Rate | None
    cart_rate: Rate | None
    conversion_rate: Rate | None
    zero_result_rate: Rate | None
    reformulation_rate: Rate | None


@dataclass(frozen=True, slots=True)
class ShelfTraffic:
    """The views of a kind of shelf, and the events that followed."""

    shown: int
    """The number of views; a shelf that nobody scrolled to was not viewed."""
    ctr: Rate | None
    cart_rate: Rate | None
    conversion_rate: Rate | None


@dataclass(frozen=True, slots=True)
class TrafficReport:
    """The traffic measures of all searches, and of each day and query."""

    all: Traffic
    sessions: int
    days: dict[str, Traffic]
    """By date in China, in order."""
    queries: dict[str, Traffic]
    """Most frequent first."""
    failing: dict[str, Traffic]
    """Queries by the certainty of a low click rate, most certain first, without those clicked every time."""
    shelves: dict[str, ShelfTraffic]
    """By kind, most viewed first; empty if there are no events on shelves."""


def measure_traffic(events: Iterable[Event]) -> TrafficReport:
    """Measure the traffic of the searches in a stream of events.

    A click, a product in the cart and a purchase count for the search with their `query_id`, else for the
    latest one of their session with their query; one that fits no search counts for none. Events of
    neither a session nor a user are left out. Events on a shelf of recommendations belong to no search.
    """
    sessions: dict[str, list[Event]] = defaultdict(list)
    on_shelves: dict[str, set[str]] = defaultdict(set)
    for event in events:
        if kind_of_shelf(event.query_id):
            on_shelves[event.query_id].add(event.action)
            continue
        owner = event.session_id or event.user_id
        if owner and event.action in (SEARCH, CLICK, ADD_TO_CART, PURCHASE):
            sessions[owner].append(event)
    all_outcomes = [outcome for session in sessions.values() for outcome in _outcomes(session)]
    # If no search in a file has its results, our server did not write the file, and the rate is unknown.
    if not any(outcome.found_any for outcome in all_outcomes):
        for outcome in all_outcomes:
            outcome.found_any = None
    by_query = _group((outcome.query, outcome) for outcome in all_outcomes)
    queries = {query: _traffic(query_outcomes) for query, query_outcomes in by_query.items()}
    by_day = _group((outcome.at.astimezone(CHINA).date().isoformat(), outcome) for outcome in all_outcomes)
    return TrafficReport(
        _traffic(all_outcomes),
        len(sessions),
        {day: _traffic(by_day[day]) for day in sorted(by_day)},
        dict(sorted(queries.items(), key=lambda item: (-item[1].searches, item[0]))),
        _failing_queries(queries),
        _shelves(on_shelves),
    )


def wilson(count: int, of: int) -> Rate | None:
    """Return a share with its 95 % interval, None for a share of nothing.

    Wilson's score interval (1927): it stays within 0 and 1, and is also valid for few and for rare events.
    """
    if not of:
        return None
    share = count / of
    middle = (share + _Z**2 / (2 * of)) / (1 + _Z**2 / of)
    half_width = _Z / (1 + _Z**2 / of) * sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2))
    return Rate(share, max(0.0, middle - half_width), min(1.0, middle + half_width), of)


def _outcomes(events: Sequence[Event]) -> list[SearchOutcome]:
    """Return the searches of one session in order, each with its outcome."""
    outcomes: list[SearchOutcome] = []
    for event in sorted(events, key=lambda event: event.at):
        if event.action == SEARCH:
            if outcomes:
                _mark_reformulation(outcomes[-1], event)
            found_any = bool(event.results) if event.query_id else None
            outcomes.append(SearchOutcome(normalize(event.query), event.query_id, event.at, found_any))
            continue
        outcome = _search_of(event, outcomes)
        if outcome is not None:
            outcome.clicked |= event.action == CLICK
            outcome.carted |= event.action == ADD_TO_CART
            outcome.purchased |= event.action == PURCHASE
    return outcomes


def _mark_reformulation(before: SearchOutcome, search: Event) -> None:
    soon = search.at - before.at <= REFORMULATION_WINDOW
    before.reformulated = soon and not before.clicked and normalize(search.query) != before.query


def _search_of(event: Event, outcomes: Sequence[SearchOutcome]) -> SearchOutcome | None:
    query = normalize(event.query)
    for outcome in reversed(outcomes):
        if outcome.query_id == event.query_id if event.query_id else outcome.query == query:
            return outcome
    return None


def _group(pairs: Iterable[tuple[str, SearchOutcome]]) -> dict[str, list[SearchOutcome]]:
    grouped: dict[str, list[SearchOutcome]] = defaultdict(list)
    for key, outcome in pairs:
        grouped[key].append(outcome)
    return grouped


def _traffic(outcomes: Sequence[SearchOutcome]) -> Traffic:
    searches = len(outcomes)
    known = [outcome.found_any for outcome in outcomes if outcome.found_any is not None]
    return Traffic(
        searches,
        wilson(sum(outcome.clicked for outcome in outcomes), searches),
        wilson(sum(outcome.carted for outcome in outcomes), searches),
        wilson(sum(outcome.purchased for outcome in outcomes), searches),
        wilson(sum(not found_any for found_any in known), len(known)),
        wilson(sum(outcome.reformulated for outcome in outcomes), searches),
    )


def _shelves(on_shelves: Mapping[str, Set[str]]) -> dict[str, ShelfTraffic]:
    by_kind: dict[str, list[Set[str]]] = defaultdict(list)
    for query_id, actions in on_shelves.items():
        by_kind[kind_of_shelf(query_id)].append(actions)
    traffic = {
        kind: ShelfTraffic(
            len(shown),
            *(
                wilson(sum(action in actions for actions in shown), len(shown))
                for action in (CLICK, ADD_TO_CART, PURCHASE)
            ),
        )
        for kind, shown in by_kind.items()
    }
    return dict(sorted(traffic.items(), key=lambda item: (-item[1].shown, item[0])))


def _failing_queries(queries: dict[str, Traffic]) -> dict[str, Traffic]:
    # The upper end of the click rate: a query that was searched once says little, whatever its outcome.
    upper_bounds = {
        query: traffic.ctr.high for query, traffic in queries.items() if traffic.ctr and traffic.ctr.value < 1
    }
    ordered = sorted(upper_bounds, key=lambda query: (upper_bounds[query], -queries[query].searches, query))
    return {query: queries[query] for query in ordered}
