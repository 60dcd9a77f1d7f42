"""Replay events in time order: the state of each shopper, and of all, before each search."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shangsou.behaviour.event import CLICK, PREFERENCE_ACTIONS, Event
from shangsou.behaviour.history import MAX_HISTORY
from shangsou.search.personal.history_items import HistoryItem, collect_history_items
from shangsou.search.personal.popularity import Popularity

# After this time a click for the same query in the same session belongs to another search: the usual session
# timeout in web analytics.
_SAME_SEARCH = timedelta(minutes=30)


class ReplayState:
    """Popularity and histories at a moment of the replay.

    Parameters
    ----------
    group_keys
        The key of each product's group; without one a product is by itself.
    """

    def __init__(self, group_keys: Mapping[str, str] | None = None) -> None:
        self._group_keys = group_keys or {}
        self.popularity = Popularity(group_keys=group_keys)
        self._events: defaultdict[str, list[Event]] = defaultdict(list)
        self._clicked: defaultdict[str, set[str]] = defaultdict(set)

    def add(self, event: Event) -> None:
        """Add the next event."""
        if event.action in PREFERENCE_ACTIONS and event.product_id:
            self.popularity.count(event)
            shopper = shopper_of(event)
            self._events[shopper].append(event)
            self._clicked[shopper].add(self.group_key(event.product_id))

    def history_items(self, shopper: str, at: datetime) -> list[HistoryItem]:
        """Return the history items of a shopper, as a search at that moment would see them."""
        return collect_history_items(self._events[shopper][: -MAX_HISTORY - 1 : -1], at)

    def clicked(self, shopper: str) -> frozenset[str]:
        """Return the groups that a shopper has interacted with, by their keys."""
        return frozenset(self._clicked[shopper])

    def group_key(self, product_id: str) -> str:
        """Return the key of a product's group, or its id."""
        return self._group_keys.get(product_id, product_id)


@dataclass(slots=True)
class SearchChoice:
    """One search and the products that the shopper chose from it."""

    shopper: str
    at: datetime
    query: str
    chosen: dict[str, list[Event]] = field(default_factory=dict)
    """The events of each group that was new to the shopper, in order of the first click."""


def shopper_of(event: Event) -> str:
    """Return the shopper of an event: its user, else its session."""
    return event.user_id or event.session_id


def in_time_order(events: Iterable[Event]) -> list[Event]:
    """Return events sorted by time, oldest first; the sort is stable."""
    return sorted(events, key=lambda event: event.at)


def search_choices(events: Iterable[Event], state: ReplayState) -> Iterator[SearchChoice]:
    """Yield each search that led to a click, with `state` as it was before the search.

    Its choices are complete once all events have been consumed.

    Parameters
    ----------
    events
        In time order.
    state
        A new state; it is advanced to the moment of each choice.
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
            group_key = state.group_key(event.product_id)
            if group_key not in before:
                choice.chosen.setdefault(group_key, []).append(event)
        state.add(event)
