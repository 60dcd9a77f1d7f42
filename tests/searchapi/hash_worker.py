"""A worker with the tests' offline encoder in place of weights."""

import sys
from multiprocessing.connection import Connection

import shangsou.search.live
from searchapi.worker import work
from shangsou.search.searcher import open_searcher
from tests.fixtures.core import HashEncoder

if __name__ == "__main__":
    shangsou.search.live.open_encoder = lambda *_args, **_options: HashEncoder()  # type: ignore[assignment]
    work(Connection(int(sys.argv[1])), open_searcher)
