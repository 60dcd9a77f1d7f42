"""`shangsou serve`."""

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from searchapi.commands.run_server import host_option, port_option, run_server
from shangsou.settings import read_settings

if TYPE_CHECKING:
    from searchapi.state import SearchService


@click.command()
@host_option
@port_option
def serve(host: str, port: int) -> None:
    """Serve the search API and the shop page."""
    settings = read_settings()

    # Imported in the process that serves: NumPy starts threads, and the one that supervises it has to fork.
    def open_lazily() -> "SearchService":
        from searchapi.serving.lazy_searcher import LazySearcher
        from searchapi.serving.weights import fetch_missing_weights

        fetch_missing_weights(settings)
        # Listening comes first: whoever waits for the server learns from /readyz what is still missing.
        return LazySearcher(open_service)

    def open_service() -> "SearchService":
        from searchapi.serving.merging import BackgroundMerger
        from searchapi.serving.worker_pool import WORKER_COMMAND, WorkerPool, worker_count
        from shangsou.search.service.searcher import open_searcher

        count = worker_count(settings)
        searcher = open_searcher(settings)
        searcher.warm_up()
        stack.callback(BackgroundMerger(searcher.superfluous_rows).close)
        return WorkerPool(searcher, settings, count, WORKER_COMMAND) if count else searcher

    with ExitStack() as stack:
        run_server(settings, host, port, open_lazily, _announce)


def _announce(address: str) -> None:
    click.echo(f"listening on {address}")
    sys.stdout.flush()
