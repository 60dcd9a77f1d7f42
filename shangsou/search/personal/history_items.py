"""The products of a shopper's history, and how much each counts in a search."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.behaviour.event import ADD_TO_CART, FAVORITE, PURCHASE, Event
from shangsou.text.normalize import normalize

# Set by hand: to put something into the cart says more than to look at it, to pay says most.
_ACTION_STRENGTHS = {FAVORITE: 1.5, ADD_TO_CART: 1.5, PURCHASE: 2.0}
# Set by hand: what somebody is after now comes before what they were after last month.
_CURRENT_SESSION_FACTOR = 2.0
# Set by hand: a season. Tastes for brands and prices outlast a search, but not for ever.
_HALF_LIFE = timedelta(days=90)


class Attention(NamedTuple):
    """How a search attends to a history, query-aware and with a way to attend to nothing.

    After the zero attention of ZAM (Ai et al. 2019) and the query-item attention of TEM (Bi et al. 2020):
    each past product is weighed by how near its title's embedding is to the query's, against a
    `threshold` that all may stay below. A gate for each product, and not a softmax over them, so that more
    evidence counts for more.
    """

    similarity: float
    """Factor on the cosine of query and past title."""
    same_query: float
    """Added where the product was found by the same query."""
    threshold: float
    """Taken off: what speaks for attending to nothing."""

    def weights(self, cosines: NDArray[np.float64], same: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return weights from 0 to 1, of shape (past products,)."""
        gates: NDArray[np.float64] = self.similarity * cosines + self.same_query * same - self.threshold
        return 1 / (1 + np.exp(-gates))


class HistoryItem(NamedTuple):
    """One product of a history."""

    product_id: str
    queries: frozenset[str]
    """By which it was found, normalized."""
    strength: float


def collect_history_items(events: Sequence[Event], now: datetime, session_id: str = "") -> list[HistoryItem]:
    """Return each product of a history once, the last one dealt with first.

    Parameters
    ----------
    events
        The newest first; each has a product.
    now
        Aware. The older an event is, the less it weighs.
    session_id
        Of this search: what happened in it weighs double.
    """
    normalized = {query: normalize(query) for query in {event.query for event in events}}
    queries: dict[str, set[str]] = {}
    strengths: dict[str, float] = {}
    for event in events:
        product_id = event.product_id
        item_queries = queries.setdefault(product_id, set())
        if event.query:
            item_queries.add(normalized[event.query])
        strength = _ACTION_STRENGTHS.get(event.action, 1.0)
        if session_id and event.session_id == session_id:
            strength *= _CURRENT_SESSION_FACTOR
        strength *= 0.5 ** (max(now - event.at, timedelta()) / _HALF_LIFE)
        strengths[product_id] = max(strength, strengths.get(product_id, 0.0))
    return [
        HistoryItem(product_id, frozenset(queries[product_id]), strengths[product_id])
        for product_id in queries
    ]
