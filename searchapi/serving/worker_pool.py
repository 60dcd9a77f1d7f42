"""A pool of search processes, since the threads of one interpreter use hardly more than one core."""

import logging
import queue
import sys
import threading
from collections.abc import Sequence

from searchapi.serving.worker import READY
from searchapi.state import SearchService
from shangsou.background import start_process
from shangsou.cpu import usable_cores
from shangsou.engines.engine import Generation
from shangsou.engines.query import Filters
from shangsou.product import Product
from shangsou.recommend.shelf import RecommendRequest, Shelf
from shangsou.search.ranking.recipe import RankingRecipe
from shangsou.search.request import SearchRequest, SuggestRequest
from shangsou.search.response import SearchResponse
from shangsou.search.suggest import Suggestions
from shangsou.settings import Settings
from shangsou.updates.decision import Outcome
from shangsou.updates.operation import Operation

WORKER_COMMAND = (sys.executable, "-m", "searchapi.serving.worker")
# More would only help a shop with over 500 searches a second, and each takes 170 MB of its own.
MAX_DEFAULT_WORKERS = 4
# Seconds after which a worker counts as stuck and is ended; a search takes milliseconds.
RESPONSE_TIMEOUT_S = 10.0
# Seconds before a worker is restarted, so that one that cannot start does not use up a core.
RESTART_DELAY_S = 2.0

log = logging.getLogger(__name__)


def worker_count(settings: Settings) -> int:
    """Return the number of workers in the settings; searches through Elasticsearch, which wait, need none."""
    if settings.engine != "embedded":
        return 0
    if settings.workers is not None:
        return settings.workers
    cores = usable_cores()
    return min(cores, MAX_DEFAULT_WORKERS) if cores > 1 else 0


class WorkerPool:
    """A `SearchService` that delegates searches to workers and everything else to `searcher`.

    A search that no worker takes, that fails in one, or whose worker ends, is also done by `searcher`: a
    killed worker costs time, not a response. Workers that end are replaced.
    """

    def __init__(
        self, searcher: SearchService, settings: Settings, count: int, command: Sequence[str]
    ) -> None:
        self._searcher = searcher
        self._settings = settings
        self._command = command
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        self._running: set[_Worker] = set()
        self._ready: set[_Worker] = set()
        self._closing = threading.Event()
        self._supervisors = [
            threading.Thread(target=self._supervise, name=f"worker-{number}", daemon=True)
            for number in range(count)
        ]
        for supervisor in self._supervisors:
            supervisor.start()

    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer a search; raises what the searcher raises."""
        return self._search_in_worker(request) or self._searcher.search(request)

    def suggest(self, request: SuggestRequest) -> Suggestions:
        """Return suggestions; this takes less time than a round trip to a worker."""
        return self._searcher.suggest(request)

    def recommend(self, request: RecommendRequest) -> Shelf | None:
        """Return a shelf; its data is cached in this process only."""
        return self._searcher.recommend(request)

    def product(self, product_id: str, within: Filters | None = None) -> Product | None:
        """Return the product with this id, or None if it does not exist or is off sale."""
        return self._searcher.product(product_id, within)

    def variants(self, product_id: str, within: Filters | None = None) -> list[Product]:
        """Return what is on sale of the group of a product."""
        return self._searcher.variants(product_id, within)

    def stored(self, product_ids: Sequence[str]) -> dict[str, Product]:
        """Return products as the catalog has them."""
        return self._searcher.stored(product_ids)

    def update(self, operations: Sequence[Operation]) -> list[Outcome]:
        """Do operations on products; workers take them over by themselves."""
        return self._searcher.update(operations)

    def known(self, product_ids: Sequence[str], within: Filters | None = None) -> set[str]:
        """Return which of these are ids of products that are on sale."""
        return self._searcher.known(product_ids, within)

    def missing(self) -> list[str]:
        """Return the reasons why it cannot answer; workers do not matter for that."""
        return self._searcher.missing()

    def warnings(self) -> list[str]:
        """Return what somebody should see to though it answers."""
        return self._searcher.warnings()

    def generation(self) -> Generation | None:
        """Return the searched generation."""
        return self._searcher.generation()

    def ranking(self) -> RankingRecipe | None:
        """Return the ranking recipe that is live; workers follow it as the searcher does."""
        return self._searcher.ranking()

    def ready_workers(self) -> int:
        """Return the number of workers ready for searches."""
        return len(self._ready)

    def close(self) -> None:
        """End the workers and close the searcher."""
        self._closing.set()
        for worker in list(self._running):
            worker.process.kill()  # it has no state that could be lost
        for supervisor in self._supervisors:
            supervisor.join()
        self._searcher.close()

    def _search_in_worker(self, request: SearchRequest) -> SearchResponse | None:
        """Return the response of the next idle worker, or None if there is none."""
        if not self._ready:
            return None
        try:
            worker = self._idle.get(timeout=RESPONSE_TIMEOUT_S)
            response = worker.search(request)
        except (queue.Empty, EOFError, OSError):
            return None  # its supervisor thread handles that
        self._idle.put(worker)
        return response

    def _supervise(self) -> None:
        """Start a worker, and another whenever it ends."""
        while not self._closing.is_set():
            try:
                worker = _Worker(self._command)
            except OSError as problem:
                log.warning("a worker cannot be started: %s", problem)
                self._closing.wait(RESTART_DELAY_S)
                continue
            self._running.add(worker)
            if self._closing.is_set():
                worker.process.kill()
            if worker.wait_until_ready(self._settings):
                self._ready.add(worker)
                self._idle.put(worker)
            exit_code = worker.process.wait()
            self._ready.discard(worker)
            self._running.discard(worker)
            # Its connection closes with the last search that still uses it.
            if not self._closing.is_set():
                log.warning("a worker ended with %d; another is started", exit_code)
                self._closing.wait(RESTART_DELAY_S)


class _Worker:
    """A worker process and the connection to it. One search at a time."""

    def __init__(self, command: Sequence[str]) -> None:
        self.process, self.connection = start_process(command)

    def wait_until_ready(self, settings: Settings) -> bool:
        """Wait until the worker has opened the index, and return whether it could."""
        try:
            self.connection.send(settings)
            return bool(self.connection.recv() == READY)
        except (EOFError, OSError):
            return False

    def search(self, request: SearchRequest) -> SearchResponse | None:
        """Return its response, None if its search failed; raises EOFError or OSError if it is gone."""
        self.connection.send(request)
        if not self.connection.poll(RESPONSE_TIMEOUT_S):
            self.process.kill()
            raise EOFError
        response: SearchResponse | None = self.connection.recv()
        return response
