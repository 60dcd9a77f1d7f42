"""The recommender of one process: model, rules and catalog pool, each reloaded when it changes."""

import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from shangsou.behaviour.event import Event
from shangsou.behaviour.history import Histories
from shangsou.degradation import Degradation
from shangsou.engines.engine import Engine
from shangsou.engines.query import Filters
from shangsou.engines.restricted import RestrictedEngine
from shangsou.errors import EventsUnavailable, ShangsouError, UnusableInput
from shangsou.recommend.context import ShelfResources
from shangsou.recommend.live_pool import LivePool
from shangsou.recommend.model import empty_model
from shangsou.recommend.model_file import model_stamp, read_model
from shangsou.recommend.rules import ShelfRules, parse_rules, read_rules_text
from shangsou.recommend.shelf import RecommendRequest, Shelf
from shangsou.recommend.shelves import recommend

log = logging.getLogger(__name__)
# Parts of the catalog that keys with filters see, whose pools are kept: those of as many shops.
_MAX_PARTS = 64


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
        self._pool = LivePool()
        self._pools_of_parts: OrderedDict[Filters, LivePool] = OrderedDict()
        self._is_read = False
        self._warm_up_requested = False
        self._lock = Lock()
        self._parts_lock = Lock()

    def recommend(self, request: RecommendRequest, engine: Engine) -> Shelf | None:
        """Return a shelf, None if its anchor product does not exist.

        `engine` holds what `request.within` lets through. Raises `EngineUnavailable` when it cannot be
        reached; other failures are listed in `degraded`.
        """
        self._ensure_read()
        live_pool = self._pool_of(request.within)
        pool = live_pool.get(engine, offers=request.kind == "on-offer")
        history, problems = self._history(request)
        resources = ShelfResources(engine, live_pool.neighbours(engine), self._model, pool, self._rules)
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
        if not self._warm_up_requested and not self._is_read:
            return
        self._read_models()
        self._pool.refresh(engine, offers=self._warm_up_requested)
        with self._parts_lock:
            pools = list(self._pools_of_parts.items())
        for within, pool in pools:
            pool.refresh(RestrictedEngine(engine, within), offers=False)

    def _ensure_read(self) -> None:
        """Read model and rules if they were never read; later ones are left to `refresh`."""
        if not self._is_read:
            self._read_models()

    def _read_models(self) -> None:
        with self._lock:
            self._refresh_model()
            self._refresh_rules()
            self._is_read = True

    def _pool_of(self, within: Filters | None) -> LivePool:
        """Return the pool of a part of the catalog."""
        if within is None:
            return self._pool
        with self._parts_lock:
            pool = self._pools_of_parts.setdefault(within, LivePool())
            self._pools_of_parts.move_to_end(within)
            if len(self._pools_of_parts) > _MAX_PARTS:
                self._pools_of_parts.popitem(last=False)
        return pool

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
