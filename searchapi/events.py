"""The events of one application: taken in, searches recorded beside the answering, old ones removed."""

import logging
import queue
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from searchapi.metrics import Metrics
from shangsou.behaviour.accept import MAX_QUERY_LENGTH
from shangsou.behaviour.event import SEARCH, Event
from shangsou.behaviour.intake import Intake, Outcome, search_event_id
from shangsou.behaviour.store import EventStore
from shangsou.behaviour.stores import open_event_store
from shangsou.errors import EventsUnavailable
from shangsou.search.request import SearchRequest
from shangsou.search.response import SearchResponse
from shangsou.settings import Settings

# Searches that wait to be recorded: some seconds of a busy shop. More are lost, and counted.
_WAITING = 2_000
_RECORDED_AT_ONCE = 500
# How often events past their time are removed, and how soon after the start.
PRUNE_EVERY_S = 6 * 3600.0
PRUNE_FIRST_S = 60.0

log = logging.getLogger(__name__)


class Events:
    """Takes events for the routes. Nothing is opened before the first one comes."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._retention = timedelta(days=settings.retention_days)
        self._metrics = metrics
        self.store: EventStore = open_event_store(settings)
        self._intake = Intake(self.store, settings.retention_days)
        self._waiting: queue.Queue[Event | None] = queue.Queue(_WAITING)
        self._recorder: threading.Thread | None = None
        self._pruner: threading.Thread | None = None
        self._starting = threading.Lock()
        self._closing = threading.Event()

    def take(self, events: Sequence[Event]) -> list[Outcome]:
        """Return what became of each event; raises `EventsUnavailable`."""
        return self._intake.take(events)

    def record_search(self, asked: SearchRequest, answer: SearchResponse) -> None:
        """Record a search of a shopper, some time after; it neither waits nor fails."""
        event = Event(
            event_id=search_event_id(answer.query_id),
            action=SEARCH,
            at=datetime.now(UTC),
            user_id=asked.user_id,
            session_id=asked.session_id,
            query_id=answer.query_id,
            query=asked.query[:MAX_QUERY_LENGTH].strip(),
            position=1 if answer.hits else None,
            results=tuple(hit.product.product_id for hit in answer.hits),
        )
        with self._starting:
            if self._recorder is None and not self._closing.is_set():
                self._recorder = threading.Thread(target=self._record, name="search-recorder", daemon=True)
                self._recorder.start()
        try:
            self._waiting.put_nowait(event)
        except queue.Full:
            self._metrics.count_lost_search()

    def start_pruning(self) -> None:
        """Remove events past their time from now on, regularly."""
        self._pruner = threading.Thread(target=self._prune, name="event-pruner", daemon=True)
        self._pruner.start()

    def close(self) -> None:
        """Record what waits and let the store go."""
        with self._starting:
            self._closing.set()
        if self._recorder is not None:
            self._waiting.put(None)
            self._recorder.join()
        if self._pruner is not None:
            self._pruner.join()
        self.store.close()

    def _record(self) -> None:
        last = False
        while not last:
            taken = [self._waiting.get()]
            while len(taken) < _RECORDED_AT_ONCE and not self._waiting.empty():
                taken.append(self._waiting.get())
            last = None in taken
            searches = [event for event in taken if event is not None]
            try:
                self._metrics.count_events(self._intake.take(searches))
            except EventsUnavailable as problem:
                log.warning("%d searches were not recorded: %s", len(searches), problem)
                for _ in searches:
                    self._metrics.count_lost_search()
            except Exception:
                # The edge of a thread, which lives on.
                log.exception("searches were not recorded")

    def _prune(self) -> None:
        wait_s = PRUNE_FIRST_S
        while not self._closing.wait(wait_s):
            wait_s = PRUNE_EVERY_S
            try:
                self._metrics.count_pruned(self.store.prune(datetime.now(UTC) - self._retention))
            except EventsUnavailable as problem:
                log.warning("old events were not removed: %s", problem)
