"""A server of ours that answers every request alike, as another one would."""

import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

OF_ELASTICSEARCH = {"X-Elastic-Product": "Elasticsearch"}
"""The header by which Elasticsearch is known."""


class AnsweringServer(HTTPServer):
    """Notes the value of `Authorization` in each request."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.port = self.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self.authorizations: list[str | None] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a handshake that a client breaks off is no matter of the server's."""


@contextmanager
def answering(
    status: int, body: object, headers: Mapping[str, str], context: ssl.SSLContext | None = None
) -> Iterator[AnsweringServer]:
    """Run a server, with TLS where there is a `context`."""
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.authorizations.append(self.headers["Authorization"])
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    with AnsweringServer(Answer) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
