"""A worker process: `python -m searchapi.serving.worker FD` answers searches of the server behind FD."""

import logging
import signal
import sys
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection

from searchapi import logs
from searchapi.state import SearchService
from shangsou.errors import ShangsouError
from shangsou.search.request import SearchRequest
from shangsou.search.response import SearchResponse
from shangsou.search.service.searcher import open_searcher
from shangsou.settings import Settings

READY = "ready"

log = logging.getLogger(__name__)


def run_worker(connection: Connection, open_service: Callable[[Settings], SearchService]) -> None:
    """Receive the settings, open the searcher, then answer searches until the server is gone."""
    # A signal to the whole process group is handled by the server, which disconnects when it has finished.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    logs.configure()
    try:
        settings = connection.recv()
    except (EOFError, OSError):
        return  # the server was stopped while it started this worker
    searcher = open_service(settings)
    try:
        connection.send(READY)
        while True:
            connection.send(_search(searcher, connection.recv()))
    except (EOFError, OSError):
        searcher.close()


def _search(searcher: SearchService, request: SearchRequest) -> SearchResponse | None:
    """Return the response, or None if the search fails: the server then tries it and reports the error."""
    try:
        return searcher.search(request)
    except ShangsouError:
        return None
    except Exception:
        # A process boundary: the worker must survive.
        log.exception("a search failed")
        return None


if __name__ == "__main__":
    # The server says what awaits another index, once.
    run_worker(Connection(int(sys.argv[1])), partial(open_searcher, logs_pending=False))
