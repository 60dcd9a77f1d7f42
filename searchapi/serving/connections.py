"""The server's connections, each with limits, so that no client starves the others."""

import errno
import logging
import resource
import socket
import threading
import time

from flask import Flask
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer

from searchapi.addresses import client_of, is_within
from searchapi.serving.channel import MAX_BODY_BYTES, MAX_PENDING_BYTES, Channel
from searchapi.serving.dispatcher import THREADS, TaskDispatcher
from searchapi.state import EXTENSION

MAX_CONNECTIONS = 1_000
"""Browsers keep six connections each open while idle."""
MAX_CONNECTIONS_OF_ADDRESS = 256
"""A proxy in front of the server has one for each request in flight; more would wait for seconds."""
# The interval between checks for idle and slow connections.
_MAINTENANCE_S = 5
# Descriptors for everything else: the index, the databases, workers, Elasticsearch.
_OTHER_DESCRIPTORS = 200
_TARGET_DESCRIPTOR_LIMIT = 4_096
# Seconds without accepting after descriptors or memory ran out, and between two log lines about it.
_ACCEPT_PAUSE_S = 0.5
_LOG_INTERVAL_S = 60
_EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

log = logging.getLogger(__name__)


def raise_descriptor_limit() -> int:
    """Raise the limit of open files to what the process needs, and return the new limit."""
    soft, hard = (
        _TARGET_DESCRIPTOR_LIMIT if limit == resource.RLIM_INFINITY else limit
        for limit in resource.getrlimit(resource.RLIMIT_NOFILE)
    )
    limit_needed = max(soft, min(hard, _TARGET_DESCRIPTOR_LIMIT))
    if limit_needed > soft:
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (limit_needed, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
        )
    return limit_needed


class Server(TcpWSGIServer):  # type: ignore[misc]
    """Waitress's server; when it is full, the longest idle connection is closed for a new one."""

    def __init__(
        self,
        app: Flask,
        bound_socket: socket.socket,
        sockets: dict[int, wasyncore.dispatcher],
        stopping: threading.Event,
    ) -> None:
        """Listen on a bound socket; `sockets` is the map of waitress's loop."""
        self.stopping = stopping
        self._max_connections = min(MAX_CONNECTIONS, max(1, raise_descriptor_limit() - _OTHER_DESCRIPTORS))
        self._accepts_from = self._logs_from = 0.0
        # Through them come the connections of all clients.
        self._proxies = app.extensions[EXTENSION].settings.trusted_proxies
        super().__init__(
            app,
            sockets,
            _sock=bound_socket,
            dispatcher=TaskDispatcher(),
            adj=Adjustments(
                sockets=[bound_socket],
                threads=THREADS,
                # Our limits apply first; waitress's would only stop accepting.
                connection_limit=2 * MAX_CONNECTIONS,
                # It also refuses a length equal to the limit.
                max_request_body_size=MAX_BODY_BYTES + 1,
                # Above it a thread would wait for the client; what a client does not take in is bounded here
                # by letting its next request wait.
                outbuf_high_watermark=1 << 40,
                cleanup_interval=_MAINTENANCE_S,
                ident=None,
                # Authorization must see that a request came through a proxy.
                clear_untrusted_proxy_headers=False,
            ),
            sockinfo=(bound_socket.family, bound_socket.type, bound_socket.proto, bound_socket.getsockname()),
            bind_socket=False,
        )
        self.channel_class = Channel

    def readable(self) -> bool:
        """Return whether connections may be accepted now."""
        return bool(super().readable()) and time.monotonic() >= self._accepts_from

    def handle_accept(self) -> None:
        """Accept a connection, if there is room for it or an idle one can be closed."""
        try:
            accepted = self.accept()
        except OSError as problem:
            self._pause(problem)
            return
        if accepted is None:
            return
        connection, address = accepted
        try:
            if not self._make_room(address):
                connection.close()
                return
            self.set_socket_options(connection)
        except OSError:
            connection.close()  # the client has disconnected already
            return
        self.channel_class(self, connection, address, self.adj, map=self._map)

    def add_task(self, task: Channel) -> None:
        """Have the next request of a connection answered, once its client has received earlier responses."""
        if task.total_outbufs_len > MAX_PENDING_BYTES:
            task.waits = True
        else:
            super().add_task(task)

    def maintenance(self, now: float) -> None:
        """Close idle connections, and those of clients that are too slow."""
        # A copy, since threads close connections too. At once: a client that reads nothing is never writable.
        for channel in list(self.active_channels.values()):
            if channel.is_overdue(now):
                channel.handle_close()

    def _make_room(self, address: tuple[object, ...]) -> bool:
        channels = list(self.active_channels.values())
        client = client_of(str(address[0]))
        contenders = [channel for channel in channels if client_of(str(channel.addr[0])) == client]
        is_proxy = is_within(client, self._proxies)
        if is_proxy or len(contenders) < MAX_CONNECTIONS_OF_ADDRESS:
            if len(channels) < self._max_connections:
                return True
            contenders = channels
        return self._close_idlest(contenders)

    def _close_idlest(self, channels: list[Channel]) -> bool:
        """Close the connection that has been idle longest, and return whether there was one."""
        idle = [channel for channel in channels if channel.is_idle()]
        if not idle:
            return False
        idlest = min(idle, key=lambda channel: float(channel.last_activity))
        idlest.refused = False  # it does not linger: its descriptor is needed now
        idlest.handle_close()
        return True

    def _pause(self, problem: OSError) -> None:
        """Pause after accepting failed for lack of resources, instead of retrying in a busy loop."""
        if problem.errno not in _EXHAUSTED:
            return  # only that connection was broken
        now = time.monotonic()
        self._accepts_from = now + _ACCEPT_PAUSE_S
        self._close_idlest(list(self.active_channels.values()))
        if now >= self._logs_from:
            self._logs_from = now + _LOG_INTERVAL_S
            log.warning(
                "no connection can be accepted (%s); there are %d",
                problem.strerror,
                len(self.active_channels),
            )
