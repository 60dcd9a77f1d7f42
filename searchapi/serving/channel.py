"""One connection of the server, and the errors answered before the application is called."""

import math
import socket
import time
from contextlib import suppress
from typing import Final
from urllib.parse import quote

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.task import ErrorTask

from searchapi.json_text import dump_json
from searchapi.problems import BODY_TOO_LONG, MEDIA_TYPE, problem_document

MAX_BODY_BYTES: Final = 1024 * 1024
IDLE_S: Final = 30
"""Seconds for which an idle connection is kept."""
EXCHANGE_S: Final = 60
"""Seconds that a client may take to send a request, or to receive the response: 1 MB at 17 KB/s."""
MAX_PENDING_BYTES: Final = 256 * 1024
"""Bytes of responses not yet received by a client beyond which its next request waits: a page of 100."""
LINGER_S: Final = 2
"""Seconds for which input of a refused client is discarded, so that it can read the reason."""
# Bytes allowed in a request line; all others must be percent-encoded (RFC 3986).
_ASCII = bytes(range(0x80))


class _ErrorTask(ErrorTask):  # type: ignore[misc]
    """Answers a request that never reaches the application with a problem document."""

    def execute(self) -> None:
        """Send the response."""
        error = self.request.error
        detail = BODY_TOO_LONG if error.code == 413 else error.body
        body = dump_json(problem_document(error.code, detail))
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", MEDIA_TYPE))
        self.set_close_on_finish()
        self.channel.refused = True
        self.content_length = len(body)
        self.write(body)


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """A parser that accepts `GET /v1/search?q=连衣裙` as curl sends it, not percent-encoded."""

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the head of a request."""
        line, end, rest = header_plus.partition(b"\r\n")
        try:
            super().parse_header(quote(line, safe=_ASCII).encode() + end + rest)
        except ValueError as problem:
            # For example a Content-Length of thousands of digits, or a malformed address. Uncaught, it would
            # close the connection without a response.
            raise ParsingError(f"the head of the request cannot be read: {problem}") from None
        if self.body_rcv is None or self.content_length > MAX_BODY_BYTES:
            # Without a body there is nothing to go on with, and one that is too long is not asked for.
            self.expect_continue = False


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection. It is closed after its next response once the server is stopping."""

    error_task_class = _ErrorTask
    parser_class = _Parser
    refused = False
    """Whether its last response was an error sent before the whole request was read."""
    waits = False
    """Whether its next request waits until the client has received the responses to earlier ones."""
    _lingers = False
    _exchange_began = 0.0

    def is_idle(self) -> bool:
        """Return whether no request is being answered; one may be partly received, or a response sent."""
        return not self.requests or self.waits

    def is_overdue(self, now: float) -> bool:
        """Return whether the client has been silent, or slow, for too long."""
        if not self.is_idle():
            return False  # the client waits for us
        if self._lingers:
            return bool(now - self.last_activity > LINGER_S)
        if now - self.last_activity > IDLE_S:
            return True
        in_exchange = self.request is not None or self.total_outbufs_len
        return bool(in_exchange and now - self._exchange_began > EXCHANGE_S)

    def received(self, data: bytes) -> bool:
        """Receive bytes of requests."""
        if self.request is None:
            self._exchange_began = time.time()
        return bool(super().received(data))

    def service(self) -> None:
        """Answer a request."""
        if self.server.stopping.is_set():
            self.requests[0].headers["CONNECTION"] = "close"
        self._exchange_began = math.inf  # while it takes, the client waits for us
        super().service()
        self._exchange_began = time.time()

    def writable(self) -> bool:
        """Return whether bytes are to be sent, or a request may be answered once they are."""
        return bool(self.connected and (super().writable() or self.waits))

    def handle_write(self) -> None:
        """Send bytes; once few are left, answer the request that waits for that."""
        super().handle_write()
        if self.waits and self.connected and self.total_outbufs_len <= MAX_PENDING_BYTES:
            self.waits = False
            self.server.add_task(self)

    def readable(self) -> bool:
        """Return whether bytes are to be read."""
        # Maintenance may have closed it since the loop began to ask; its number may be the next connection's.
        if not self.connected:
            return False
        return not self.will_close if self._lingers else bool(super().readable())

    def handle_read(self) -> None:
        """Read bytes; those of a refused client are discarded."""
        if not self._lingers:
            super().handle_read()
            return
        with suppress(OSError):
            self.recv(self.adj.recv_bytes)

    def handle_expt(self) -> None:
        """Close a connection with urgent data, which HTTP does not have: polling would report it for ever."""
        self.refused = False
        self.handle_close()

    def handle_close(self) -> None:
        """Close the connection; for a refused client only our half, until it has read the reason."""
        if self.refused and not self._lingers:
            self._lingers, self.will_close = True, False
            self.last_activity = time.time()
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)
                return
        super().handle_close()
