"""A TCP relay in front of a real server, which a test can cut or hold up."""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class Relay:
    """Passes bytes on to the server at `target_url`, from a free port of the loopback interface."""

    def __init__(self, target_url: str) -> None:
        target = urlsplit(target_url)
        self._target = (target.hostname or "127.0.0.1", target.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._answering = threading.Event()
        self._answering.set()
        self.held_up = threading.Event()
        """Set once an answer waits because of `hold`."""
        self._lock = threading.Lock()
        self._is_cut = False
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._start(self._accept, self._listener)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()

    def hold(self) -> None:
        """Pass requests on, but keep the answers back."""
        self._answering.clear()

    def release(self) -> None:
        """Pass on the answers that were kept back, and those that follow."""
        self._answering.set()

    def cut(self) -> None:
        """Break all connections and refuse new ones, as a server does that was killed."""
        with self._lock:
            self._is_cut = True
            for connection in (self._listener, *self._sockets):
                _close(connection)
        self._answering.set()
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        self._sockets.clear()

    def restore(self) -> None:
        """Listen again, on the same port."""
        self._is_cut = False
        self._listener = socket.create_server(("127.0.0.1", self._port))
        self._start(self._accept, self._listener)

    def _start(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._target)
            with self._lock:
                if self._is_cut:
                    # Accepted just before.
                    _close(client)
                    _close(server)
                    return
                self._sockets |= {client, server}
                self._start(self._pass_on, client, server, False)
                self._start(self._pass_on, server, client, True)

    def _pass_on(self, source: socket.socket, sink: socket.socket, are_answers: bool) -> None:
        with suppress(OSError):
            while received := source.recv(65536):
                if are_answers and not self._answering.is_set():
                    self.held_up.set()
                    self._answering.wait()
                sink.sendall(received)
        _close(source)
        _close(sink)


def _close(connection: socket.socket) -> None:
    # Shutting down wakes the thread that waits on the socket; closing alone does not.
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
