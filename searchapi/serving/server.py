"""The server: waitress, with a graceful stop."""

import os
import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from flask import Flask
from waitress import wasyncore
from waitress.channel import HTTPChannel

from searchapi.addresses import url_of
from searchapi.serving.connections import Server
from searchapi.state import EXTENSION

# Seconds that requests in flight get to finish after SIGTERM.
DRAIN_TIMEOUT_S = 7.0
# Seconds after SIGTERM at which the process ends, whatever still runs: the promised 10, less what starting to
# leave takes on a busy machine (with half a second to spare a test failed there once).
EXIT_S = 8.5
# A signal within this time of the first is the same stop: systemd signals the server and its supervisor,
# which hands it on. As long as a supervisor may need for that on a busy machine.
SAME_STOP_S = 0.5
# The interval at which a stop checks whether everything is finished, and how long it must be quiet before
# that: time for a request in transit to arrive.
DRAIN_STEP_S = 0.05
DRAIN_QUIET_S = 0.2


def serve(app: Flask, bound_socket: socket.socket, announce: Callable[[str], None]) -> bool:
    """Serve an application until a signal stops it, and return whether all requests were finished.

    For a process that ends afterwards: it is ended `EXIT_S` after the signal, whatever still runs.
    SIGTERM, SIGINT and SIGHUP stop it, a second one at once unless it comes within `SAME_STOP_S`; where
    SIGHUP is ignored, as under nohup, it stays ignored.

    Parameters
    ----------
    app
        Of `create_app`.
    bound_socket
        Of `open_socket`.
    announce
        Called with the address as soon as requests are accepted.
    """
    stopping: threading.Event = app.extensions[EXTENSION].stopping
    sockets: dict[int, wasyncore.dispatcher] = {}
    server = Server(app, bound_socket, sockets, stopping)

    def stop() -> None:
        stopping.set()
        # Closing after the requests may wait for a database or a thread, but must not keep the process alive.
        threading.Thread(target=_leave_in_time, name="leave", daemon=True).start()
        server.pull_trigger()

    with _on_signals(stop):
        announce(url_of(bound_socket))
        while not stopping.is_set():
            wasyncore.loop(timeout=1, use_poll=True, map=sockets, count=1)
        finished = _drain(server, sockets)
    server.task_dispatcher.shutdown(timeout=1)
    wasyncore.close_all(sockets)
    return finished


@contextmanager
def _on_signals(stop: Callable[[], None]) -> Iterator[None]:
    stopped_at: float | None = None

    def handle(number: int, _frame: FrameType | None) -> None:
        nonlocal stopped_at
        if stopped_at is None:
            stopped_at = time.monotonic()
            stop()
        elif time.monotonic() - stopped_at > SAME_STOP_S:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

    numbers = [signal.SIGTERM, signal.SIGINT]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    previous = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _drain(server: Server, sockets: dict[int, wasyncore.dispatcher]) -> bool:
    # Connections from before the signal are accepted; later ones are refused.
    for _ in range(server.adj.backlog):
        if not _can_accept(server.socket):
            break
        server.handle_accept()
    # Its supervisor has it open as well: closing alone would leave it listening.
    with suppress(OSError):
        server.socket.shutdown(socket.SHUT_RDWR)
    # Not the server's own close, which also closes the trigger with which its threads wake the loop.
    wasyncore.dispatcher.close(server)
    deadline = time.monotonic() + DRAIN_TIMEOUT_S
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < DRAIN_QUIET_S:
        if time.monotonic() > deadline:
            return False
        wasyncore.loop(timeout=DRAIN_STEP_S, use_poll=True, map=sockets, count=1)
        if any(_is_busy(channel) for channel in list(server.active_channels.values())):
            quiet_since = time.monotonic()
    return True


def _leave_in_time() -> None:
    time.sleep(EXIT_S)
    os._exit(0)


def _can_accept(listening: socket.socket) -> bool:
    return bool(select.select([listening], [], [], 0)[0])


def _is_busy(channel: HTTPChannel) -> bool:
    return bool(channel.requests or channel.request is not None or channel.total_outbufs_len)
