"""A worker process: `python -m searchapi.serving.worker FD` answers searches of the server behind FD."""

import logging
import signal
import sys
from collections.abc import Callable
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
    """Open the searcher for the settings that come first, then answer searches until the server is gone."""
    # A signal to the whole group is the server's to act upon: it lets go when it has finished.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    logs.configure()
    searcher = open_service(connection.recv())
    try:
        connection.send(READY)
        while True:
            connection.send(_search(searcher, connection.recv()))
    except (EOFError, OSError):
        searcher.close()


def _search(searcher: SearchService, request: SearchRequest) -> SearchResponse | None:
    """Return the answer, None where there is none: the server then tries itself and says why."""
    try:
        return searcher.search(request)
    except ShangsouError:
        return None
    except Exception:
        # The edge of a process, which lives on.
        log.exception("a search failed")
        return None


if __name__ == "__main__":
    run_worker(Connection(int(sys.argv[1])), open_searcher)
