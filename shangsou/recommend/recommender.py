"""The recommender of one process: model, rules and catalog pool, each reloaded when it changes."""

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from shangsou.behaviour.event import Event
from shangsou.behaviour.history import Histories
from shangsou.degradation import Degradation
from shangsou.engines.engine import Engine
from shangsou.errors import EventsUnavailable, ShangsouError, UnusableInput
from shangsou.recommend.catalog_pool import CatalogPool, add_offers, read_catalog_pool
from shangsou.recommend.context import ShelfResources
from shangsou.recommend.model import empty_model
from shangsou.recommend.model_file import model_stamp, read_model
from shangsou.recommend.rules import ShelfRules, parse_rules, read_rules_text
from shangsou.recommend.shelf import RecommendRequest, Shelf, ShelfKind
from shangsou.recommend.shelves import recommend
from shangsou.recommend.title_neighbours import TitleNeighbours

log = logging.getLogger(__name__)
# Maximum age of the pool, whose offers take about .2 s to read: best sellers change no faster, and stock and
# price of the products shown are looked up at every request.
_POOL_MAX_AGE_S = 300.0
# The same where products have changed since; what is off sale by then is never shown.
_CHANGED_POOL_MAX_AGE_S = 30.0


class Recommender:
    """Builds shelves; nothing is read before the first one or `warm_up`. Safe for many threads."""

    def __init__(self, home: Path, histories: Histories) -> None:
        self._home = home
        self._histories = histories
        self._model = empty_model()
        self._model_stamp: tuple[int, int] | None = None
        self._model_problem = ""
        self._rules = ShelfRules()
        self._rules_text = ""
        self._neighbours: tuple[Engine, TitleNeighbours] | None = None
        self._pool = CatalogPool()
        self._pool_generation = ""
        self._pool_sequence = 0
        self._pool_read_at = 0.0
        self._warm_up_requested = False
        self._lock = Lock()

    def recommend(self, request: RecommendRequest, engine: Engine) -> Shelf | None:
        """Return a shelf, None if its anchor product does not exist.

        Raises `EngineUnavailable` when the engine cannot be reached; other failures are listed in `degraded`.
        """
        self._ensure_read(request.kind, engine)
        history, problems = self._history(request)
        resources = ShelfResources(engine, self._get_neighbours(engine), self._model, self._pool, self._rules)
        shelf = recommend(request, resources, history, datetime.now(UTC))
        if self._model_problem:
            problems = (*problems, Degradation("recommend", self._model_problem))
        if shelf is None or not problems:
            return shelf
        return replace(shelf, degraded=(*shelf.degraded, *problems))

    def warm_up(self) -> None:
        """Let `refresh` read the data of shelves from now on, so that the first shelf need not wait."""
        self._warm_up_requested = True

    def refresh(self, engine: Engine) -> None:
        """Reload what has changed, and keep the old data where the new cannot be read.

        Does nothing before the first shelf or `warm_up`.
        """
        if not self._warm_up_requested and not self._pool_generation:
            return
        with self._lock:
            self._refresh_model()
            self._refresh_rules()
            age_s = time.monotonic() - self._pool_read_at
            has_changed = self._pool_sequence != engine.sequence and age_s > _CHANGED_POOL_MAX_AGE_S
            is_outdated = age_s > _POOL_MAX_AGE_S or has_changed
            if is_outdated or self._pool_generation != engine.generation.name:
                self._read_pool(engine, offers=self._warm_up_requested or self._pool.offers is not None)

    def _ensure_read(self, kind: ShelfKind, engine: Engine) -> None:
        """Read the data of a kind of shelf if it was never read; old data is left to `refresh`."""
        if self._pool_generation and (kind != "on-offer" or self._pool.offers is not None):
            return
        with self._lock:
            if not self._pool_generation:
                self._refresh_model()
                self._refresh_rules()
                self._read_pool(engine, offers=False)
            if kind == "on-offer" and self._pool.offers is None:
                self._pool = add_offers(self._pool, engine)

    def _read_pool(self, engine: Engine, *, offers: bool) -> None:
        pool = read_catalog_pool(engine)
        if not self._pool_generation:
            # Shelves without offers need not wait for them.
            self._pool, self._pool_generation = pool, engine.generation.name
        self._pool = add_offers(pool, engine) if offers else pool
        self._pool_generation, self._pool_read_at = engine.generation.name, time.monotonic()
        self._pool_sequence = engine.sequence

    def _get_neighbours(self, engine: Engine) -> TitleNeighbours:
        cached = self._neighbours
        if cached is None or cached[0] is not engine:
            cached = self._neighbours = (engine, TitleNeighbours(engine))
        return cached[1]

    def _history(self, request: RecommendRequest) -> tuple[Sequence[Event], tuple[Degradation, ...]]:
        if not request.personalize:
            return (), ()
        try:
            return self._histories.of(request.user_id, request.session_id).events, ()
        except EventsUnavailable as problem:
            # Without the path and the shopper: this line is part of the response.
            log.warning("%s", problem)
            return (), (Degradation("personalize", "the events cannot be read; as for a stranger"),)

    def _refresh_model(self) -> None:
        stamp = model_stamp(self._home)
        if stamp == self._model_stamp:
            return
        try:
            self._model = empty_model() if stamp is None else read_model(self._home)
            self._model_problem = ""
        except UnusableInput as problem:
            log.warning("%s", problem)
            self._model_problem = 'the model cannot be read; run "shangsou recommend build"'
        self._model_stamp = stamp

    def _refresh_rules(self) -> None:
        try:
            text = read_rules_text(self._home)
            if text != self._rules_text:
                self._rules = parse_rules(text, str(self._home / "recommend.txt"))
                self._rules_text = text
        except ShangsouError as problem:
            # Logged each time: somebody is probably editing the file right now.
            log.warning("%s", problem)
