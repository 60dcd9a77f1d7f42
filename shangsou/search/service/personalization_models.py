"""The models behind personal results, kept up to date: the ranker, and the popularity of products."""

import logging
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from shangsou.behaviour.store import EventStore
from shangsou.engines.engine import Engine
from shangsou.errors import EngineUnavailable, EventsUnavailable, RecipeMismatch, UnusableInput
from shangsou.search.personal.group_keys import read_group_keys
from shangsou.search.personal.history_cache import HistoryCache
from shangsou.search.personal.popularity import Popularity
from shangsou.search.personal.product_traits import TraitReader
from shangsou.search.personal.ranker import default_ranker
from shangsou.search.personal.ranker_store import current_ranker, open_ranker
from shangsou.search.personal.rerank import Personalizer

log = logging.getLogger(__name__)
# How often popularity is counted anew, over how long: 140,000 events take some two seconds beside searches.
_POPULARITY_INTERVAL_S = 3600.0
_POPULARITY_WINDOW = timedelta(days=90)


class _Grouping(NamedTuple):
    """The keys of the groups of products in a generation."""

    generation: str
    keys: dict[str, str]


class PersonalizationModels:
    """The ranker trained last and the popularity counted last. One thread refreshes, any may read."""

    def __init__(self, home: Path, events: EventStore) -> None:
        self._home = home
        self._events = events
        self._ranker = default_ranker()
        self._opened_key = ("", "")
        self._counted = Popularity()
        """By product."""
        self._popularity = Popularity()
        """The same by group, in the generation of `_grouping`."""
        self._grouping = _Grouping("", {})
        self._needs_grouping = False
        self._history_cache = HistoryCache()
        self._next_count_at = 0.0

    def personalizer(self, traits: TraitReader) -> Personalizer:
        """Return what re-ranks a search."""
        return Personalizer(self._ranker, self._popularity, traits, self._history_cache)

    def refresh_ranker(self, model_hash: str) -> None:
        """Open the ranker that was trained last; the default serves where it cannot."""
        key = (current_ranker(self._home), model_hash)
        if key == self._opened_key:
            return
        self._opened_key = key
        try:
            self._ranker = open_ranker(self._home, model_hash)
        except (RecipeMismatch, UnusableInput) as problem:
            log.warning("%s; the default ranker serves", problem)
            self._ranker = default_ranker()

    def refresh_popularity(self, engine: Engine) -> None:
        """Count what shoppers made of the products, now and then, by the groups of the engine's generation.

        What cannot be read stays as it was.
        """
        self._count_events()
        if self._needs_grouping or self._grouping.generation != engine.generation.name:
            try:
                self._group_variants(engine)
            except EngineUnavailable:
                # It is tried again with the next look at the index, which says what is wrong.
                return

    def _count_events(self) -> None:
        if time.monotonic() < self._next_count_at:
            return
        self._next_count_at = time.monotonic() + _POPULARITY_INTERVAL_S
        try:
            self._counted = Popularity(self._events.scan(datetime.now(UTC) - _POPULARITY_WINDOW))
            self._needs_grouping = True
        except EventsUnavailable as problem:
            log.warning("popularity was not counted: %s", problem)

    def _group_variants(self, engine: Engine) -> None:
        """Let the clicks on a variant count for all of its group; groups change with the generation."""
        name = engine.generation.name
        known = self._grouping.keys if self._grouping.generation == name else {}
        keys = known | read_group_keys(engine, self._counted.keys - known.keys())
        self._popularity = self._counted.by_group(keys)
        self._grouping, self._needs_grouping = _Grouping(name, keys), False
