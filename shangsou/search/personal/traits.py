"""What a shopper may like or dislike of a product: its words, brand, price level and category, as numbers."""

from collections.abc import Sequence
from math import log
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.engine import Engine
from shangsou.engines.query import Vector
from shangsou.product import CATEGORY_SEPARATOR, Product
from shangsou.text.normalise import normalise
from shangsou.text.terms import characters, words

UNKNOWN = -1
# Products whose traits one process keeps, of some 600 bytes each.
_KEPT = 200_000


class Traits(NamedTuple):
    """Of one product. Numbers stand for texts as one `TraitReader` gave them out."""

    words: NDArray[np.int32]
    """Distinct words of two characters or more: of the title and the attributes' values."""
    characters: NDArray[np.uint16]
    """Distinct searchable characters of title, brand and attributes, the low 16 bits of each."""
    brand: int
    """`UNKNOWN` where the catalog gives none, as of `category`."""
    category: int
    log_price: float
    """Natural logarithm of the price in fen; NaN where there is none."""


class TraitReader:
    """Traits of the products of one generation, kept once they were read. Safe for many threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._texts: list[str] = []
        self._numbers: dict[str, int] = {}
        self._known: dict[str, Traits] = {}
        self._reading = Lock()

    def read(self, product_ids: Sequence[str]) -> dict[str, Traits]:
        """Return the traits of the products with these ids that exist and are on.

        Raises `EngineUnavailable` as the engine does.
        """
        known = self._known
        missing = [product_id for product_id in product_ids if product_id not in known]
        if missing:
            products = self._engine.products(missing)
            with self._reading:
                if len(known) + len(products) > _KEPT:
                    known = self._known = {one: known[one] for one in product_ids if one in known}
                known.update((product.product_id, self._traits(product)) for product in products)
        return {product_id: known[product_id] for product_id in product_ids if product_id in known}

    def cosines(self, vector: Vector, product_ids: Sequence[str]) -> dict[str, float]:
        """Return the cosines of these products' titles with a vector."""
        return self._engine.cosines(vector, product_ids)

    def text(self, number: int) -> str:
        """Return the word, brand or category that a number stands for."""
        return self._texts[number]

    def _traits(self, product: Product) -> Traits:
        values = [value for values in product.attributes.values() for value in values]
        text = normalise(" ".join([product.title, *values]))
        held = sorted(
            {ord(one) & 0xFFFF for one in "".join(characters(f"{text} {normalise(product.brand)}"))}
        )
        found = dict.fromkeys(word for word in words(text) if len(word) > 1)
        return Traits(
            words=np.fromiter(map(self._number, found), np.int32, len(found)),
            characters=np.array(held, np.uint16),
            brand=self._number(product.brand) if product.brand else UNKNOWN,
            category=self._number(CATEGORY_SEPARATOR.join(product.category)) if product.category else UNKNOWN,
            log_price=log(product.price_fen) if product.price_fen else float("nan"),
        )

    def _number(self, text: str) -> int:
        number = self._numbers.get(text)
        if number is None:
            number = self._numbers[text] = len(self._texts)
            self._texts.append(text)
        return number
