"""What was learnt from shoppers, kept up to date: the ranker, and how popular products are."""

import logging
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shangsou.behaviour.store import EventStore
from shangsou.errors import EventsUnavailable, RecipeMismatch, UnusableInput
from shangsou.search.personal.popularity import Popularity
from shangsou.search.personal.ranker import default_ranker
from shangsou.search.personal.rankers import current_ranker, open_ranker
from shangsou.search.personal.recall import Recollection
from shangsou.search.personal.rerank import Personaliser
from shangsou.search.personal.traits import TraitReader

log = logging.getLogger(__name__)
# How often popularity is counted anew, over how long: 140,000 events take some two seconds beside searches.
_RECOUNT_S = 3600.0
_COUNTED = timedelta(days=90)


class Learnt:
    """The ranker that was trained last and the popularity counted last. One thread follows, any may read."""

    def __init__(self, home: Path, events: EventStore) -> None:
        self._home = home
        self._events = events
        self._ranker = default_ranker()
        self._opened = ("", "")
        self._popularity = Popularity()
        self._recollection = Recollection()
        self._recount_at = 0.0

    def personaliser(self, traits: TraitReader) -> Personaliser:
        """Return what re-ranks a search."""
        return Personaliser(self._ranker, self._popularity, traits, self._recollection)

    def follow(self, model_hash: str) -> None:
        """Open the ranker that was trained last; the default serves where it cannot."""
        wanted = (current_ranker(self._home), model_hash)
        if wanted == self._opened:
            return
        self._opened = wanted
        try:
            self._ranker = open_ranker(self._home, model_hash)
        except (RecipeMismatch, UnusableInput) as problem:
            log.warning("%s; the default ranker serves", problem)
            self._ranker = default_ranker()

    def count(self) -> None:
        """Count what shoppers made of the products, now and then; what cannot be read stays as it was."""
        if time.monotonic() < self._recount_at:
            return
        self._recount_at = time.monotonic() + _RECOUNT_S
        try:
            self._popularity = Popularity(self._events.scan(datetime.now(UTC) - _COUNTED))
        except EventsUnavailable as problem:
            log.warning("popularity was not counted: %s", problem)
