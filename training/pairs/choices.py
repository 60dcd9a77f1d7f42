"""Choices: the events of one shopper with one product for one query, joined."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shangsou.behaviour.event import PURCHASE
from shangsou.recommend.model import SIGNAL_WEIGHTS
from training.pairs.logged_actions import ACTIONS, LoggedActions

# By number in `ACTIONS`.
_SIGNALS = np.array([SIGNAL_WEIGHTS.get(action, 0.0) for action in ACTIONS])


@dataclass(frozen=True, slots=True)
class Choices:
    """One query, product and shopper an entry of each column, shape (choices,), in the order of queries."""

    query: NDArray[np.int64]
    product: NDArray[np.int64]
    shopper: NDArray[np.int64]
    weight: NDArray[np.float64]
    is_purchase: NDArray[np.bool_]
    is_late: NDArray[np.bool_]
    """Whether the first event is of the later half of the events."""


def join_choices(
    actions: LoggedActions,
    shopper: NDArray[np.int64],
    used: NDArray[np.bool_],
    weights: Mapping[int, float],
) -> Choices:
    """Return the usable events joined by query, product and shopper.

    The weight is that of the strongest action (`SIGNAL_WEIGHTS`), times the inverse propensity of the first
    position (Joachims, Swaminathan and Schnabel, 2017): that is where the shopper found the product.

    Parameters
    ----------
    shopper, used
        The number of the shopper of each event, and whether it is usable, shape (events,).
    weights
        The inverse propensity by position; 1 where it is missing.
    """
    rows = np.flatnonzero(used)
    keys = np.stack([actions.query[rows], actions.product[rows], shopper[rows]])
    if not len(rows):
        none = np.zeros(0, np.bool_)
        return Choices(keys[0], keys[1], keys[2], np.zeros(0), none, none)
    order = np.lexsort((actions.at[rows], *keys[::-1]))
    rows, (query, product, of_shopper) = rows[order], keys[:, order]
    is_first = (np.diff(query) != 0) | (np.diff(product) != 0) | (np.diff(of_shopper) != 0)
    starts = np.flatnonzero(np.append(True, is_first))
    action, position, at = actions.action[rows], actions.position[rows], actions.at[rows]
    # The first event with a position of each; the number of events for none.
    positioned = np.where(position > 0, np.arange(len(rows)), len(rows))
    first_position = np.append(position, 0)[np.minimum.reduceat(positioned, starts)]
    inverse_propensity = np.array([weights.get(place, 1.0) for place in first_position.tolist()])
    return Choices(
        query[starts],
        product[starts],
        of_shopper[starts],
        weight=np.maximum.reduceat(_SIGNALS[action], starts) * inverse_propensity,
        is_purchase=np.logical_or.reduceat(action == ACTIONS.index(PURCHASE), starts),
        is_late=at[starts] > np.median(at),
    )
