"""A relay in front of a server, which can hold responses back and break all connections."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Relay:
    """Passes bytes on between whoever connects to `port` and a server."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._held_for = b""
        self.holding = threading.Event()
        """Set once a request that is to be held has come."""
        self._listener = self._listen(0)
        self.port: int = self._listener.getsockname()[1]

    def hold(self, fragment: bytes) -> None:
        """Pass nothing on from the first request on that holds these bytes."""
        self._held_for = fragment

    def cut(self) -> None:
        """Break all connections and refuse new ones, as a server does that dies."""
        with self._lock:
            for connection in [self._listener, *self._sockets]:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
                connection.close()
            self._sockets.clear()

    def restore(self) -> None:
        """Listen again on the same port."""
        self._held_for = b""
        self._listener = self._listen(self.port)

    def _listen(self, port: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
                server = socket.create_connection(self._target)
            except OSError:
                return
            with self._lock:
                self._sockets += [client, server]
            threading.Thread(target=self._pass_on, args=(client, server), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(server, client), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self._held_for and self._held_for in data:
                    self.holding.set()
                    return
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)


@contextmanager
def relay_to(host: str, port: int) -> Iterator[Relay]:
    """Relay to a server, until the block ends."""
    relay = Relay(host, port)
    try:
        yield relay
    finally:
        relay.cut()
