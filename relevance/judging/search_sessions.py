"""Search sessions in an event log: what each shopper was shown for a query, once, and what followed."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shangsou.behaviour.event import ADD_TO_CART, CLICK, IMPRESSION, PURCHASE, SEARCH, Event
from shangsou.text.normalize import normalize

# Clicks below this position are few, and the examination of each position is estimated separately.
MAX_POSITION = 100


@dataclass(slots=True)
class SearchSession:
    """The first session in which a shopper searched for a query."""

    query: str
    """Normalized."""
    session_id: str
    at: datetime
    positions: dict[str, int] = field(default_factory=dict)
    """The positions of the products shown, by id, from 1."""
    has_impressions: bool = False
    """Whether the events contain what was shown; otherwise only clicked products are known."""
    clicked: set[str] = field(default_factory=set)
    carted: set[str] = field(default_factory=set)
    bought: set[str] = field(default_factory=set)


def search_sessions(events: Iterable[Event], assumed_depth: int) -> list[SearchSession]:
    """Return the search sessions in a log.

    A shopper (the user, else the session) counts once for each query, with the first session in which it was
    searched, so that repeated searches and clicks, perhaps by a program, have the weight of one. The products
    shown are those of impressions, or the results that the server recorded with the search. Without either,
    the first `assumed_depth` positions count as shown, each with the product clicked there for this query
    nearest in time; products without a click are unknown then.
    """
    query_by_id: dict[str, str] = {}
    sessions_by_query: dict[tuple[str, str], SearchSession] = {}
    for event in sorted(events, key=lambda event: event.at):
        if event.query and event.query_id:
            query_by_id.setdefault(event.query_id, event.query)
        query = normalize(event.query or query_by_id.get(event.query_id, ""))
        shopper = event.user_id or event.session_id
        if query and shopper:
            session = sessions_by_query.setdefault(
                (shopper, query), SearchSession(query, event.session_id, event.at)
            )
            _apply_event(session, event)
    all_sessions = list(sessions_by_query.values())
    _infer_impressions(all_sessions, assumed_depth)
    return all_sessions


def _apply_event(session: SearchSession, event: Event) -> None:
    # Later carts and purchases belong to the search session in which the product was found.
    if event.action == ADD_TO_CART:
        session.carted.add(event.product_id)
    elif event.action == PURCHASE:
        session.bought.add(event.product_id)
    elif event.session_id == session.session_id:
        for product_id, position in _shown_positions(event):
            if 1 <= position <= MAX_POSITION:
                session.positions.setdefault(product_id, position)
        session.has_impressions |= event.action == IMPRESSION or bool(event.results)
        if event.action == CLICK:
            session.clicked.add(event.product_id)


def _shown_positions(event: Event) -> Iterator[tuple[str, int]]:
    if event.action == SEARCH:
        yield from ((product_id, position) for position, product_id in enumerate(event.results, start=1))
    elif event.action in (IMPRESSION, CLICK) and event.position is not None:
        yield event.product_id, event.position


def _infer_impressions(all_sessions: Sequence[SearchSession], assumed_depth: int) -> None:
    without_impressions = [session for session in all_sessions if not session.has_impressions]
    clicks: defaultdict[tuple[str, int], list[tuple[datetime, str]]] = defaultdict(list)
    for session in without_impressions:
        for product_id, position in session.positions.items():
            clicks[session.query, position].append((session.at, product_id))
    for sorted_by_time in clicks.values():
        sorted_by_time.sort()
    for session in without_impressions:
        taken_positions = set(session.positions.values())
        for position in range(1, assumed_depth + 1):
            nearest_product = _nearest_click(clicks, session, position)
            if position not in taken_positions and nearest_product is not None:
                session.positions.setdefault(nearest_product, position)


def _nearest_click(
    clicks: Mapping[tuple[str, int], Sequence[tuple[datetime, str]]], session: SearchSession, position: int
) -> str | None:
    query_clicks = clicks.get((session.query, position))
    if not query_clicks:
        return None
    after = bisect_left(query_clicks, (session.at, ""))
    neighbours = query_clicks[max(after - 1, 0) : after + 1]
    return min(neighbours, key=lambda click: abs(click[0] - session.at))[1]
