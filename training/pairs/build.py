"""All pairs of a shop: from its events, its catalog and its query log, split, without what judges."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from shangsou.behaviour.event import Event
from shangsou.behaviour.store import EventStore
from shangsou.errors import UnusableInput
from shangsou.lexicon.lexicon import Lexicon
from training.pairs.event_pairs import event_pairs
from training.pairs.event_report import EventPairsReport
from training.pairs.pair import Pair
from training.pairs.phrase_pairs import phrase_pairs
from training.pairs.product_groups import number_groups
from training.pairs.query_forms import learn_forms
from training.pairs.shop_products import ShopProduct
from training.pairs.splits import SplitCounts, leaks, split_pairs
from training.pairs.type_words import find_type_words
from training.pairs.variant_pairs import variant_pairs
from training.pairs.written_queries import written_pairs


@dataclass(frozen=True, slots=True)
class ShopPairs:
    """The pairs of a shop, and what they were made of."""

    pairs: Sequence[Pair]
    splits: SplitCounts
    events: EventPairsReport
    products: int
    groups: int


def build_pairs(  # noqa: PLR0913 - what is known of a shop, each from elsewhere
    products: Sequence[ShopProduct],
    lexicon: Lexicon,
    events: Iterable[Event],
    store: EventStore,
    queries: Sequence[str] = (),
    *,
    excluded_queries: Collection[str] = (),
    excluded_products: Collection[str] = (),
    seed: int,
) -> ShopPairs:
    """Return all pairs, split so that what judges is in no training.

    Parameters
    ----------
    products
        Those on sale.
    lexicon
        Of the live index.
    events
        In the order in which they were logged.
    store
        Of the shop: it knows who opted out or was forgotten.
    queries
        More of the shop's query log, normalized; those of events that make pairs are known.
    excluded_queries, excluded_products
        Of judgements: normalized, and ids. No pair has one, nor a product of the group of one.
    seed
        Of all draws.

    Raises
    ------
    UnusableInput
        No product is on sale.
    EventsUnavailable
        The store cannot be read.
    """
    if not products:
        raise UnusableInput(
            "no product is on sale, so there is nothing to make pairs of; index a catalog first"
        )
    numbers = number_groups(products)
    group_of = {product.product_id: number for product, number in zip(products, numbers, strict=True)}
    from_events = event_pairs(
        events, {product.product_id: product for product in products}, group_of, store, seed=seed
    )
    log = [*queries, *(pair.query for pair in from_events.pairs if pair.shopper_hash)]
    pairs = [*from_events.pairs, *_catalog_pairs(products, numbers, lexicon, log, seed)]
    excluded_groups = {group_of[one] for one in excluded_products if one in group_of}
    kept, counts = split_pairs(
        pairs,
        from_events.late,
        excluded_queries=excluded_queries,
        excluded_groups=excluded_groups,
        shopper_names=from_events.shopper_names,
        seed=seed,
    )
    if found := leaks(kept):
        raise AssertionError("; ".join(found))
    return ShopPairs(kept, counts, from_events.report, len(products), len(set(numbers)))


def _catalog_pairs(
    products: Sequence[ShopProduct], numbers: Sequence[int], lexicon: Lexicon, log: Sequence[str], seed: int
) -> list[Pair]:
    """Return the pairs of no shopper; of a lexicon without facts those of variants alone are left out too."""
    vocabulary = lexicon.facts
    if vocabulary is None:
        return []
    words = find_type_words(products, lexicon, log)
    forms = learn_forms(log, lexicon)
    return [
        *variant_pairs(products, numbers, vocabulary.table, seed=seed),
        *phrase_pairs(products, numbers, words, vocabulary, log, seed=seed),
        *written_pairs(products, numbers, words, vocabulary, forms, seed=seed),
    ]
