"""Searches for the commands: an index opened in full, and a bar for those who wait."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from shangsou.errors import WeightsUnavailable
from shangsou.search.request import Mode

if TYPE_CHECKING:
    from shangsou.search.searcher import Searcher

T = TypeVar("T")


@contextmanager
def whole_searcher(mode: Mode = "hybrid") -> "Iterator[Searcher]":
    """Open the index that the settings name, with all that searches of this mode need, and close it.

    Raises `WeightsUnavailable` where every search would go without its encoder. A missing index, the
    first search tells.
    """
    from shangsou.search.searcher import open_searcher
    from shangsou.settings import read_settings

    searcher = open_searcher(read_settings())
    try:
        missing = searcher.missing() if searcher.generation() is not None and mode != "lexical" else []
        if missing:
            raise WeightsUnavailable(f"{'; '.join(missing)}; or evaluate words alone with --mode lexical")
        yield searcher
    finally:
        searcher.close()


def watched(items: Sequence[T], unit: str) -> Iterable[T]:
    """Return the items with a bar on stderr as they are gone through."""
    from tqdm import tqdm

    # disable=None: no bar where stderr is no terminal.
    bar: Iterable[T] = tqdm(items, unit=unit, file=sys.stderr, disable=None)
    return bar
