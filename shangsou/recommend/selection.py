"""Selection of a shelf's products: in stock, not just bought, not excluded, no two alike."""

from collections.abc import Iterable, Mapping, Set

from shangsou.product import Product
from shangsou.recommend.shelf import ShelfCandidate, ShelfItem
from shangsou.text.normalize import normalize
from shangsou.text.terms import bigrams, characters

# Titles that share more of their bigrams (Jaccard) are duplicates: two of 30 characters that differ only in
# the name of a colour share .81. Chosen by judgement.
_MAX_TITLE_SIMILARITY = 0.75


def select_items(  # noqa: PLR0913 - what may be shown, and what not
    candidates: Iterable[ShelfCandidate],
    products: Mapping[str, Product],
    size: int,
    *,
    excluded: Set[str] = frozenset(),
    excluded_groups: Set[str] = frozenset(),
    shown_products: Iterable[Product] = (),
) -> tuple[ShelfItem, ...]:
    """Select the first candidates that may be shown together, in order.

    Parameters
    ----------
    candidates
        Best first; duplicates count once.
    products
        Those of them that exist and are on sale.
    size
        Maximum number of items.
    excluded, excluded_groups
        Ids never to show, and groups of which no variant is shown.
    shown_products
        The anchor product and bought products: neither they nor their duplicates are shown.
    """
    items: list[ShelfItem] = []
    groups, titles = set(excluded_groups), list[frozenset[str]]()

    def remember(remembered: Product) -> None:
        if remembered.group_id:
            groups.add(remembered.group_id)
        titles.append(_title_bigrams(remembered.title))

    used_ids = set(excluded)
    for product in shown_products:
        used_ids.add(product.product_id)
        remember(product)
    for candidate in candidates:
        if len(items) == size:
            break
        loaded = products.get(candidate.product_id)
        if loaded is None or candidate.product_id in used_ids or not is_in_stock(loaded):
            continue
        used_ids.add(candidate.product_id)
        if loaded.group_id in groups or _is_near_duplicate(_title_bigrams(loaded.title), titles):
            continue
        remember(loaded)
        items.append(ShelfItem(loaded, candidate.reason, candidate.basis))
    return tuple(items)


def is_in_stock(product: Product) -> bool:
    """Return whether a product is in stock, as far as is known."""
    return product.status == "on" and (product.stock is None or product.stock > 0)


def _title_bigrams(title: str) -> frozenset[str]:
    runs = characters(normalize(title))
    return frozenset(bigrams(["".join(runs)])) or frozenset(runs)


def _is_near_duplicate(title: frozenset[str], others: Iterable[frozenset[str]]) -> bool:
    return any(
        len(title & other) > _MAX_TITLE_SIMILARITY * len(title | other) for other in others if title or other
    )
