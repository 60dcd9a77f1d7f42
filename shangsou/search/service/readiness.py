"""Whether searches are answered, tried by a small search again and again."""

import logging
import time
from collections.abc import Callable
from threading import Event, Thread

from shangsou.engines.engine import Engine
from shangsou.engines.query import Filters, LexicalLeg, LexicalQuery
from shangsou.errors import EngineUnavailable, ShangsouError

log = logging.getLogger(__name__)
# Together less than the 3 s within which a fault is to be known.
_INTERVAL_S = 1.0
_OVERDUE_S = 1.5
_UNEXPECTED = "searches fail; the log of the server says why"
# One character that is in many products, scored in one field: the search of a shopper in small.
_GRAM = "的"
_QUERY = LexicalQuery((), (_GRAM,), (_GRAM,), 1, {"title.grams": 1.0})


class ReadinessCheck:
    """Searches about once a second in a thread of its own, which may hang while its result is read.

    Parameters
    ----------
    engine
        Returns the engine that shoppers search in, None while there is none.
    """

    def __init__(self, engine: Callable[[], Engine | None]) -> None:
        self._engine = engine
        self._problem: ShangsouError | None = None
        self._began_at: float | None = None
        self._closing = Event()
        self._thread = Thread(target=self._check_regularly, name="readiness", daemon=True)

    def start(self) -> None:
        """Begin to search."""
        self._thread.start()

    def problem(self) -> str:
        """Return why searches are not answered, in words for everybody; empty where they are."""
        began_at, problem = self._began_at, self._problem
        if began_at is not None and time.monotonic() - began_at > _OVERDUE_S:
            return EngineUnavailable.public_text
        return "" if problem is None else problem.public

    def close(self) -> None:
        """Stop searching."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def _check_regularly(self) -> None:
        while not self._closing.wait(_INTERVAL_S):
            self._began_at = time.monotonic()
            try:
                self._check()
            except Exception as problem:
                # The edge of a thread: it lives on.
                self._note_unexpected(problem)
            self._began_at = None

    def _check(self) -> None:
        engine, previous = self._engine(), self._problem
        try:
            if engine is not None:
                engine.retrieve([LexicalLeg(_QUERY, Filters(), 1)])
            self._problem = None
        except ShangsouError as problem:
            self._problem = problem
            if str(problem) != str(previous or ""):
                log.warning("searches fail: %s", problem)

    def _note_unexpected(self, problem: Exception) -> None:
        """Keep what nobody expects as a problem: searches end in it too."""
        noted = ShangsouError(f"{type(problem).__name__}: {problem}", public=_UNEXPECTED)
        if str(noted) != str(self._problem or ""):
            log.error("searches fail", exc_info=problem)
        self._problem = noted
