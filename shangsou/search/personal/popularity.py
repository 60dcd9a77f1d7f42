"""Popularity of products among all shoppers."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from shangsou.behaviour.event import CLICK, PURCHASE, Event
from shangsou.text.normalize import normalize

# A purchase says as much as three clicks more (issue 5, where popularity is measured so).
_WEIGHTS = {CLICK: 1, PURCHASE: 3}


class Popularity:
    """Clicks and purchases by product, over all and by query, as far as they were counted."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self._counts: Counter[str] = Counter()
        self._by_query: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for event in events:
            self.count(event)

    def count(self, event: Event) -> None:
        """Take one more event into account."""
        weight = _WEIGHTS.get(event.action)
        if weight is not None and event.product_id:
            self._counts[event.product_id] += weight
            if event.query:
                self._by_query[normalize(event.query)][event.product_id] += weight

    def of(self, product_ids: Sequence[str]) -> NDArray[np.float64]:
        """Return log(1 + clicks + 3 x purchases) of these products, in their order."""
        return _log_counts(self._counts, product_ids)

    def for_query(self, query_text: str, product_ids: Sequence[str]) -> NDArray[np.float64]:
        """Return the same, of what shoppers with the same query did; the query is normalized."""
        return _log_counts(self._by_query.get(query_text, {}), product_ids)

    def top_products(self, query_text: str, limit: int) -> list[str]:
        """Return what shoppers with the same query dealt with, the most popular first."""
        counts = self._by_query.get(query_text)
        return [product_id for product_id, _ in counts.most_common(limit)] if counts else []


def _log_counts(counts: Mapping[str, int], product_ids: Sequence[str]) -> NDArray[np.float64]:
    if not counts:
        return np.zeros(len(product_ids))
    return np.log1p(np.fromiter(map(counts.get, product_ids, repeat(0)), np.float64, len(product_ids)))
