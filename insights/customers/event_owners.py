"""The user of each event of a session, where shoppers sign in late or share a device."""

from typing import NamedTuple

import numpy as np

from insights.customers.orders import Integers


class EventOwners(NamedTuple):
    """The users of events. Arrays have the shape (events,)."""

    user: Integers
    """-1 where there is none."""
    link: Integers
    """The position of the event from which the user is known: its own, or a later one of its session."""


def event_owners(user: Integers, session: Integers) -> EventOwners:
    """Return the user that each event belongs to, and from when on that is known.

    The rule is that of `shangsou.behaviour.store.EventStore`: an event belongs to its own user, else to the
    last one seen in its session before it, else to the first one seen in it after.

    Parameters
    ----------
    user
        Shape (events,), oldest first; -1 where an event names none.
    session
        Shape (events,): a number of the session of each; 0 for none.
    """
    owner, link = user.copy(), np.arange(len(user))
    unowned = np.flatnonzero((user < 0) & (session != 0))
    linking = np.flatnonzero((user >= 0) & (session != 0))
    if not len(unowned) or not len(linking):
        return EventOwners(owner, link)
    linking = linking[np.argsort(session[linking], kind="stable")]
    # By session and, within one, by time: the last linking event that is not after the unowned one.
    _, number = np.unique(np.concatenate([session[linking], session[unowned]]), return_inverse=True)
    of_linking, of_unowned = number[: len(linking)], number[len(linking) :]
    size = len(user)
    place = np.searchsorted(of_linking * size + linking, of_unowned * size + unowned) - 1
    for candidate in (place + 1, place):
        candidate_place = np.clip(candidate, 0, len(linking) - 1)
        is_of_session = (of_linking[candidate_place] == of_unowned) & (candidate >= 0)
        is_of_session &= candidate < len(linking)
        found, source = unowned[is_of_session], linking[candidate_place[is_of_session]]
        owner[found] = user[source]
        link[found] = np.maximum(found, source)
    return EventOwners(owner, link)
