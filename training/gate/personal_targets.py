"""Searches of shoppers with a history, from events: what each was asked, and what was chosen."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import numpy as np

from relevance.offline.event_replay import ReplayState, SearchChoice, search_choices
from relevance.offline.personal import Target
from shangsou.behaviour.event import PURCHASE, Event

# The share of events, the last ones, whose searches judge: what is before them makes histories.
LATER_SHARE = 0.2
# On 74,362 products and two cores some 2,000 searches take a minute for each model; their standard error of
# the mean reciprocal rank is then below .01.
MAX_TARGETS = 2_000
_SEED = 20261202


def find_targets(events: Sequence[Event], group_keys: Mapping[str, str], since: datetime) -> list[Target]:
    """Return the searches since a moment whose shopper has a history and chose something new, in time order.

    What was bought is the target, else what was clicked first.

    Parameters
    ----------
    events
        In time order.
    group_keys
        The key of the group of each product.
    """
    state = ReplayState(group_keys)
    choices = [
        choice
        for choice in search_choices(events, state)
        # As it is before the search; what is chosen is known when all events were read.
        if choice.at >= since and state.clicked(choice.shopper)
    ]
    return [target for choice in choices if (target := _target(choice))]


def select_targets(targets: Sequence[Target], is_leaked: Callable[[Target], bool]) -> list[Target]:
    """Return the targets that training did not see, in time order; of more than `MAX_TARGETS` a sample."""
    unseen = [target for target in targets if not is_leaked(target)]
    if len(unseen) <= MAX_TARGETS:
        return unseen
    drawn = np.random.default_rng(_SEED).choice(len(unseen), MAX_TARGETS, replace=False)
    return [unseen[row] for row in np.sort(drawn)]


def _target(choice: SearchChoice) -> Target | None:
    chosen = [event for events in choice.chosen.values() for event in events]
    if not chosen:
        return None
    event = next((one for one in chosen if one.action == PURCHASE), chosen[0])
    return Target(choice.shopper, choice.at, choice.query, event.product_id, indifferent=False)
