"""Products of like titles, kept: they are the same for every shopper, and encoding a title takes longest."""

from collections.abc import Sequence
from functools import lru_cache

from shangsou.encoding.encoder import Encoder
from shangsou.encoding.texts import title_text
from shangsou.engines.engine import Engine
from shangsou.engines.query import Filters, Hit, VectorLeg
from shangsou.errors import EncoderUnavailable
from shangsou.product import Product

# Of each product: enough to spread over brands and prices, and to leave out what may not be shown.
_MOST = 40
# Products whose neighbours are kept, some 4 KB each: what shoppers look at within an hour.
_KEPT = 4_000


class Neighbours:
    """Nearest neighbours by title in one generation. Safe for many threads."""

    def __init__(self, engine: Engine, encoder: Encoder | None) -> None:
        self._engine, self._encoder = engine, encoder
        self._of_title = lru_cache(_KEPT)(self._find)

    def of(self, products: Sequence[Product]) -> list[list[Hit]]:
        """Return for each product those in stock with the nearest titles, not itself, the nearest first.

        Raises `EncoderUnavailable` and `EngineUnavailable`.
        """
        return [
            [hit for hit in self._of_title(title_text(product)) if hit.product_id != product.product_id]
            for product in products
        ]

    def _find(self, title: str) -> tuple[Hit, ...]:
        if self._encoder is None:
            raise EncoderUnavailable("not available; without products of like titles")
        [vector] = self._encoder.encode([title])
        [hits] = self._engine.retrieve([VectorLeg("title_vector", vector, Filters(in_stock=True), _MOST)])
        return tuple(hits)
