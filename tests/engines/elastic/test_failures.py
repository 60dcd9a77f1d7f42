"""Messages about servers that are no Elasticsearch, and about certificates: servers of our own stand in."""

import datetime
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import trustme

from shangsou.engines.elastic.failures import RequestRefused
from shangsou.engines.elastic.store import ElasticStore
from shangsou.errors import EngineUnavailable, UnusableInput
from tests.fixtures.elastic import elastic_access
from tests.servers.answering import OF_ELASTICSEARCH, answering

FORBIDDEN = (
    "action [indices:monitor/settings/get] is unauthorized for user [x] with effective roles [y], this "
    "action is granted by the index privileges [monitor,manage,all]"
)


def failure(url: str, **settings: Any) -> EngineUnavailable:
    """The error of a first request."""
    store = ElasticStore(elastic_access(url, timeout_s=settings.pop("timeout_s", 30), **settings))
    with pytest.raises(EngineUnavailable) as raised:
        store.current()
    store.close()
    return raised.value


@pytest.mark.parametrize(
    ("status", "body", "headers", "words"),
    [
        # OpenSearch answers requests without a body, and refuses the media types of Elasticsearch 8.
        (200, {"version": {"distribution": "opensearch"}}, {}, "OpenSearch is none"),
        (406, {"error": "Content-Type header [application/vnd.…] is not supported"}, {}, "OpenSearch"),
        (404, "<html>no page here</html>", {"Content-Type": "text/html"}, "is no Elasticsearch"),
        (200, "no JSON", {}, "is no Elasticsearch"),
        (
            400,
            {"error": {"type": "media_type_header_exception", "reason": "Invalid media-type value"}},
            OF_ELASTICSEARCH,
            "needs 8 or 9",
        ),
        (
            403,
            {"error": {"type": "security_exception", "reason": FORBIDDEN}},
            OF_ELASTICSEARCH,
            "one of the index privileges monitor, manage, all",
        ),
        (403, "<html>blocked</html>", {"Content-Type": "text/html"}, "what the user or the API key may do"),
        (502, "<html>bad gateway</html>", {"Content-Type": "text/html"}, "the proxy before it"),
    ],
    ids=["OpenSearch", "its 406", "a web server", "no JSON", "media type", "403", "a proxy's 403", "502"],
)
def test_a_message_says_what_answers_there_and_the_way_out(
    status: int, body: object, headers: dict[str, str], words: str
):
    with answering(status, body, headers) as server:
        message = str(failure(server.url))
    assert words in message
    assert server.url in message


def test_a_version_that_cannot_hold_an_index_is_refused_before_one_is_built():
    # As 7.17 answers: it takes the media types of version 8.
    with answering(200, {"version": {"number": "7.17.28"}}, OF_ELASTICSEARCH) as server:
        store = ElasticStore(elastic_access(server.url))
        with pytest.raises(UnusableInput, match=r"is version 7\.17\.28, and shangsou needs 8 or 9"):
            store.check_writable()
        store.close()


def test_what_would_be_refused_again_is_another_error_than_what_may_pass():
    with answering(401, {}, OF_ELASTICSEARCH) as server:
        assert isinstance(failure(server.url), RequestRefused)
    with answering(503, {}, OF_ELASTICSEARCH) as server:
        assert not isinstance(failure(server.url), RequestRefused)


def test_a_closed_index_is_named_with_the_way_to_open_it():
    closed = {"type": "index_closed_exception", "reason": "closed", "index": "shop-2"}
    with answering(400, {"error": {**closed, "root_cause": [closed]}}, OF_ELASTICSEARCH) as server:
        message = str(failure(server.url))
    assert "'shop-2'" in message
    assert "_open" in message
    assert "shangsou rollback" in message


@pytest.mark.parametrize("status", [403, 429])
def test_a_blocked_index_is_no_question_of_rights(status: int):
    reason = "index [shop-2] blocked by: [FORBIDDEN/8/index write (api)];"
    blocked = {"type": "cluster_block_exception", "reason": reason}
    with answering(status, {"error": blocked}, OF_ELASTICSEARCH) as server:
        message = str(failure(server.url))
    assert "index.blocks.write" in message
    assert "the user or the API key" not in message


def test_a_server_that_speaks_no_http_is_no_elasticsearch():
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            for _ in range(2):
                connection, _ = server.accept()
                with connection:
                    connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")
                    connection.recv(65536)

        thread = threading.Thread(target=greet)
        thread.start()
        message = str(failure(f"http://127.0.0.1:{server.getsockname()[1]}"))
        thread.join()
    assert "is no Elasticsearch" in message


def test_a_host_name_that_does_not_exist_is_named():
    # RFC 6761: no host is called so.
    message = str(failure("http://elasticsearch.invalid:9200"))
    assert "http://elasticsearch.invalid:9200 has no such host name" in message
    assert "SHANGSOU_ELASTIC_URL" in message


def test_a_host_that_takes_no_connection_is_given_up_soon():
    with ExitStack() as held:
        full = held.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        port = full.getsockname()[1]
        # Those that wait to be accepted; of further ones Linux takes no notice.
        for _ in range(2):
            waiting = held.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))
        message = str(failure(f"http://127.0.0.1:{port}"))
    assert "no connection within 2 s" in message
    assert "firewall" in message


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.crt"))
    return authority


@pytest.fixture
def encrypted(authority: trustme.CA) -> Callable[..., Any]:
    """A server with a certificate of the authority."""

    def serve(name: str, **options: Any) -> Any:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name, **options).configure_cert(context)
        return answering(404, {"error": "no such index"}, OF_ELASTICSEARCH, context)

    return serve


def test_a_message_names_a_certificate_that_has_expired(encrypted: Callable[..., Any], tmp_path: Path):
    long_ago = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    with encrypted(
        "localhost", not_before=long_ago, not_after=long_ago + datetime.timedelta(days=1)
    ) as server:
        message = str(failure(f"https://localhost:{server.port}", elastic_ca_file=str(tmp_path / "ca.crt")))
    assert "certificate that has expired" in message


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_message_names_a_certificate_for_another_name(
    encrypted: Callable[..., Any], tmp_path: Path, host: str
):
    with encrypted("elsewhere.example") as server:
        message = str(failure(f"https://{host}:{server.port}", elastic_ca_file=str(tmp_path / "ca.crt")))
    assert "certificate for another name" in message


def test_a_certificate_of_another_authority_is_not_trusted(encrypted: Callable[..., Any]):
    with encrypted("localhost") as server:
        message = str(failure(f"https://localhost:{server.port}"))
    assert "set SHANGSOU_ELASTIC_CA_FILE" in message
