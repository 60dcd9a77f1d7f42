"""The parts of an open index that keys with filters see."""

from collections import OrderedDict
from collections.abc import Collection
from threading import Lock
from typing import NamedTuple

from shangsou.engines.engine import Engine
from shangsou.engines.query import Filters
from shangsou.engines.restricted import RestrictedEngine
from shangsou.search.personal.product_traits import TraitReader

MAX_PARTS = 64
"""Kept at a time, of as many shops; a part holds no more than the traits of products in histories."""


class IndexPart(NamedTuple):
    """What of an index may be searched."""

    engine: Engine
    traits: TraitReader


class RestrictedParts:
    """Makes parts of an engine, and keeps them. Safe for many threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._parts: OrderedDict[Filters, IndexPart] = OrderedDict()
        self._lock = Lock()

    def of(self, within: Filters) -> IndexPart:
        """Return what of the engine passes filters."""
        with self._lock:
            part = self._parts.get(within)
            if part is None:
                engine = RestrictedEngine(self._engine, within)
                recipe = engine.generation.recipe
                part = IndexPart(engine, TraitReader(engine, recipe.segmenter, recipe.cosines))
                self._parts[within] = part
            self._parts.move_to_end(within)
            if len(self._parts) > MAX_PARTS:
                self._parts.popitem(last=False)
        return part

    def follow(self, engine: Engine, changed_ids: Collection[str]) -> "RestrictedParts":
        """Return the parts of another engine of the same generation, with the traits that were read."""
        followed = RestrictedParts(engine)
        with self._lock:
            for within, part in self._parts.items():
                restricted = RestrictedEngine(engine, within)
                part.traits.follow(restricted, changed_ids)
                followed._parts[within] = IndexPart(restricted, part.traits)
        return followed
