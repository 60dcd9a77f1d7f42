"""Pairs from what shoppers did in the results of their searches."""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from shangsou.behaviour.event import IMPRESSION, Event
from shangsou.behaviour.store import EventStore
from training.pairs.choices import Choices, join_choices
from training.pairs.co_purchases import Purchase, co_purchase_pairs
from training.pairs.event_report import EventPairsReport, LeftOut
from training.pairs.logged_actions import ACTIONS, LoggedActions, read_actions
from training.pairs.pair import Pair
from training.pairs.private_queries import MIN_SHOPPERS, looks_private
from training.pairs.shop_products import ShopProduct
from training.pairs.withdrawals import Withdrawals, find_withdrawals
from training.propensity import position_weights

# Ten million shoppers have the same hash as another with a likelihood of .000003.
_HASH_BYTES = 8


@dataclass(frozen=True, slots=True)
class EventPairs:
    """The pairs of events, by query in the order of their first event; co-purchases follow."""

    pairs: Sequence[Pair]
    late: Sequence[Pair]
    """Those of them whose first event is of the later half of the events. Co-purchases have no time."""
    shopper_names: Mapping[str, str]
    """Of each hash the shopper, for dealing them by a seed. Not to be written down."""
    report: EventPairsReport


def event_pairs(
    events: Iterable[Event],
    products: Mapping[str, ShopProduct],
    groups: Mapping[str, int],
    store: EventStore,
    *,
    seed: int,
) -> EventPairs:
    """Return a pair for each query, product and shopper, and pairs of products bought for one query.

    Only queries of `MIN_SHOPPERS` shoppers make pairs, and none that `looks_private`. `join_choices` says
    what a pair weighs. Positions count only where impressions tell how likely each is looked at.

    Parameters
    ----------
    events
        In the order in which they were logged; read once.
    products
        Those on sale, by id.
    groups
        The number of the group of each of them.
    store
        Of the shop: it knows who opted out or was forgotten.
    seed
        Of the draw of co-purchases. Hashes of shoppers have a salt of their own that is nowhere written down.

    Raises
    ------
    EventsUnavailable
        The store cannot be read.
    """
    report = EventPairsReport()
    actions = read_actions(events, report)
    looked_up_at = datetime.now(UTC).isoformat()
    withdrawals = find_withdrawals(actions, store)
    shopper = actions.shopper()
    used = _usable(actions, shopper, withdrawals, products, report)
    weights = position_weights(_shown_events(actions, ~withdrawals.opted_out & ~withdrawals.forgotten))
    choices = join_choices(actions, shopper, used, weights)
    hashes = _shopper_hashes(actions, choices.shopper)
    until = _last_moment(actions, used)
    pairs, late = [], []
    for number in range(len(choices.query)):
        product_id = actions.product_ids[choices.product[number]]
        pair = Pair(
            query=actions.queries[choices.query[number]],
            product_id=product_id,
            title=products[product_id].title,
            weight=float(choices.weight[number]),
            source="purchase" if choices.is_purchase[number] else "click",
            group=groups[product_id],
            shopper_hash=hashes[int(choices.shopper[number])],
            events_until=until,
            erasures_known_until=looked_up_at,
        )
        pairs.append(pair)
        if choices.is_late[number]:
            late.append(pair)
    bought = co_purchase_pairs(_purchases(actions, choices), products, groups, seed=seed)
    report.over_cap = bought.over_cap
    report.queries, report.shoppers = len(np.unique(choices.query)), len(hashes)
    report.late, report.weighted_positions = len(late), len(weights)
    pairs += [replace(pair, events_until=until, erasures_known_until=looked_up_at) for pair in bought.pairs]
    report.pairs.update(pair.source for pair in pairs)
    names = _shopper_names(actions)
    return EventPairs(pairs, late, {one: names[number] for number, one in hashes.items()}, report)


def _usable(
    actions: LoggedActions,
    shopper: NDArray[np.int64],
    withdrawals: Withdrawals,
    products: Mapping[str, ShopProduct],
    report: EventPairsReport,
) -> NDArray[np.bool_]:
    """Return which events make pairs, and count why the other actions do not."""
    # A title of invisible characters is none that could be encoded.
    is_on_sale = np.array(
        [name in products and products[name].title != "" for name in actions.product_ids] + [False]
    )
    is_private = np.array([looks_private(query) for query in actions.queries], np.bool_)
    is_known = (shopper >= 0) & ~withdrawals.opted_out & ~withdrawals.forgotten
    # Each query with each of its shoppers once.
    query_of_shopper = np.unique(np.stack([actions.query[is_known], shopper[is_known]]), axis=1)[0]
    shopper_counts = np.bincount(query_of_shopper, minlength=len(actions.queries))
    is_rare = shopper_counts < MIN_SHOPPERS
    report.private_queries, report.rare_queries = int(is_private.sum()), int((is_rare & ~is_private).sum())
    reasons: tuple[tuple[LeftOut, NDArray[np.bool_]], ...] = (
        ("without a shopper", shopper < 0),
        ("by a shopper who opted out", withdrawals.opted_out),
        ("from before its shopper was forgotten", withdrawals.forgotten),
        ("of a product that is not on sale", ~is_on_sale[actions.product]),
        ("of a query that looks like personal data", is_private[actions.query]),
        ("of a query of too few shoppers", is_rare[actions.query]),
    )
    usable = actions.is_signal()
    for reason, is_left_out in reasons:
        report.leave_out(reason, int((usable & is_left_out).sum()))
        usable &= ~is_left_out
    for number in np.flatnonzero(~is_on_sale[:-1]).tolist():
        report.add_not_on_sale(actions.product_ids[number])
    report.used = int(usable.sum())
    return usable


def _last_moment(actions: LoggedActions, used: NDArray[np.bool_]) -> str:
    if not used.any():
        return ""
    return datetime.fromtimestamp(actions.at[used].max(), UTC).isoformat()


def _shown_events(actions: LoggedActions, is_known: NDArray[np.bool_]) -> Iterator[Event]:
    """Yield what says how likely each position is looked at, where impressions are logged; else nothing."""
    if not (actions.action == ACTIONS.index(IMPRESSION)).any():
        return
    is_shown = is_known & (actions.product >= 0) & (actions.position > 0)
    for number in np.flatnonzero(is_shown).tolist():
        yield Event(
            event_id="",
            action=ACTIONS[actions.action[number]],
            at=datetime.fromtimestamp(actions.at[number], UTC),
            query=actions.queries[actions.query[number]],
            product_id=actions.product_ids[actions.product[number]],
            position=int(actions.position[number]),
        )


def _purchases(actions: LoggedActions, choices: Choices) -> Iterator[Purchase]:
    for number in np.flatnonzero(choices.is_purchase).tolist():
        product_id = actions.product_ids[choices.product[number]]
        yield Purchase(int(choices.query[number]), product_id, int(choices.shopper[number]))


def _shopper_hashes(actions: LoggedActions, shoppers: NDArray[np.int64]) -> dict[int, str]:
    """Return a hash of each of these shoppers, which nobody can compute again."""
    salt = secrets.token_bytes(blake2b.MAX_KEY_SIZE)
    names = _shopper_names(actions)
    return {
        number: blake2b(
            names[number].encode("utf-8", "surrogatepass"), key=salt, digest_size=_HASH_BYTES
        ).hexdigest()
        for number in np.unique(shoppers).tolist()
    }


def _shopper_names(actions: LoggedActions) -> list[str]:
    return [*(f"user {name}" for name in actions.users), *(f"session {name}" for name in actions.sessions)]
