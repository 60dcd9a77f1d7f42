"""The program with the tests' offline encoder in place of weights."""

import shangsou.search.searcher
from shangsou.cli import main
from tests.fixtures.core import HashEncoder

if __name__ == "__main__":
    shangsou.search.searcher.open_encoder = lambda *_args, **_options: HashEncoder()  # type: ignore[assignment]
    main()
