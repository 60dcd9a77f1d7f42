"""Elasticsearch that is down, goes down, answers nonsense, or has no room."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from elasticsearch import ConnectionTimeout

from shangsou.engines.elastic import bulk
from shangsou.engines.elastic.store import ElasticStore
from shangsou.engines.query import Filters, LexicalLeg
from shangsou.errors import EngineUnavailable, IndexingFailed, NoIndex, UnusableInput
from shangsou.product import Product
from tests.engines.catalog import RECIPE, documents, index, lexical_ids, query
from tests.fixtures.elastic import TIMEOUT_S, access_through, elastic_access
from tests.servers.relay import Relay

THINGS = documents([Product("a", "thing"), Product("b", "other thing")])


@pytest.fixture
def relay(elastic_url: str) -> Iterator[Relay]:
    with Relay(elastic_url) as relay:
        yield relay


@pytest.fixture
def relayed(relay: Relay, elastic_name: Callable[[], str]) -> Iterator[ElasticStore]:
    """A store behind the relay, with one generation."""
    store = ElasticStore(elastic_access(relay.url, elastic_name()))
    index(store, THINGS)
    yield store
    store.close()


def test_a_server_that_is_down_is_named_without_its_password() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    store = ElasticStore(elastic_access(f"http://elastic:secret@127.0.0.1:{port}", timeout_s=1))
    for ask in (store.current, store.generations, store.open, lambda: store.switch("gen-1")):
        with pytest.raises(
            EngineUnavailable, match=rf"Elasticsearch at http://127\.0\.0\.1:{port} does not"
        ) as raised:
            ask()
        assert "secret" not in str(raised.value)
        assert "SHANGSOU_ELASTIC_URL" in str(raised.value)
    with pytest.raises(EngineUnavailable), store.writer(RECIPE, "by hand"):
        pytest.fail("a writer without a server")
    store.close()


@pytest.mark.parametrize("url", ["", "nonsense", "127.0.0.1:9200", "ftp://127.0.0.1", "http://"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UnusableInput, match="SHANGSOU_ELASTIC_URL"):
        elastic_access(url)


@pytest.mark.parametrize(
    ("status", "headers", "body", "words"),
    [
        (200, {}, {}, "no Elasticsearch"),
        (401, {}, {"error": {"type": "security_exception", "reason": "missing credentials"}}, "password"),
        (503, {}, {"error": {"type": "cluster_block_exception", "reason": "no master"}}, "try again"),
        (500, {}, "<html>proxy error</html>", "proxy error"),
    ],
)
def test_an_answer_that_is_none_says_what_to_do(
    status: int, headers: dict[str, str], body: object, words: str
) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if isinstance(body, str) else "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        store = ElasticStore(elastic_access(f"http://127.0.0.1:{server.server_port}"))
        try:
            with pytest.raises(EngineUnavailable, match=words):
                store.current()
        finally:
            store.close()
            server.shutdown()
            thread.join()


@pytest.mark.elastic
def test_a_search_fails_in_words_while_the_server_is_away_and_works_once_it_is_back(
    relay: Relay, relayed: ElasticStore
) -> None:
    engine = relayed.open()
    relay.cut()
    with pytest.raises(EngineUnavailable, match="does not answer"):
        lexical_ids(engine, query("thing"))
    with pytest.raises(EngineUnavailable):
        engine.products(["a"])
    relay.restore()
    assert lexical_ids(engine, query("other")) == ["b"]


@pytest.mark.elastic
def test_a_server_that_dies_during_a_search_fails_that_search_in_words(
    relay: Relay, relayed: ElasticStore
) -> None:
    engine = relayed.open()
    relay.hold()
    with ThreadPoolExecutor(1) as pool:
        search = pool.submit(engine.retrieve, [LexicalLeg(query("thing"), Filters(), 10)])
        assert relay.held_up.wait(TIMEOUT_S)
        relay.cut()
        with pytest.raises(EngineUnavailable, match="does not answer"):
            search.result(TIMEOUT_S)


@pytest.mark.elastic
def test_a_search_gives_up_after_the_time_in_the_settings(
    relay: Relay, relayed: ElasticStore, elastic_url: str
) -> None:
    impatient = ElasticStore(elastic_access(relay.url, relayed._name, 0.2))
    relay.hold()
    with pytest.raises(EngineUnavailable, match="SHANGSOU_ELASTIC_TIMEOUT_S"):
        impatient.current()
    impatient.close()


@pytest.mark.elastic
def test_an_index_that_was_deleted_is_no_index(relayed: ElasticStore, elastic_client: Any) -> None:
    engine = relayed.open()
    elastic_client.indices.delete(index=f"{relayed._name}-1")
    with pytest.raises(NoIndex, match="shangsou index"):
        lexical_ids(engine, query("thing"))
    with pytest.raises(NoIndex, match="shangsou index"):
        engine.products(["a"])


@pytest.mark.elastic
def test_indexing_goes_on_when_the_server_comes_back(
    relay: Relay, relayed: ElasticStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with relayed.writer(RECIPE, "by hand") as writer:
        relay.cut()
        # The first wait between two attempts brings the server back.
        on_wait(monkeypatch, [relay.restore])
        writer.add(THINGS)
        relayed.switch(writer.finish().name)
    assert sorted(lexical_ids(relayed.open("gen-2"), query("thing"))) == ["a", "b"]


@pytest.mark.elastic
def test_a_server_that_dies_during_indexing_leaves_the_old_generation_and_the_next_run_cleans_up(
    relay: Relay, relayed: ElasticStore, elastic_client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shangsou.engines.elastic.lock.STALE_AFTER_S", 0.5)
    on_wait(monkeypatch, [])
    with relayed.writer(RECIPE, "by hand") as writer:
        writer.add(THINGS)
        relay.cut()
        with pytest.raises(EngineUnavailable, match="does not answer"):
            writer.finish()
    relay.restore()
    assert relayed.current() == "gen-1"
    assert elastic_client.indices.exists(index=f"{relayed._name}-2")  # nobody could delete it
    assert [one.name for one in relayed.generations()] == ["gen-1"]
    assert index(relayed, THINGS[:1]) == "gen-3"
    assert not elastic_client.indices.exists(index=f"{relayed._name}-2")
    assert lexical_ids(relayed.open(), query("thing")) == ["a"]


@pytest.mark.elastic
def test_a_product_that_elasticsearch_refuses_is_named_and_nothing_is_changed(relayed: ElasticStore) -> None:
    beyond_64_bits = Product("dear", "thing", price_fen=2**70)
    with relayed.writer(RECIPE, "by hand") as writer:
        writer.add(documents([Product("fine", "thing"), beyond_64_bits]))
        with pytest.raises(IndexingFailed, match="'dear'"):
            writer.finish()
    assert [one.name for one in relayed.generations()] == ["gen-1"]


@pytest.mark.elastic
def test_a_request_that_elasticsearch_refuses_is_not_tried_again(
    relayed: ElasticStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_wait(monkeypatch, [lambda: pytest.fail("tried again")])
    too_long = "x" * 513  # Elasticsearch's limit for ids is 512 bytes
    with relayed.writer(RECIPE, "by hand") as writer:
        writer.add(documents([Product(too_long, "thing")]))
        with pytest.raises(IndexingFailed, match="is too long"):
            writer.finish()


@pytest.mark.elastic
def test_an_index_deleted_under_the_writer_does_not_come_back_without_its_mappings(
    relayed: ElasticStore, elastic_client: Any
) -> None:
    with relayed.writer(RECIPE, "by hand") as writer:
        elastic_client.indices.delete(index=f"{relayed._name}-2")
        writer.add(THINGS)
        with pytest.raises(IndexingFailed, match="index_not_found"):
            writer.finish()
    assert not elastic_client.indices.exists(index=f"{relayed._name}-2")


def test_only_what_there_was_no_room_for_is_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    full = {"type": "es_rejected_execution_exception", "reason": "queue is full"}
    sent = send_against(
        monkeypatch,
        [
            {
                "errors": True,
                "items": [{"index": {"status": 201}}, {"index": {"status": 429, "error": full}}],
            },
            {"errors": False},
        ],
    )
    assert [[json.loads(line) for line in request] for request in sent] == [
        [{"index": {"_id": "a"}}, {}, {"index": {"_id": "b"}}, {}],
        [{"index": {"_id": "b"}}, {}],
    ]


def test_a_server_that_stays_full_ends_the_run_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    flood = {
        "type": "cluster_block_exception",
        "reason": "disk usage exceeded flood-stage watermark, index has read-only-allow-delete block",
    }
    answer = {"errors": True, "items": [{"index": {"status": 429, "error": flood}}] * 2}
    with pytest.raises(IndexingFailed, match=r"'a'.*flood-stage.*serves on"):
        send_against(monkeypatch, [answer] * (len(bulk._RETRY_DELAYS_S) + 1))


def test_a_bulk_request_that_times_out_is_not_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    on_wait(monkeypatch, [lambda: pytest.fail("tried again")])

    class Client:
        def options(self, **options: object) -> "Client":
            return self

        def bulk(self, **options: object) -> dict[str, Any]:
            raise ConnectionTimeout("after two minutes")

    loader = bulk.BulkLoader(access_through(Client()), "shop-1", lambda: None)
    with pytest.raises(EngineUnavailable, match="does not answer in time"):
        loader.send([[b'{"index":{"_id":"a"}}', b"{}"]])


def on_wait(monkeypatch: pytest.MonkeyPatch, steps: list[Callable[[], None]]) -> None:
    """Take the next step in each wait between two attempts, instead of waiting."""

    class Clock:
        @staticmethod
        def sleep(_: float) -> None:
            if steps:
                steps.pop(0)()

    monkeypatch.setattr(bulk, "time", Clock)


def send_against(monkeypatch: pytest.MonkeyPatch, answers: list[dict[str, Any]]) -> list[list[bytes]]:
    """Send the items `a` and `b` to a client that gives these answers; return what it was sent."""
    sent: list[list[bytes]] = []

    class Client:
        def options(self, **options: object) -> "Client":
            return self

        def bulk(self, *, operations: list[bytes], **options: object) -> dict[str, Any]:
            sent.append(operations)
            return answers.pop(0)

    on_wait(monkeypatch, [])
    loader = bulk.BulkLoader(access_through(Client()), "shop-1", lambda: None)
    loader.send([[b'{"index":{"_id":"a"}}', b"{}"], [b'{"index":{"_id":"b"}}', b"{}"]])
    return sent
