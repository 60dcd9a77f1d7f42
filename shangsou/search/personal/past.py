"""What of a shopper's history has a say in this search."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.behaviour.event import ADD_TO_CART, FAVORITE, PURCHASE, Event
from shangsou.text.normalise import normalise

# Set by hand: to put something into the cart says more than to look at it, to pay says most.
_STRENGTHS = {FAVORITE: 1.5, ADD_TO_CART: 1.5, PURCHASE: 2.0}
# Set by hand: what somebody is after now comes before what they were after last month.
_THIS_SESSION = 2.0


class Attention(NamedTuple):
    """How a search attends to a history, query-aware and with a way to attend to nothing.

    After the zero attention of ZAM (Ai et al. 2019) and the query-item attention of TEM (Bi et al. 2020):
    each past product is weighed by how near its title's embedding is to the query's, against a threshold,
    `nothing`, that all may stay below. A gate for each product, and not a softmax over them, so that more
    evidence counts for more.
    """

    similarity: float
    """Factor on the cosine of query and past title."""
    same_query: float
    """Added where the product was found by the same query."""
    nothing: float
    """Taken off: what speaks for attending to nothing."""

    def weights(self, cosines: NDArray[np.float64], same: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return weights from 0 to 1, of shape (past products,)."""
        gates: NDArray[np.float64] = self.similarity * cosines + self.same_query * same - self.nothing
        return 1 / (1 + np.exp(-gates))


class Past(NamedTuple):
    """One product of a history."""

    product_id: str
    queries: frozenset[str]
    """By which it was found, normalised."""
    strength: float


def past_products(events: Sequence[Event], session_id: str = "") -> list[Past]:
    """Return each product of a history once, the last one dealt with first.

    Parameters
    ----------
    events
        The newest first; each has a product.
    session_id
        Of this search: what happened in it weighs double.
    """
    normalised = {query: normalise(query) for query in {event.query for event in events}}
    queries: dict[str, set[str]] = {}
    strengths: dict[str, float] = {}
    for event in events:
        product_id = event.product_id
        found_by = queries.setdefault(product_id, set())
        if event.query:
            found_by.add(normalised[event.query])
        strength = _STRENGTHS.get(event.action, 1.0)
        if session_id and event.session_id == session_id:
            strength *= _THIS_SESSION
        strengths[product_id] = max(strength, strengths.get(product_id, 0.0))
    return [Past(one, frozenset(queries[one]), strengths[one]) for one in queries]
