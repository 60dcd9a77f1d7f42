"""The texts that a teacher is distilled on: titles of the live index, and queries, without what judges."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from shangsou.encoding.model_card import NO_EVENTS, EventsBehind
from shangsou.text.segmenter import Segmenter
from training.pairs.pair import Pair
from training.pairs.private_queries import looks_private
from training.pairs.product_groups import number_groups
from training.pairs.shop_products import ShopProduct
from training.pairs.splits import same_words


@dataclass(frozen=True, slots=True)
class DistillingTexts:
    """What a teacher is distilled on."""

    titles: Sequence[str]
    """Normalized, in order, each once."""
    queries: Sequence[str]
    """As titles; none of them judges."""
    segmenter: Segmenter
    judging: Sequence[tuple[str, str]] = ()
    """Queries with titles that they mean, for the scale of cosines; none of them is learned from."""
    events: EventsBehind = NO_EVENTS
    """Those that the queries are of."""
    pairs_hash: str = ""
    """Of the file of pairs that queries are from."""


def hash_texts(*kinds: Iterable[str]) -> str:
    """Return the SHA-256 of texts of several kinds, as titles and queries, in order."""
    digest = hashlib.sha256()
    for place, texts in enumerate(kinds):
        digest.update(b"\n" if place else b"")
        for text in texts:
            digest.update(text.encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()


def learned_titles(products: Sequence[ShopProduct], excluded: Collection[str]) -> list[str]:
    """Return the titles of products, each once, without those of excluded ones and of what counts as one.

    Parameters
    ----------
    products
        Those on sale.
    excluded
        Ids. Variants and near-duplicate titles of them are left out too.
    """
    if not excluded:
        return sorted({product.title for product in products})
    return sorted({product.title for product, _ in numbered_products(products, excluded)})


def numbered_products(
    products: Sequence[ShopProduct], excluded: Collection[str]
) -> list[tuple[ShopProduct, int]]:
    """Return products with the numbers of their groups, without groups of an excluded product.

    Parameters
    ----------
    excluded
        Ids.
    """
    numbered = list(zip(products, number_groups(products), strict=True))
    judging = {number for product, number in numbered if product.product_id in excluded}
    return [(product, number) for product, number in numbered if number not in judging]


def learned_queries(log: Iterable[str], pairs: Sequence[Pair], excluded: Collection[str]) -> list[str]:
    """Return the queries of a log and of pairs to train on, each once, without those that judge.

    Queries of the other splits are left out wherever they stand, also with their words in another order or
    with other spaces, and so are those that look private.

    Parameters
    ----------
    log, excluded
        Normalized.
    """
    typed = [pair for pair in pairs if pair.query_group is None]
    judging = {*excluded, *(pair.query for pair in typed if pair.split != "train")}
    words = {same_words(query) for query in judging}
    queries = {*log, *(pair.query for pair in typed if pair.split == "train")}
    return sorted(
        query for query in queries if query and same_words(query) not in words and not looks_private(query)
    )
