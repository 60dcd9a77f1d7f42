"""The texts that an encoder is pre-trained on, and the titles that tell how well it predicts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from shangsou.encoding.model_card import NO_EVENTS, EventsBehind
from shangsou.errors import UnusableInput
from shangsou.text.segmenter import Segmenter
from training.distillation.texts import hash_texts, numbered_products
from training.pairs.shop_products import ShopProduct

# Titles, some 30,000 tokens of which three in ten are predicted: the perplexity is known to 2 in 100 then.
_HELD_OUT = 1_000
# Of a small catalog.
_HELD_OUT_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class ProductText:
    """What a product is called and how it is described, normalized."""

    title: str
    description: str
    group: int
    """Of what counts as one product."""


@dataclass(frozen=True, slots=True)
class ShopTexts:
    """What a shop has written, and what its shoppers typed."""

    products: Sequence[ProductText]
    queries: Sequence[str]
    """Normalized, each once."""
    segmenter: Segmenter
    """With the shop's dictionary."""
    judging: Sequence[tuple[str, str]] = ()
    """Queries with titles that they mean, for the scale of cosines; none of them is learned from."""
    events: EventsBehind = NO_EVENTS
    """Those that the queries are of."""
    pairs_hash: str = ""
    """Of the file of pairs that queries are from."""


@dataclass(frozen=True, slots=True)
class PretrainingTexts:
    """What is learned from, and what it is measured by. Each text once, in the order of a sort."""

    titles: Sequence[str]
    descriptions: Sequence[str]
    queries: Sequence[str]
    held_out: Sequence[str]
    """Titles of products of which nothing is learned from."""

    @property
    def learned(self) -> list[str]:
        """Each text once."""
        return list(dict.fromkeys([*self.titles, *self.descriptions, *self.queries]))

    @property
    def hash(self) -> str:
        """SHA-256 of all of them."""
        return hash_texts(self.titles, self.descriptions, self.queries, self.held_out)


def read_product_texts(products: Sequence[ShopProduct], excluded: Collection[str]) -> list[ProductText]:
    """Return the texts of products, without excluded ones and what counts as one with them.

    Parameters
    ----------
    excluded
        Ids.
    """
    return [
        ProductText(product.title, product.description, group)
        for product, group in numbered_products(products, excluded)
    ]


def hold_out(texts: ShopTexts, *, seed: int) -> PretrainingTexts:
    """Return the texts without some products, drawn by the seed.

    Raises `UnusableInput` where there are too few products to hold one out.
    """
    groups = sorted({product.group for product in texts.products})
    count = min(_HELD_OUT, int(len(groups) * _HELD_OUT_SHARE))
    if not count:
        raise UnusableInput(
            f"{len(groups)} different products to learn from, and 10 are the least: index a catalog with "
            "more, or exclude fewer"
        )
    drawn = set(np.random.default_rng(seed).choice(groups, count, replace=False).tolist())
    # One title of each: variants hardly differ.
    held_out = {product.group: product.title for product in texts.products if product.group in drawn}
    judging = set(held_out.values())
    learned = [product for product in texts.products if product.group not in drawn]
    return PretrainingTexts(
        sorted({product.title for product in learned} - judging),
        sorted({product.description for product in learned if product.description} - judging),
        sorted(set(texts.queries) - judging),
        sorted(judging),
    )
