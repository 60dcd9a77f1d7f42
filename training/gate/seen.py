"""Queries that training saw, and products that shoppers did something with: what tells the slices."""

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from shangsou.behaviour.event import PREFERENCE_ACTIONS, Event
from shangsou.text.normalize import normalize
from training.pairs.pair import Pair
from training.pairs.splits import same_words

NEW_PRODUCTS, UNKNOWN_QUERIES = "new products", "unknown queries"
"""The names of the slices."""


@dataclass(frozen=True, slots=True)
class TrainedPairs:
    """The pairs of the split `train`."""

    queries: Set[str]
    """By `same_words`."""
    pairs: Set[tuple[str, int]]
    """Of a query and a product group."""
    groups: dict[str, int]
    """The group of each product that is in any pair."""

    def knows_query(self, text: str) -> bool:
        """Return whether training saw the words of a query, in whatever order."""
        return same_words(normalize(text)) in self.queries

    def knows(self, text: str, product_id: str) -> bool:
        """Return whether training saw the product, or another one of its group, as meant by the query."""
        group = self.groups.get(product_id)
        return group is not None and (same_words(normalize(text)), group) in self.pairs


@dataclass(frozen=True, slots=True)
class Seen:
    """What tells the slices of a set."""

    trained: TrainedPairs | None = None
    """None without pairs: there is no slice of unknown queries."""
    old_products: Set[str] | None = None
    """Keys of the groups of products with an event before the later half; None without events."""
    group_key: Callable[[str], str] = str
    """Of a product that is measured."""

    def is_unknown(self, text: str) -> bool:
        """Return whether training did not see a query."""
        return self.trained is not None and not self.trained.knows_query(text)

    def is_new(self, product_id: str) -> bool:
        """Return whether a product has no event, or was first seen late."""
        return self.old_products is not None and self.group_key(product_id) not in self.old_products


def read_trained(pairs: Iterable[Pair]) -> TrainedPairs:
    """Return what training saw."""
    queries: set[str] = set()
    trained: set[tuple[str, int]] = set()
    groups: dict[str, int] = {}
    for pair in pairs:
        groups[pair.product_id] = pair.group
        if pair.split == "train":
            words = same_words(pair.query)
            queries.add(words)
            trained.add((words, pair.group))
    return TrainedPairs(queries, trained, groups)


def early_products(events: Sequence[Event]) -> set[str]:
    """Return the products with an event on them in the earlier half of such events.

    Parameters
    ----------
    events
        In time order.
    """
    acted = [event for event in events if event.action in PREFERENCE_ACTIONS and event.product_id]
    return {event.product_id for event in acted[: (len(acted) + 1) // 2]}


def later_start(events: Sequence[Event], share: float) -> datetime | None:
    """Return when the last share of events begins, in time order; None without events."""
    return events[int(len(events) * (1 - share))].at if events else None
