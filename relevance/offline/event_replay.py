"""Events gone through in time order: what each shopper, and all of them, had done before each search."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shangsou.behaviour.event import CLICK, PREFERENCE_ACTIONS, Event
from shangsou.behaviour.history import MAX_HISTORY
from shangsou.search.personal.history_items import HistoryItem, collect_history_items
from shangsou.search.personal.popularity import Popularity

# A click by the same query in the same session so much later belongs to another search: the usual end of a
# session in web analytics.
_SAME_SEARCH = timedelta(minutes=30)


class ReplayState:
    """Popularity and histories as they were at a moment of the replay."""

    def __init__(self) -> None:
        self.popularity = Popularity()
        self._events: defaultdict[str, list[Event]] = defaultdict(list)
        self._clicked: defaultdict[str, set[str]] = defaultdict(set)

    def add(self, event: Event) -> None:
        """Add the next event."""
        if event.action in PREFERENCE_ACTIONS and event.product_id:
            self.popularity.count(event)
            shopper = shopper_of(event)
            self._events[shopper].append(event)
            self._clicked[shopper].add(event.product_id)

    def history_items(self, shopper: str) -> list[HistoryItem]:
        """Return the history of a shopper, as a search would have seen it."""
        return collect_history_items(self._events[shopper][: -MAX_HISTORY - 1 : -1])

    def clicked(self, shopper: str) -> frozenset[str]:
        """Return the products that a shopper has dealt with."""
        return frozenset(self._clicked[shopper])


@dataclass(slots=True)
class SearchChoice:
    """One search and the products that the shopper chose from it."""

    shopper: str
    at: datetime
    query: str
    chosen: dict[str, list[Event]] = field(default_factory=dict)
    """What was done to each product that the shopper had not dealt with before; the first click first."""


def shopper_of(event: Event) -> str:
    """Return whose event it is: the user's, else the session's."""
    return event.user_id or event.session_id


def in_time_order(events: Iterable[Event]) -> list[Event]:
    """Return events from the oldest to the newest; those of one moment stay in their order."""
    return sorted(events, key=lambda event: event.at)


def search_choices(events: Iterable[Event], state: ReplayState) -> Iterator[SearchChoice]:
    """Yield each search that led to a click, while `state` is as it was before.

    Its choices are complete once the events have been gone through.

    Parameters
    ----------
    events
        In time order.
    state
        Fresh; it is brought up to the moment of each choice.
    """
    open_choices: dict[tuple[str, str, str], tuple[SearchChoice, frozenset[str]]] = {}
    for event in events:
        key = (shopper_of(event), event.session_id, event.query)
        open_choice = open_choices.get(key)
        is_search = event.action == CLICK and event.query and event.product_id
        if is_search and (open_choice is None or event.at - open_choice[0].at > _SAME_SEARCH):
            open_choice = open_choices[key] = (
                SearchChoice(key[0], event.at, event.query),
                state.clicked(key[0]),
            )
            yield open_choice[0]
        if open_choice is not None and event.product_id and event.action in PREFERENCE_ACTIONS:
            choice, before = open_choice
            if event.product_id not in before:
                choice.chosen.setdefault(event.product_id, []).append(event)
        state.add(event)
