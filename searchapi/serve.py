"""The server: waitress, with a stop that finishes what it has begun."""

import errno
import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from urllib.parse import quote

from flask import Flask
from waitress import create_server, wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer

from searchapi.keys import is_loopback_name
from searchapi.state import EXTENSION
from shangsou.errors import ShangsouError, UnusableInput

# More than cores, since searches through Elasticsearch wait on the network; not many more, since
# those of the embedded engine share the interpreter.
THREADS = 8
# Browsers keep six connections each open while idle.
CONNECTION_LIMIT = 1000
# Seconds that requests in flight get to finish after SIGTERM (the contract's).
DRAIN_S = 10.0
# How often the stop looks whether all has finished, and for how long nothing may happen before it
# believes so: time for a request that was on its way to arrive.
DRAIN_STEP_S = 0.05
DRAIN_QUIET_S = 0.2
# What a request line holds as it is; all else is to be percent-encoded (RFC 3986).
_ASCII = bytes(range(0x80))


class PortBusy(ShangsouError):
    """Another program listens on the port."""


def open_socket(host: str, port: int, *, has_admin_key: bool) -> socket.socket:
    """Return a bound socket that does not listen yet.

    Raises `UnusableInput` for a host that is none or that a server without a key may not serve,
    and `PortBusy`.
    """
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, OverflowError) as reason:
        raise UnusableInput(f"--host {host} --port {port} is no address to listen on: {reason}") from None
    # `localhost` is both; most clients try 127.0.0.1.
    family, kind, protocol, _, address = min(addresses, key=lambda found: found[0] != socket.AF_INET)
    if not has_admin_key and not is_loopback_name(str(address[0])):
        raise UnusableInput(
            f"--host {host} would serve other machines, which needs a key: set SHANGSOU_ADMIN_KEY to a "
            "secret of at least 16 characters, or leave --host at 127.0.0.1"
        )
    opened = socket.socket(family, kind, protocol)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
    except OSError as reason:
        opened.close()
        if reason.errno == errno.EADDRINUSE:
            raise PortBusy(
                f"port {port} of {host} is in use by another program: stop it, or choose another --port"
            ) from None
        raise UnusableInput(f"cannot listen on {host} port {port}: {reason.strerror}") from None
    return opened


def serve(app: Flask, bound: socket.socket, announce: Callable[[str], None]) -> bool:
    """Serve an application until SIGTERM or SIGINT, and return whether all that was begun was finished.

    `announce` gets the address as soon as requests are accepted. A second signal ends the process
    at once.
    """
    stopping: threading.Event = app.extensions[EXTENSION].stopping
    sockets: dict[int, wasyncore.dispatcher] = {}
    server = create_server(
        app,
        map=sockets,
        sockets=[bound],
        threads=THREADS,
        connection_limit=CONNECTION_LIMIT,
        asyncore_use_poll=True,
        ident=None,
        # Whoever may speak for a user has to see that a request came through a proxy.
        clear_untrusted_proxy_headers=False,
    )
    server.channel_class = _channel_class(stopping)

    def stop() -> None:
        stopping.set()
        server.pull_trigger()

    with _on_signals(stop):
        announce(_address(bound))
        while not stopping.is_set():
            wasyncore.loop(timeout=1, use_poll=True, map=sockets, count=1)
        finished = _drain(server, sockets)
    server.task_dispatcher.shutdown(timeout=1)
    wasyncore.close_all(sockets)
    return finished


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """Takes `GET /v1/search?q=连衣裙` as curl sends it: typed by people, not percent-encoded."""

    def parse_header(self, header_plus: bytes) -> None:
        line, end, rest = header_plus.partition(b"\r\n")
        super().parse_header(quote(line, safe=_ASCII).encode() + end + rest)


def _channel_class(stopping: threading.Event) -> type[HTTPChannel]:
    class Channel(HTTPChannel):  # type: ignore[misc]
        """A connection that ends with its next answer once the server is stopping."""

        parser_class = _Parser

        def service(self) -> None:
            if stopping.is_set():
                self.requests[0].headers["CONNECTION"] = "close"
            super().service()

    return Channel


@contextmanager
def _on_signals(stop: Callable[[], None]) -> Iterator[None]:
    def handle(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        stop()

    before = {number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _drain(server: BaseWSGIServer, sockets: dict[int, wasyncore.dispatcher]) -> bool:
    # Whoever connected before the signal is let in; from then on connections are refused.
    while _can_accept(server.socket):
        server.handle_accept()
    # Not the server's own close, which also closes the trigger by which its threads wake the loop.
    wasyncore.dispatcher.close(server)
    deadline = time.monotonic() + DRAIN_S
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < DRAIN_QUIET_S:
        if time.monotonic() > deadline:
            return False
        wasyncore.loop(timeout=DRAIN_STEP_S, use_poll=True, map=sockets, count=1)
        if any(_is_busy(channel) for channel in list(server.active_channels.values())):
            quiet_since = time.monotonic()
    return True


def _can_accept(listening: socket.socket) -> bool:
    return bool(select.select([listening], [], [], 0)[0])


def _is_busy(channel: HTTPChannel) -> bool:
    return bool(channel.requests or channel.request is not None or channel.total_outbufs_len)


def _address(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
