"""The models behind personal results, kept up to date: the ranker, and the popularity of products."""

import logging
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shangsou.behaviour.store import EventStore
from shangsou.errors import EventsUnavailable, RecipeMismatch, UnusableInput
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


class PersonalizationModels:
    """The ranker trained last and the popularity counted last. One thread refreshes, any may read."""

    def __init__(self, home: Path, events: EventStore) -> None:
        self._home = home
        self._events = events
        self._ranker = default_ranker()
        self._opened_key = ("", "")
        self._popularity = Popularity()
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

    def refresh_popularity(self) -> None:
        """Count what shoppers made of the products, now and then; what cannot be read stays as it was."""
        if time.monotonic() < self._next_count_at:
            return
        self._next_count_at = time.monotonic() + _POPULARITY_INTERVAL_S
        try:
            self._popularity = Popularity(self._events.scan(datetime.now(UTC) - _POPULARITY_WINDOW))
        except EventsUnavailable as problem:
            log.warning("popularity was not counted: %s", problem)
