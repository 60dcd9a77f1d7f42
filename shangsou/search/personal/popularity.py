"""Popularity of products among all shoppers, whichever of their variants these chose."""

from collections import Counter, defaultdict
from collections.abc import Iterable, KeysView, Mapping, Sequence
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from shangsou.behaviour.event import CLICK, PURCHASE, Event
from shangsou.text.normalize import normalize

# A purchase says as much as three clicks more (issue 5, where popularity is measured so).
_WEIGHTS = {CLICK: 1, PURCHASE: 3}


class Popularity:
    """Clicks and purchases by group, over all and by query, as far as they were counted.

    Parameters
    ----------
    events
        To count.
    group_keys
        The key of each product's group (`group_keys.group_key`); a product without one counts by its id.
    """

    def __init__(self, events: Iterable[Event] = (), group_keys: Mapping[str, str] | None = None) -> None:
        self._group_keys = group_keys or {}
        self._variants: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        self._by_query: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for event in events:
            self.count(event)

    @property
    def keys(self) -> KeysView[str]:
        """What was counted: keys of groups, or product ids where none were given."""
        return self._counts.keys()

    def count(self, event: Event) -> None:
        """Take one more event into account."""
        weight = _WEIGHTS.get(event.action)
        if weight is not None and event.product_id:
            key = self._key(event.product_id)
            self._counts[key] += weight
            if event.query:
                self._by_query[normalize(event.query)][key] += weight

    def by_group(self, group_keys: Mapping[str, str]) -> "Popularity":
        """Return what was counted by product, by group."""
        grouped = Popularity(group_keys=group_keys)
        for product_id, weight in self._counts.items():
            grouped._counts[grouped._key(product_id)] += weight
        for query, counts in self._by_query.items():
            grouped_counts = grouped._by_query[query]
            for product_id, weight in counts.items():
                grouped_counts[grouped._key(product_id)] += weight
        return grouped

    def of(self, keys: Sequence[str]) -> NDArray[np.float64]:
        """Return log(1 + clicks + 3 x purchases) of these groups, in their order."""
        return _log_counts(self._counts, keys)

    def for_query(self, query_text: str, keys: Sequence[str]) -> NDArray[np.float64]:
        """Return the same, of what shoppers with the same query did; the query is normalized."""
        return _log_counts(self._by_query.get(query_text, {}), keys)

    def top_products(self, query_text: str, limit: int) -> list[str]:
        """Return what was chosen for the same query, the most popular first, a variant of each group."""
        counts = self._by_query.get(query_text)
        if not counts:
            return []
        return [self._variants.get(key, key) for key, _ in counts.most_common(limit)]

    def _key(self, product_id: str) -> str:
        key = self._group_keys.get(product_id, product_id)
        if key != product_id:
            self._variants.setdefault(key, product_id)
        return key


def _log_counts(counts: Mapping[str, int], keys: Sequence[str]) -> NDArray[np.float64]:
    if not counts:
        return np.zeros(len(keys))
    return np.log1p(np.fromiter(map(counts.get, keys, repeat(0)), np.float64, len(keys)))
