"""`shangsou serve` and `shangsou demo`."""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from shangsou.settings import Settings, read_settings

if TYPE_CHECKING:
    from searchapi.event_service import EventService
    from searchapi.state import SearchService

_host = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
_port = click.option(
    "--port", default=8700, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one."
)


@click.command()
@_host
@_port
def serve(host: str, port: int) -> None:
    """Serve the search API and the shop page."""
    from searchapi.serving.lazy_searcher import LazySearcher
    from searchapi.serving.weights import fetch_missing_weights
    from searchapi.serving.worker_pool import WORKER_COMMAND, WorkerPool, worker_count
    from shangsou.search.service.searcher import open_searcher

    settings = read_settings()
    count = worker_count(settings)

    def open_lazily() -> LazySearcher:
        fetch_missing_weights(settings)
        # Listening comes first: whoever waits for the server learns from /readyz what is still missing.
        return LazySearcher(open_service)

    def open_service() -> "SearchService":
        searcher = open_searcher(settings)
        searcher.warm_up()
        return WorkerPool(searcher, settings, count, WORKER_COMMAND) if count else searcher

    _run_server(settings, host, port, open_lazily, _announce)


@click.command()
@_host
@_port
def demo(host: str, port: int) -> None:
    """Index the sample shop and serve it."""
    from searchapi.demo import prepare_sample_shop
    from shangsou.search.service.searcher import Searcher, open_searcher

    settings = read_settings()

    def open_indexed() -> Searcher:
        prepare_sample_shop(settings)
        # Whoever opens the address that is printed is to find the shop open.
        searcher = open_searcher(settings)
        searcher.warm_up()
        return searcher

    _run_server(settings, host, port, open_indexed, _announce_demo)


def _run_server(
    settings: Settings,
    host: str,
    port: int,
    open_searcher: Callable[[], "SearchService"],
    announce: Callable[[str], None],
) -> None:
    from searchapi import logs
    from searchapi.app import create_app
    from searchapi.serving.server import open_socket, serve
    from searchapi.state import EXTENSION

    # The address first: a busy port is told before minutes of work, not after.
    with open_socket(host, port, has_admin_key=settings.admin_key is not None) as bound_socket:
        logs.configure()
        searcher = open_searcher()
        app = create_app(settings, searcher)
        events: EventService = app.extensions[EXTENSION].events
        events.start_pruning()
        finished = serve(app, bound_socket, announce)
    if not finished:
        # A search still runs in a thread: taking the index away from under it would end in a crash.
        click.echo("stopped before all requests were answered", err=True)
        sys.stdout.flush()
        os._exit(0)
    events.close()
    searcher.close()


def _announce(address: str) -> None:
    click.echo(f"listening on {address}")
    sys.stdout.flush()


def _announce_demo(address: str) -> None:
    click.echo(
        f"示例店铺已就绪，请在浏览器打开 {address} （按 Ctrl+C 停止）\n"
        f"The sample shop is served on {address} (Ctrl+C stops it)"
    )
    sys.stdout.flush()
