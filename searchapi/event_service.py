"""The event service of one application: ingestion, search logging in the background, retention."""

import logging
import queue
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from searchapi.metrics import Metrics
from shangsou.behaviour.event import SEARCH, Event
from shangsou.behaviour.ingest import EventIngester, IngestOutcome, search_event_id
from shangsou.behaviour.retention import RetentionClock, clock_file
from shangsou.behaviour.store import EventStore
from shangsou.behaviour.stores import open_event_store
from shangsou.customer_lists.lists import CustomerLists
from shangsou.errors import EventsUnavailable, ListsUnavailable
from shangsou.limits import MAX_QUERY_LENGTH
from shangsou.search.request import SearchRequest
from shangsou.search.response import SearchResponse
from shangsou.settings import Settings

# Searches queued for recording: some seconds of a busy shop. More are dropped, and counted.
_MAX_PENDING_SEARCHES = 2_000
_RECORD_BATCH_SIZE = 500
# The interval between removals of expired events, and the delay after the start.
PRUNE_INTERVAL_S = 6 * 3600.0
FIRST_PRUNE_DELAY_S = 60.0

log = logging.getLogger(__name__)


class EventService:
    """Ingests events for the routes. Nothing is opened before the first event."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._retention = timedelta(days=settings.retention_days)
        self._lists = CustomerLists(settings.home)
        self._lists_retention = timedelta(days=settings.lists_days)
        self._clock = RetentionClock(clock_file(settings.home))
        self._metrics = metrics
        self.store: EventStore = open_event_store(settings)
        self._ingester = EventIngester(self.store, settings.retention_days)
        self._pending: queue.Queue[Event | None] = queue.Queue(_MAX_PENDING_SEARCHES)
        self._recorder: threading.Thread | None = None
        self._pruner: threading.Thread | None = None
        self._start_lock = threading.Lock()
        self._closing = threading.Event()

    def ingest(self, events: Sequence[Event], *, by_arrival: bool) -> list[IngestOutcome]:
        """Return the outcome of each event, as `EventIngester.ingest`; raises `EventsUnavailable`."""
        return self._ingester.ingest(events, by_arrival=by_arrival)

    def record_search(self, request: SearchRequest, response: SearchResponse) -> None:
        """Queue a shopper's search for recording; neither waits nor fails."""
        event = Event(
            event_id=search_event_id(response.query_id),
            action=SEARCH,
            at=datetime.now(UTC),
            user_id=request.user_id,
            session_id=request.session_id,
            query_id=response.query_id,
            query=request.query[:MAX_QUERY_LENGTH].strip(),
            position=1 if response.hits else None,
            results=tuple(hit.product.product_id for hit in response.hits),
        )
        with self._start_lock:
            if self._recorder is None and not self._closing.is_set():
                self._recorder = threading.Thread(target=self._record, name="search-recorder", daemon=True)
                self._recorder.start()
        try:
            self._pending.put_nowait(event)
        except queue.Full:
            self._metrics.count_lost_search()

    def start_pruning(self) -> None:
        """Start removing expired events and lists of customers regularly."""
        self._pruner = threading.Thread(target=self._prune, name="event-pruner", daemon=True)
        self._pruner.start()

    def close(self) -> None:
        """Record the queued searches and close the store."""
        with self._start_lock:
            self._closing.set()
        if self._recorder is not None:
            self._pending.put(None)
            self._recorder.join()
        if self._pruner is not None:
            self._pruner.join()
        self.store.close()

    def _record(self) -> None:
        is_last = False
        while not is_last:
            batch = [self._pending.get()]
            while len(batch) < _RECORD_BATCH_SIZE and not self._pending.empty():
                batch.append(self._pending.get())
            is_last = None in batch
            searches = [event for event in batch if event is not None]
            try:
                self._metrics.count_events(self._ingester.ingest(searches))
            except EventsUnavailable as problem:
                log.warning("%d searches were not recorded: %s", len(searches), problem)
                for _ in searches:
                    self._metrics.count_lost_search()
            except Exception:
                # A thread boundary: the thread must survive.
                log.exception("searches were not recorded")

    def _prune(self) -> None:
        wait_s = FIRST_PRUNE_DELAY_S
        while not self._closing.wait(wait_s):
            wait_s = PRUNE_INTERVAL_S
            now = datetime.now(UTC)
            try:
                if not self._clock.is_trusted(now):
                    continue
                self._metrics.count_pruned(self.store.prune(now - self._retention))
            except (EventsUnavailable, OSError) as problem:
                log.warning("old events were not removed: %s", problem)
            try:
                for name in self._lists.remove_old(now - self._lists_retention):
                    log.info("list %s is older than SHANGSOU_LISTS_DAYS: removed", name)
            except ListsUnavailable as problem:
                log.warning("old lists of customers were not removed: %s", problem)
