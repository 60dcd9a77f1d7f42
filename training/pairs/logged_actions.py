"""Columns of events in the results of searches: a million of them take some 60 MB."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from shangsou.behaviour.event import IMPRESSION, Event
from shangsou.behaviour.session_owners import SessionOwner, assign_owners
from shangsou.recommend.model import SIGNAL_WEIGHTS
from shangsou.recommend.shelf import kind_of_shelf
from shangsou.text.normalize import normalize
from training.pairs.event_report import EventPairsReport

ACTIONS: Sequence[str] = (*SIGNAL_WEIGHTS, IMPRESSION, "")
"""Actions by number; the last stands for all others, as `search`."""
NO_NUMBER = -1
# Events whose owners are found at once.
_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class LoggedActions:
    """Events with their queries, one an entry of each column, shape (events,), in their order."""

    queries: Sequence[str]
    """Normalized texts by number."""
    product_ids: Sequence[str]
    users: Sequence[str]
    sessions: Sequence[str]
    query: NDArray[np.int64]
    """Number in `queries`."""
    product: NDArray[np.int64]
    """Number in `product_ids`; `NO_NUMBER` for none."""
    user: NDArray[np.int64]
    """Number in `users` of the owner (`EventStore`); `NO_NUMBER` where only the session is known."""
    session: NDArray[np.int64]
    """Number in `sessions`; `NO_NUMBER` for none."""
    action: NDArray[np.int64]
    """Number in `ACTIONS`."""
    position: NDArray[np.int64]
    """In the results, from 1; 0 where unknown."""
    at: NDArray[np.float64]
    """Seconds since 1970."""

    def shopper(self) -> NDArray[np.int64]:
        """Return the number of each event's shopper: user, else session; `NO_NUMBER` for neither."""
        session = np.where(self.session >= 0, len(self.users) + self.session, NO_NUMBER)
        return np.where(self.user >= 0, self.user, session)

    def is_signal(self) -> NDArray[np.bool_]:
        """Return which events show interest in a product."""
        return (self.action < len(SIGNAL_WEIGHTS)) & (self.product >= 0)


class _Numbers(dict[str, int]):
    """A number for each name, in the order of their first use."""

    def of(self, name: str) -> int:
        return self.setdefault(name, len(self)) if name else NO_NUMBER


def read_actions(events: Iterable[Event], report: EventPairsReport) -> LoggedActions:
    """Return what events say of queries, with the owners that an event store would give them.

    Events on a shelf and without a query are left out.

    Parameters
    ----------
    events
        In the order in which they were logged.
    report
        Counts them.
    """
    queries, products, users, sessions = _Numbers(), _Numbers(), _Numbers(), _Numbers()
    numbers = {action: number for number, action in enumerate(ACTIONS)}
    columns = [array("q") for _ in range(6)]
    times = array("d")
    session_owners: dict[str, SessionOwner] = {}
    claimed: dict[str, str] = {}
    remaining = iter(events)
    while batch := list(islice(remaining, _BATCH)):
        ownership = assign_owners(batch, session_owners)
        claimed |= ownership.claimed
        for event, owner in zip(batch, ownership.owners, strict=True):
            action = numbers.get(event.action, len(ACTIONS) - 1)
            query = "" if kind_of_shelf(event.query_id) else normalize(event.query)
            report.count(event, has_query=bool(query))
            if query:
                product, position = products.of(event.product_id), event.position or 0
                row = (queries.of(query), product, users.of(owner), sessions.of(event.session_id))
                for column, value in zip(columns, (*row, action, position), strict=True):
                    column.append(value)
                times.append(event.at.timestamp())
    query_column, product_column, user, session, action_column, position_column = (
        np.array(column, np.int64) for column in columns
    )
    # Who signed in later in a session did what was done before in it. The last entry is of no session.
    owners = np.array([users.of(claimed.get(name, "")) for name in sessions] + [NO_NUMBER])
    return LoggedActions(
        queries=list(queries),
        product_ids=list(products),
        users=list(users),
        sessions=list(sessions),
        query=query_column,
        product=product_column,
        user=np.where(user >= 0, user, owners[session]),
        session=session,
        action=action_column,
        position=position_column,
        at=np.array(times, np.float64),
    )
