"""The sessions of simulated shoppers, in some visits of which nobody signs in."""

from dataclasses import dataclass

import numpy as np

from insights.customers.activity import PURCHASE
from insights.simulation.actions import Actions
from insights.simulation.settings import ShopSettings
from insights.simulation.shoppers import Flags, Integers


@dataclass(frozen=True, slots=True)
class Sessions:
    """What is recorded of who did it. Arrays have the shape (actions,)."""

    visit: Integers
    """The number of the visit of each action, from 0."""
    session: Integers
    """The number of the session; a session is of one shopper."""
    is_signed_in: Flags
    known_from: Integers
    """The day, from 0, from which on it is known whose action it is; -1 where nobody signed in."""


def draw_sessions(
    actions: Actions, settings: ShopSettings, shoppers: int, rng: np.random.Generator
) -> Sessions:
    """Return the sessions of actions, which are by shopper and day: who orders signs in, others may not."""
    is_new = np.ones(len(actions.day), np.bool_)
    is_new[1:] = (np.diff(actions.shopper) != 0) | (np.diff(actions.day) != 0)
    visit = np.cumsum(is_new) - 1
    visits = int(is_new.sum())
    session = np.arange(visits)
    if settings.session_days:
        # Cookies of shoppers end on different days.
        offset = rng.integers(0, settings.session_days, shoppers)
        number = (actions.day + offset[actions.shopper])[is_new] // settings.session_days
        pairs = actions.shopper[is_new] * (int(number.max(initial=0)) + 1) + number
        session = np.unique(pairs, return_inverse=True)[1]
    is_signed_in = rng.random(visits) >= settings.signed_out
    is_signed_in[visit[actions.kind == PURCHASE]] = True
    # What a session holds before its first visit with signing in is known from then on.
    never = np.iinfo(np.int64).max
    first = np.full(visits, never)
    np.minimum.at(first, session[is_signed_in], actions.day[is_new][is_signed_in])
    linked = first[session[visit]]
    known_from = np.where(linked == never, -1, np.maximum(actions.day, linked))
    return Sessions(visit, session[visit], is_signed_in[visit], known_from)
