"""A server in the foreground, as `shangsou serve` and `shangsou demo` run it."""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from shangsou.settings import Settings

if TYPE_CHECKING:
    from searchapi.event_service import EventService
    from searchapi.state import SearchService

host_option = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
port_option = click.option(
    "--port", default=8700, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one."
)


def run_server(
    settings: Settings,
    host: str,
    port: int,
    open_searcher: Callable[[], "SearchService"],
    announce: Callable[[str], None],
) -> None:
    """Serve until a signal comes; `announce` is called with the address once it answers."""
    from searchapi.addresses import open_socket
    from searchapi.key_ring import KeyRing
    from searchapi.serving.supervisor import supervise

    # The address first: a busy port is told before minutes of work, not after.
    with open_socket(host, port, has_keys=not KeyRing(settings).is_empty) as bound_socket:
        restarts = supervise()
        from searchapi import logs
        from searchapi.app import create_app
        from searchapi.serving.server import serve
        from searchapi.state import EXTENSION

        logs.configure()
        searcher = open_searcher()
        app = create_app(settings, searcher)
        events: EventService = app.extensions[EXTENSION].events
        events.start_pruning()
        finished = serve(app, bound_socket, (lambda _address: None) if restarts else announce)
    if not finished:
        # A search still runs in a thread: taking the index away from under it would end in a crash.
        click.echo("stopped before all requests were answered", err=True)
        sys.stdout.flush()
        os._exit(0)
    events.close()
    searcher.close()
