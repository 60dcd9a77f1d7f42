"""Progress of indexing: a bar in a terminal, elsewhere a line a minute."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

_LINE_EVERY_S = 60.0


@contextmanager
def indexing_progress(rows: int) -> Iterator[Callable[[int], None]]:
    """Yield a function that takes how many of the rows were read so far, and says so on stderr."""
    if not sys.stderr.isatty():
        yield _line_a_minute(rows)
        return
    from tqdm import tqdm

    with tqdm(total=rows, desc="indexing", unit=" rows") as bar:
        yield lambda read: bar.update(read - bar.n)


def _line_a_minute(rows: int) -> Callable[[int], None]:
    reported_at = time.monotonic()

    def say(read: int) -> None:
        nonlocal reported_at
        if time.monotonic() - reported_at >= _LINE_EVERY_S:
            reported_at = time.monotonic()
            click.echo(f"{read:,} of {rows:,} rows indexed", err=True)

    return say
