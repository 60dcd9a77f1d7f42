"""The user of each event of a session, where shoppers sign in late or share a device."""

import numpy as np

from insights.customers.orders import Integers


def event_owners(user: Integers, session: Integers) -> Integers:
    """Return the user that each event belongs to; -1 where there is none. Shape (events,).

    The rule is that of `shangsou.behaviour.store.EventStore`: an event belongs to its own user, else to the
    last one seen in its session before it, else to the first one seen in it after.

    Parameters
    ----------
    user
        Shape (events,), oldest first; -1 where an event names none.
    session
        Shape (events,): a number of the session of each; 0 for none.
    """
    owner = user.copy()
    unowned = np.flatnonzero((user < 0) & (session != 0))
    linking = np.flatnonzero((user >= 0) & (session != 0))
    if not len(unowned) or not len(linking):
        return owner
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
        owner[unowned[is_of_session]] = user[linking[candidate_place[is_of_session]]]
    return owner
