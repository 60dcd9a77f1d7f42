"""Pairs of two products that different shoppers bought for one query."""

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from shangsou.behaviour.event import CLICK
from shangsou.recommend.model import SIGNAL_WEIGHTS
from training.pairs.pair import Pair
from training.pairs.shop_products import ShopProduct

MAX_PRODUCTS = 20
"""Products of a query, drawn at random, which make as many pairs. Of 758 queries of SIMULATED shoppers 91 %
have no more that were bought; the most is 54."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """A shopper bought a product for a query; each by a number or a name of its own."""

    query: int
    product_id: str
    shopper: int


@dataclass(slots=True)
class CoPurchases:
    """The pairs, and how many products of queries were too many for them."""

    pairs: list[Pair] = field(default_factory=list)
    over_cap: int = 0


def co_purchase_pairs(
    purchases: Iterable[Purchase],
    products: Mapping[str, ShopProduct],
    groups: Mapping[str, int],
    *,
    seed: int,
) -> CoPurchases:
    """Return a pair for two products that two shoppers bought for one query, each two products once.

    The products of a query are put into a random circle, and each is paired with the next: so that pairs grow
    with the products and not with their square, and none is in more than two of a query.

    Parameters
    ----------
    products
        With all that were bought.
    groups
        The number of the group of each product; two of one group make no pair.
    """
    buyers: dict[int, dict[str, set[int]]] = {}
    for purchase in purchases:
        of_query = buyers.setdefault(purchase.query, {})
        of_query.setdefault(purchase.product_id, set()).add(purchase.shopper)
    found, source = CoPurchases(), random.Random(seed)
    known: set[tuple[str, str]] = set()
    for of_query in buyers.values():
        circle = sorted(of_query)
        source.shuffle(circle)
        found.over_cap += max(0, len(circle) - MAX_PRODUCTS)
        for first, second in _neighbours(circle[:MAX_PRODUCTS]):
            key = (min(first, second), max(first, second))
            is_by_two = len(of_query[first] | of_query[second]) > 1
            if is_by_two and groups[first] != groups[second] and key not in known:
                known.add(key)
                found.pairs.append(_pair(products[first], products[second], groups))
    return found


def _neighbours(circle: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each product with the next, and the last with the first; two products make one pair."""
    yield from pairwise(circle)
    if len(circle) > 2:
        yield circle[-1], circle[0]


def _pair(first: ShopProduct, second: ShopProduct, groups: Mapping[str, int]) -> Pair:
    # Like a click: two that were bought for `礼物` have less in common than either has with it.
    weight = SIGNAL_WEIGHTS[CLICK]
    return Pair(
        first.title,
        second.product_id,
        second.title,
        weight,
        "co-purchase",
        groups[second.product_id],
        groups[first.product_id],
    )
