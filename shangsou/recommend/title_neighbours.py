"""Cached neighbours of products by title: the same for every shopper, and the slowest to find."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from shangsou.engines.engine import Engine
from shangsou.engines.query import Filters, Hit, VectorLeg

# Neighbours of each product: enough to diversify over brands and prices, and to drop some.
_MAX_NEIGHBOURS = 40
# Products whose neighbours are cached, about 4 KB each: those viewed within an hour.
_MAX_CACHED = 4_000


class TitleNeighbours:
    """A cache of nearest neighbours by title in one generation. Safe for many threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._cache: OrderedDict[str, tuple[Hit, ...]] = OrderedDict()
        self._lock = Lock()

    def of(self, product_ids: Sequence[str]) -> list[tuple[Hit, ...]]:
        """Return for each product those in stock with the nearest titles, without itself, nearest first.

        Scores are cosines on the scale of the default model, by which shelves compare them with constants.
        Products that do not exist or are off sale have none. Raises `EngineUnavailable`.
        """
        with self._lock:
            neighbours = {
                product_id: self._cache[product_id] for product_id in product_ids if product_id in self._cache
            }
        missing = [product_id for product_id in dict.fromkeys(product_ids) if product_id not in neighbours]
        if missing:
            neighbours |= self._find(missing)
        with self._lock:
            for product_id in neighbours:
                self._cache[product_id] = neighbours[product_id]
                self._cache.move_to_end(product_id)
            while len(self._cache) > _MAX_CACHED:
                self._cache.popitem(last=False)
        return [neighbours.get(product_id, ()) for product_id in product_ids]

    def _find(self, product_ids: Sequence[str]) -> dict[str, tuple[Hit, ...]]:
        vectors = self._engine.title_vectors(product_ids)
        in_stock = Filters(in_stock=True)
        legs = [VectorLeg("title_vector", vector, in_stock, _MAX_NEIGHBOURS) for vector in vectors.values()]
        cosines = self._engine.generation.recipe.cosines
        return {
            product_id: tuple(
                Hit(hit.product_id, cosines.to_default(hit.score))
                for hit in hits
                if hit.product_id != product_id
            )
            for product_id, hits in zip(vectors, self._engine.retrieve(legs), strict=True)
        }
