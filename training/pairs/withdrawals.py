"""Shoppers whose events may teach nothing: they opted out, or had their data deleted."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.behaviour.store import EventStore
from training.pairs.logged_actions import LoggedActions


class Withdrawals(NamedTuple):
    """Which events may not be used, one an entry, shape (events,)."""

    opted_out: NDArray[np.bool_]
    """By a user who has opted out of personalization, whenever they were."""
    forgotten: NDArray[np.bool_]
    """From before their user or session was forgotten. Who came back is a new shopper."""


def find_withdrawals(actions: LoggedActions, store: EventStore) -> Withdrawals:
    """Return which events are of shoppers who opted out or were forgotten.

    A session counts as the user's who owns its events in `actions`. Of who was forgotten longer ago than the
    store keeps events nothing is known.

    Raises
    ------
    EventsUnavailable
        The store cannot be read.
    """
    opted_out = store.opted_out(actions.users)
    forgotten = store.forgotten(actions.users, actions.sessions)
    return Withdrawals(
        np.array([name in opted_out for name in actions.users] + [False])[actions.user],
        (actions.at <= _moments(actions.users, forgotten.users)[actions.user])
        | (actions.at <= _moments(actions.sessions, forgotten.sessions)[actions.session]),
    )


def _moments(names: Sequence[str], forgotten: Mapping[str, datetime]) -> NDArray[np.float64]:
    """Return for each name when it was forgotten, in seconds since 1970; the last entry is of no name."""
    moments = [forgotten[name].timestamp() if name in forgotten else -np.inf for name in names]
    return np.array([*moments, -np.inf])
