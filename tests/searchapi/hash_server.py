"""The program with the tests' offline encoder in place of weights."""

import sys

import searchapi.workers
import shangsou.search.live
from shangsou.cli import main
from tests.fixtures.core import HashEncoder

if __name__ == "__main__":
    shangsou.search.live.open_encoder = lambda *_args, **_options: HashEncoder()  # type: ignore[assignment]
    searchapi.workers.COMMAND = (sys.executable, "-m", "tests.searchapi.hash_worker")
    main()
