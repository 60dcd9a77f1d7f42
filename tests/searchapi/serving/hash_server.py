"""The program with the tests' offline encoder in place of weights."""

import sys

import searchapi.serving.worker_pool
import shangsou.search.service.live_index
from shangsou.cli import main
from tests.fixtures.hash_encoder import HashEncoder

if __name__ == "__main__":
    shangsou.search.service.live_index.open_encoder = lambda *_args, **_options: HashEncoder()  # type: ignore[assignment]
    searchapi.serving.worker_pool.WORKER_COMMAND = (
        sys.executable,
        "-m",
        "tests.searchapi.serving.hash_worker",
    )
    main()
