"""A worker over a searcher whose behaviour the query chooses.

`慢` waits until the test lets it go, as in `stub_server`; `停` stops it for good, `错` fails,
and every other search is answered with the worker's process id.
"""

import os
import signal
import sys
from dataclasses import replace
from multiprocessing.connection import Connection

from searchapi.serving.worker import run_worker
from shangsou.errors import NoIndex
from shangsou.search.request import SearchRequest
from shangsou.search.response import SearchResponse
from tests.searchapi.serving.stub_server import HeldSearcher


class WorkingSearcher(HeldSearcher):
    """Says who answered."""

    def search(self, request: SearchRequest) -> SearchResponse:
        if request.query == "停":
            os.kill(os.getpid(), signal.SIGSTOP)
        if request.query == "错":
            raise NoIndex("no index in the worker")
        return replace(super().search(request), query_id=f"worker {os.getpid()}")


if __name__ == "__main__":
    run_worker(Connection(int(sys.argv[1])), lambda settings: WorkingSearcher(settings.home))
