"""Which candidates a shelf shows: in stock, not just bought, not excluded, no two alike."""

from collections.abc import Iterable, Mapping, Set

from shangsou.product import Product
from shangsou.recommend.shelf import Candidate, Item
from shangsou.text.normalise import normalise
from shangsou.text.terms import bigrams, characters

# Titles that share more of their bigrams (Jaccard) say the same: two of 30 characters that differ by a
# colour's name alone share .81. Set by hand.
_ALIKE = 0.75


def choose(
    candidates: Iterable[Candidate],
    products: Mapping[str, Product],
    size: int,
    *,
    without: Set[str] = frozenset(),
    beside: Iterable[Product] = (),
) -> tuple[Item, ...]:
    """Return the first candidates that may be shown together, in their order.

    Parameters
    ----------
    candidates
        The best first; one that comes again counts once.
    products
        Those of them that exist and are on.
    size
        How many at most.
    without
        Ids never to show.
    beside
        Products that the shelf stands beside or that were bought: neither they nor their like are shown.
    """
    chosen: list[Item] = []
    groups, titles = set[str](), list[frozenset[str]]()

    def note(product: Product) -> None:
        if product.group_id:
            groups.add(product.group_id)
        titles.append(_bigrams(product.title))

    taken = set(without)
    for product in beside:
        taken.add(product.product_id)
        note(product)
    for candidate in candidates:
        if len(chosen) == size:
            break
        found = products.get(candidate.product_id)
        if found is None or candidate.product_id in taken or not is_in_stock(found):
            continue
        taken.add(candidate.product_id)
        if found.group_id in groups or _is_like_any(_bigrams(found.title), titles):
            continue
        note(found)
        chosen.append(Item(found, candidate.reason, candidate.basis))
    return tuple(chosen)


def is_in_stock(product: Product) -> bool:
    """Return whether a product can be bought now, as far as is known."""
    return product.status == "on" and (product.stock is None or product.stock > 0)


def _bigrams(title: str) -> frozenset[str]:
    runs = characters(normalise(title))
    return frozenset(bigrams(["".join(runs)])) or frozenset(runs)


def _is_like_any(title: frozenset[str], others: Iterable[frozenset[str]]) -> bool:
    return any(len(title & other) > _ALIKE * len(title | other) for other in others if title or other)
