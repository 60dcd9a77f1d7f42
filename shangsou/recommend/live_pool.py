"""The catalog pool of an index, read again now and then, and the neighbours of its products by title."""

import time
from threading import Lock

from shangsou.engines.engine import Engine
from shangsou.recommend.catalog_pool import CatalogPool, add_offers, read_catalog_pool
from shangsou.recommend.title_neighbours import TitleNeighbours

# Maximum age of the pool, whose offers take about .2 s to read: best sellers change no faster, and stock and
# price of the products shown are looked up at every request.
_MAX_AGE_S = 300.0
# The same where products have changed since; what is off sale by then is never shown.
_CHANGED_MAX_AGE_S = 30.0


class LivePool:
    """Reads nothing before it is asked. Safe for many threads."""

    def __init__(self) -> None:
        self._pool = CatalogPool()
        self._generation = ""
        self._sequence = 0
        self._read_at = 0.0
        self._neighbours: tuple[Engine, TitleNeighbours] | None = None
        self._lock = Lock()

    @property
    def is_read(self) -> bool:
        """Whether there is a pool, perhaps an old one."""
        return bool(self._generation)

    def get(self, engine: Engine, *, offers: bool) -> CatalogPool:
        """Return the pool, read if it never was; old data is left to `refresh`."""
        if not self.is_read or (offers and self._pool.offers is None):
            with self._lock:
                if not self.is_read:
                    self._read(engine, offers=False)
                if offers and self._pool.offers is None:
                    self._pool = add_offers(self._pool, engine)
        return self._pool

    def refresh(self, engine: Engine, *, offers: bool) -> None:
        """Read the pool again where it is old, with the offers if asked for or read before."""
        if not self._is_old(engine):
            return
        with self._lock:
            if self._is_old(engine):
                self._read(engine, offers=offers or self._pool.offers is not None)

    def neighbours(self, engine: Engine) -> TitleNeighbours:
        """Return the neighbours of products in an engine."""
        cached = self._neighbours
        if cached is None or cached[0] is not engine:
            cached = self._neighbours = (engine, TitleNeighbours(engine))
        return cached[1]

    def _is_old(self, engine: Engine) -> bool:
        age_s = time.monotonic() - self._read_at
        has_changed = self._sequence != engine.sequence and age_s > _CHANGED_MAX_AGE_S
        return age_s > _MAX_AGE_S or has_changed or self._generation != engine.generation.name

    def _read(self, engine: Engine, *, offers: bool) -> None:
        pool = read_catalog_pool(engine)
        if not self.is_read:
            # Shelves without offers need not wait for them.
            self._pool, self._generation = pool, engine.generation.name
        self._pool = add_offers(pool, engine) if offers else pool
        # Those of an engine that is replaced would keep it.
        self._neighbours = None
        self._generation, self._read_at = engine.generation.name, time.monotonic()
        self._sequence = engine.sequence
