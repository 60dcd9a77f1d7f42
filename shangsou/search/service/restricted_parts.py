"""The parts of the open index that keys with filters see."""

from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

from shangsou.engines.engine import Engine
from shangsou.engines.query import Filters
from shangsou.engines.restricted import RestrictedEngine
from shangsou.search.personal.product_traits import TraitReader
from shangsou.search.service.live_index import OpenIndex

# Kept at a time, of as many shops; a part holds no more than the traits of products in histories.
_MAX_PARTS = 64


class IndexPart(NamedTuple):
    """What of an index may be searched."""

    engine: Engine
    traits: TraitReader


class RestrictedParts:
    """Makes parts of the open index, and keeps them until it is replaced. Safe for many threads."""

    def __init__(self) -> None:
        self._parts: OrderedDict[Filters, tuple[OpenIndex, IndexPart]] = OrderedDict()
        self._lock = Lock()

    def of(self, index: OpenIndex, within: Filters | None) -> IndexPart:
        """Return what of an index passes filters; without filters all of it."""
        if within is None:
            return IndexPart(index.engine, index.traits)
        with self._lock:
            known = self._parts.get(within)
            if known is None or known[0] is not index:
                engine = RestrictedEngine(index.engine, within)
                known = index, IndexPart(engine, TraitReader(engine, engine.generation.recipe.segmenter))
                self._parts[within] = known
            self._parts.move_to_end(within)
            if len(self._parts) > _MAX_PARTS:
                self._parts.popitem(last=False)
        return known[1]
