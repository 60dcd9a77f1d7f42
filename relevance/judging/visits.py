"""Events to visits: what each shopper was shown for a query, once, and what became of it."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shangsou.behaviour.event import ADD_TO_CART, CLICK, IMPRESSION, PURCHASE, SEARCH, Event
from shangsou.text.normalise import normalise

# Clicks below this place are few, and a place of its own is learnt for each.
MAX_PLACE = 100


@dataclass(slots=True)
class Visit:
    """The first session in which a shopper searched for something."""

    query: str
    """Normalised."""
    session: str
    at: datetime
    places: dict[str, int] = field(default_factory=dict)
    """Of the products that were shown, by id, from 1."""
    told: bool = False
    """Whether the events say what was shown; else it is only known of what was clicked."""
    clicked: set[str] = field(default_factory=set)
    carted: set[str] = field(default_factory=set)
    bought: set[str] = field(default_factory=set)


def visits(events: Iterable[Event], shown: int) -> list[Visit]:
    """Return the visits in a log.

    A shopper (the user, else the session) counts once for each query, with the first session in which
    it was searched: whoever searches and clicks the same again and again, a program maybe, has one voice.
    What was shown is what impressions say, or the results that the server recorded with the search. Where
    there are neither, the first `shown` places count as shown, each with the product that was clicked there
    for this query nearest in time; of products that nobody clicked nothing is known then.
    """
    by_id: dict[str, str] = {}
    found: dict[tuple[str, str], Visit] = {}
    for event in sorted(events, key=lambda event: event.at):
        if event.query and event.query_id:
            by_id.setdefault(event.query_id, event.query)
        query = normalise(event.query or by_id.get(event.query_id, ""))
        shopper = event.user_id or event.session_id
        if query and shopper:
            visit = found.setdefault((shopper, query), Visit(query, event.session_id, event.at))
            _note(visit, event)
    all_visits = list(found.values())
    _place_the_untold(all_visits, shown)
    return all_visits


def _note(visit: Visit, event: Event) -> None:
    # What is put into the cart or bought later belongs to the visit in which it was found.
    if event.action == ADD_TO_CART:
        visit.carted.add(event.product_id)
    elif event.action == PURCHASE:
        visit.bought.add(event.product_id)
    elif event.session_id == visit.session:
        for product_id, place in _shown_by(event):
            if 1 <= place <= MAX_PLACE:
                visit.places.setdefault(product_id, place)
        visit.told |= event.action == IMPRESSION or bool(event.results)
        if event.action == CLICK:
            visit.clicked.add(event.product_id)


def _shown_by(event: Event) -> Iterator[tuple[str, int]]:
    if event.action == SEARCH:
        yield from ((product_id, place) for place, product_id in enumerate(event.results, start=1))
    elif event.action in (IMPRESSION, CLICK) and event.position is not None:
        yield event.product_id, event.position


def _place_the_untold(all_visits: Sequence[Visit], shown: int) -> None:
    untold = [visit for visit in all_visits if not visit.told]
    clicks: defaultdict[tuple[str, int], list[tuple[datetime, str]]] = defaultdict(list)
    for visit in untold:
        for product_id, place in visit.places.items():
            clicks[visit.query, place].append((visit.at, product_id))
    for sorted_by_time in clicks.values():
        sorted_by_time.sort()
    for visit in untold:
        taken = set(visit.places.values())
        for place in range(1, shown + 1):
            there = _nearest(clicks, visit, place)
            if place not in taken and there is not None:
                visit.places.setdefault(there, place)


def _nearest(
    clicks: Mapping[tuple[str, int], Sequence[tuple[datetime, str]]], visit: Visit, place: int
) -> str | None:
    known = clicks.get((visit.query, place))
    if not known:
        return None
    after = bisect_left(known, (visit.at, ""))
    near = known[max(after - 1, 0) : after + 1]
    return min(near, key=lambda one: abs(one[0] - visit.at))[1]
