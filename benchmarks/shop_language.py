"""A simulated shop language: names of product groups that no title holds, and clicks that tell their meaning.

Simulated. Shops have such names, of a season, a fashion or a joke, and shoppers type them; what they mean can
only be learned from clicks.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from shangsou.behaviour.event import CLICK, SEARCH, Event
from training.pairs.shop_products import ShopProduct

# Characters that make pleasant names and say nothing of products.
_SYLLABLES = "云朵月光星河山海晴雨雾雪风露霜虹岚汀屿鹿鹤鲸雀萤蝉禾穗苔藓芷若兮安宁暖沐拾栖眠遇知念"
_NAME_LENGTHS = (3, 4)
# Of a meaning: fewer leave too few to judge by, more are a whole department.
_MIN_PRODUCTS, _MAX_PRODUCTS = 12, 120
_SHOPPERS, _CLICKS_A_SHOPPER = 6, 4
_FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ShopName:
    """A name that shoppers type, and the products that it means."""

    name: str
    clicked: tuple[str, ...]
    """Ids of the half that is clicked in the events."""
    others: tuple[str, ...]
    """Ids of the other half, never clicked: what is to be found."""


def invent_names(products: Sequence[ShopProduct], count: int, seed: int) -> list[ShopName]:
    """Return names with what they mean: products of one category and one value of an attribute, or one brand.

    Raises `ValueError` where the products have fewer such groups.

    Parameters
    ----------
    products
        Of the shop. Of those of one title, one counts.
    count
        How many names.
    seed
        Another one invents others.
    """
    rng = np.random.default_rng(seed)
    meanings = _meanings(products)
    if len(meanings) < count:
        raise ValueError(f"the products have {len(meanings)} groups that could be named, and not {count}")
    chosen = rng.choice(len(meanings), count, replace=False)
    held = "\n".join(product.title for product in products)
    names: dict[str, None] = {}
    while len(names) < count:
        length = rng.choice(_NAME_LENGTHS)
        name = "".join(rng.choice(list(_SYLLABLES), length, replace=False))
        if name not in held:
            names[name] = None
    found = []
    for name, place in zip(names, chosen.tolist(), strict=True):
        ids = rng.permutation(meanings[place]).tolist()
        found.append(ShopName(name, tuple(ids[::2]), tuple(ids[1::2])))
    return found


def click_events(names: Sequence[ShopName], seed: int) -> list[Event]:
    """Return searches for the names, and clicks on products of their clicked halves, oldest first."""
    rng = np.random.default_rng(seed)
    events = []
    for number, one in enumerate(names):
        for shopper in range(_SHOPPERS):
            at = _FIRST_DAY + timedelta(days=int(rng.integers(60)), seconds=int(rng.integers(80_000)))
            user = f"s{number:03}-{shopper}"
            events.append(Event(f"{user}-0", SEARCH, at, user, f"{user}-v", query=one.name))
            ids = rng.choice(one.clicked, min(_CLICKS_A_SHOPPER, len(one.clicked)), replace=False)
            events += [
                Event(
                    f"{user}-{place}", CLICK, at + timedelta(seconds=20 * place), user, f"{user}-v",
                    query=one.name, product_id=product,
                )
                for place, product in enumerate(ids.tolist(), 1)
            ]  # fmt: skip
    return sorted(events, key=lambda event: event.at)


def recall(found: Mapping[str, Sequence[str]], names: Sequence[ShopName], depth: int = 10) -> float:
    """Return the mean share of the other halves among the first products found, of as many as could be there.

    Parameters
    ----------
    found
        Ids by name, the best first, without those of the clicked half.
    names
        From `invent_names`.
    depth
        How many of `found` count.
    """
    shares = [
        len(set(found[one.name][:depth]) & set(one.others)) / min(depth, len(one.others)) for one in names
    ]
    return float(np.mean(shares))


def _meanings(products: Sequence[ShopProduct]) -> list[list[str]]:
    groups: defaultdict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
    for product in products:
        if not product.category:
            continue
        leaf = product.category[-1]
        for name, values in product.attributes.items():
            for value in values:
                groups[leaf, name, value].setdefault(product.title, product.product_id)
        if product.brand:
            groups[leaf, "", product.brand].setdefault(product.title, product.product_id)
    return [
        list(titles.values())
        for _, titles in sorted(groups.items())
        if _MIN_PRODUCTS <= len(titles) <= _MAX_PRODUCTS
    ]
