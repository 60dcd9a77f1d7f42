"""Another engine over HTTP, asked by a template."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest

from relevance.other_engine import OtherEngine, OtherEngineFailed, read_other_engine
from shangsou.engines.query import Hit
from shangsou.errors import UnusableInput


class Asked(ThreadingHTTPServer):
    """Answers every request alike, and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[tuple[str, str, str]] = []
        self.status = 200
        self.answer: object = {"hits": {"hits": [{"_id": "b"}, {"_id": "a"}, {"_id": "b"}]}}


class _Handler(BaseHTTPRequestHandler):
    server: Asked

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.server.requests.append((self.path, body, self.headers.get("Authorization", "")))
        answer = self.server.answer
        payload = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    do_GET = do_POST  # noqa: N815 - the name that the library calls

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def other() -> Iterator[Asked]:
    server = Asked()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def url(server: Asked, path: str = "/products/_search", user: str = "") -> str:
    return f"http://{user}127.0.0.1:{server.server_address[1]}{path}"


def test_a_query_is_put_into_the_body_as_json_and_hits_come_in_their_order_each_once(other: Asked) -> None:
    body = '{"size": {{size}}, "query": {"match": {"title": {{query}}}}}'
    hits, took_ms = OtherEngine(url(other, user="qa:secret@"), body).search('5" 手机', 10)
    assert hits == [Hit("b", 1.0), Hit("a", 0.5)]
    assert took_ms > 0
    [(path, sent, authorization)] = other.requests
    assert path == "/products/_search"
    assert json.loads(sent) == {"size": 10, "query": {"match": {"title": '5" 手机'}}}
    assert authorization.startswith("Basic ")


def test_an_engine_may_be_asked_by_its_address_alone_and_answer_lists_in_lists(other: Asked) -> None:
    other.answer = [{"found": [{"doc": {"sku": 7}}]}]
    engine = OtherEngine(url(other, "/find?q={{query}}&n={{size}}"), hits="0.found", id="doc.sku")
    assert engine.search("红色 裙&", 5)[0] == [Hit("7", 1.0)]
    assert unquote(other.requests[0][0]) == "/find?q=红色 裙&&n=5"


def test_an_answer_of_another_shape_is_reported_without_a_password(other: Asked) -> None:
    other.answer = {"error": "index_not_found"}
    with pytest.raises(OtherEngineFailed, match=r"has no hits\.hits") as failed:
        OtherEngine(url(other, user="qa:secret@"), "{{query}}").search("裙", 5)
    assert "secret" not in str(failed.value)


@pytest.mark.parametrize("part", [{"timed_out": True}, {"_shards": {"total": 3, "failed": 1}}])
def test_an_answer_of_a_part_of_the_index_is_none(other: Asked, part: dict[str, object]) -> None:
    other.answer = {"hits": {"hits": []}, **part}
    with pytest.raises(OtherEngineFailed, match="in part"):
        OtherEngine(url(other), "{{query}}").search("裙", 5)


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (401, "401 Unauthorized: give user and password in url"),
        (403, "403 Forbidden: give user and password in url"),
        (404, "404 Not Found: correct url: there is nothing at this path"),
        (400, "400 Bad Request: correct url, body and headers"),
        (500, "500 Internal Server Error: see its logs"),
    ],
)
def test_an_error_of_an_engine_names_its_address_the_status_and_what_to_do(
    other: Asked, status: int, advice: str
) -> None:
    other.status = status
    engine = OtherEngine(url(other, "/find?q={{query}}&key=secret", user="qa:secret@"))
    with pytest.raises(OtherEngineFailed) as failed:
        engine.search("裙", 5)
    assert str(failed.value).startswith(f"{url(other, '/find')} answered '裙' with {advice}")
    assert failed.value.exit_code == 2
    assert "secret" not in str(failed.value)


@pytest.mark.parametrize("answer", [b"<html>", b"\xff\xfe", b"[" * 100_000])
def test_an_answer_that_is_no_json_is_reported(other: Asked, answer: bytes) -> None:
    other.answer = answer
    with pytest.raises(OtherEngineFailed, match="is no JSON; correct url"):
        OtherEngine(url(other), "{{query}}").search("裙", 5)


def test_the_fields_of_a_hit_are_named_by_their_paths(other: Asked) -> None:
    other.answer = {"hits": {"hits": [{"_id": "x", "_source": {"skus": [7], "sold_out": True}}]}}
    assert OtherEngine(url(other), "{{query}}").hit_fields("裙") == {"_id": "x", "_source.skus.0": "7"}


def test_an_engine_that_is_away_is_reported_without_a_password(silent_port: int) -> None:
    with pytest.raises(OtherEngineFailed, match="did not answer") as failed:
        OtherEngine(f"http://qa:secret@127.0.0.1:{silent_port}/", "{{query}}").search("裙", 5)
    assert "secret" not in str(failed.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("url = ", "cannot be read as TOML"),
        ('url = "http://x/{{query}}"\nhit = "a"', "'hit' is no key"),
        ('body = "{{query}}"', "url is to be an address"),
        ('url = "file:///etc/{{query}}"', "url is to be an address"),
        ('url = "http://x:port/{{query}}"', "url is to be an address"),
        ('url = "http:///{{query}}"', "url is to be an address"),
        ('url = "http://x/"', "every search would be the same"),
        ('url = "http://x/"\nbody = \'{"q": "{{query}}"}\'', "stands without quotation marks"),
        ('url = "http://x/{{query}}"\nid = 7', "all values are texts"),
    ],
)
def test_a_template_that_cannot_be_used_is_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "es.toml").write_text(text, "utf-8")
    with pytest.raises(UnusableInput, match=words) as refused:
        read_other_engine(tmp_path / "es.toml")
    assert "es.toml" in str(refused.value)
