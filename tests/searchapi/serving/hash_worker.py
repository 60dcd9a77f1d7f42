"""A worker with the tests' offline encoder in place of weights."""

import sys
from multiprocessing.connection import Connection

import shangsou.search.service.live_index
from searchapi.serving.worker import run_worker
from shangsou.search.service.searcher import open_searcher
from tests.fixtures.hash_encoder import HashEncoder

if __name__ == "__main__":
    shangsou.search.service.live_index.open_encoder = lambda *_args, **_options: HashEncoder()  # type: ignore[assignment]
    run_worker(Connection(int(sys.argv[1])), open_searcher)
