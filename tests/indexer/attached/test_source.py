"""Servers that are no Elasticsearch, too old, or let nobody read."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from indexer.attached.source import Source
from shangsou.errors import EngineUnavailable, UnusableInput
from shangsou.settings import Settings

ELASTICSEARCH = {"X-Elastic-Product": "Elasticsearch"}
Serve = Callable[[int, Mapping[str, str], object], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A function that starts a server with one answer to everything, and returns its address."""
    servers = []

    def start(status: int, headers: Mapping[str, str], body: object) -> str:
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = json.dumps(body).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *arguments: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"http://shop:secret@127.0.0.1:{server.server_address[1]}"

    yield start
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("status", "headers", "body", "words"),
    [
        (200, {}, {"version": {"distribution": "opensearch"}}, "OpenSearch"),
        (
            403,
            ELASTICSEARCH,
            {"error": {"type": "security_exception", "reason": "action is unauthorized for user [shop]"}},
            "read and view_index_metadata on goods",
        ),
        (401, ELASTICSEARCH, {"error": {"type": "security_exception", "reason": "missing"}}, "from --url"),
        (
            400,
            ELASTICSEARCH,
            {"error": {"type": "media_type_header_exception", "reason": "compatible-with=8"}},
            "older than version 8",
        ),
        (
            404,
            ELASTICSEARCH,
            {"error": {"type": "index_not_found_exception", "reason": "no such index [goods]"}},
            "there is no such index, alias or pattern",
        ),
    ],
)
def test_a_server_that_cannot_be_read_says_what_to_do(
    serve: Serve, status: int, headers: Mapping[str, str], body: object, words: str
) -> None:
    source = Source(Settings(), "goods", serve(status, headers, body))
    with pytest.raises(UnusableInput, match=words) as raised:
        source.indices()
    source.close()
    assert "secret" not in str(raised.value)
    assert "shop:" not in source.label


def test_a_server_that_is_overloaded_may_be_asked_again(serve: Serve) -> None:
    source = Source(
        Settings(elastic_url=serve(503, ELASTICSEARCH, {"error": {"type": "x", "reason": "no master"}})),
        "goods",
    )
    with pytest.raises(EngineUnavailable, match="try again"):
        source.indices()
    source.close()


def test_what_is_no_address_is_refused_by_the_name_of_the_option() -> None:
    with pytest.raises(UnusableInput, match="--url 'nonsense' is no address"):
        Source(Settings(), "goods", "nonsense")


def test_the_authorities_of_the_shop_count_for_encrypted_addresses_alone() -> None:
    settings = Settings(elastic_url="https://shop:9200", elastic_ca_file="/nowhere/ca.crt")
    Source(settings, "goods", "http://10.0.0.5:9200").close()
    with pytest.raises(UnusableInput, match="SHANGSOU_ELASTIC_CA_FILE '/nowhere/ca"):
        Source(settings, "goods", "https://10.0.0.5:9200")
