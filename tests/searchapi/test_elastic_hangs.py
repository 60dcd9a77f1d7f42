"""The server over an Elasticsearch that hangs, and over one whose index was deleted by hand."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from indexer.build import index_products
from shangsou.engines.stores import open_store
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.product import Product
from tests.fixtures.elastic import TIMEOUT_S, elastic_settings
from tests.fixtures.hash_encoder import HashEncoder
from tests.fixtures.searchapi import Reply, ServerProcess, running_program, wait_until
from tests.servers.elasticsearch import ElasticsearchServer, NoServer, running_elasticsearch

pytestmark = pytest.mark.elastic
CLIENTS = 24
# What the settings of the server say.
SEARCH_TIMEOUT_S = 3.0
# For what takes milliseconds on an idle machine, and is not to take the seconds of a search.
SOON_S = 1.0
NAME = "shop"


@pytest.fixture(scope="module")
def elasticsearch() -> Iterator[ElasticsearchServer]:
    """A server of this module's own: nobody else's hangs."""
    try:
        with running_elasticsearch("512m", for_tests=True) as server:
            yield server
    except NoServer as reason:
        pytest.skip(str(reason))


@pytest.fixture
def build(
    elasticsearch: ElasticsearchServer, products: list[Product], hash_encoder: HashEncoder, tmp_path: Path
) -> Callable[[], None]:
    """A function that indexes the small catalog."""

    def index() -> None:
        settings = elastic_settings(elasticsearch.url, NAME, home=tmp_path)
        store, lexicons = open_store(settings), LexiconStore(settings)
        index_products(products, store=store, encoder=hash_encoder, source="test", lexicons=lexicons)
        store.close()

    return index


@pytest.fixture
def server(
    elasticsearch: ElasticsearchServer, build: Callable[[], None], tmp_path: Path
) -> Iterator[ServerProcess]:
    build()
    with running_program(
        "serve",
        "--port",
        "0",
        home=tmp_path,
        module="tests.searchapi.serving.hash_server",
        model="hash-encoder",
        engine="elastic",
        elastic_url=elasticsearch.url,
        elastic_index=NAME,
        elastic_timeout_s=str(SEARCH_TIMEOUT_S),
    ) as started:
        started.wait_until_ready()
        yield started


def delete_index(elasticsearch: ElasticsearchServer) -> None:
    """Delete the index that is searched, by hand."""
    with Elasticsearch(elasticsearch.url, request_timeout=TIMEOUT_S) as client:
        client.indices.delete(index=list(client.indices.get_alias(name=NAME)))


def timed(server: ServerProcess, path: str, body: object = None) -> tuple[Reply, float]:
    began = time.monotonic()
    reply = server.ask(path, body)
    return reply, time.monotonic() - began


def search(server: ServerProcess) -> tuple[Reply, float]:
    return timed(server, "/v1/search", {"query": "裙"})


def test_a_server_stays_alive_while_elasticsearch_hangs(
    server: ServerProcess, elasticsearch: ElasticsearchServer
):
    assert search(server)[0].status == 200
    with ThreadPoolExecutor(CLIENTS) as pool:
        elasticsearch.hang()
        try:
            hung_at = time.monotonic()
            first: list[Future[tuple[Reply, float]]] = [pool.submit(search, server) for _ in range(CLIENTS)]
            # Also while all threads for searches wait.
            while time.monotonic() < hung_at + SEARCH_TIMEOUT_S:
                for path in ("/healthz", "/metrics", "/readyz"):
                    reply, took_s = timed(server, path)
                    assert reply.status in (200, 503)
                    assert took_s < SOON_S
            assert server.ask("/healthz").status == 200
            not_ready = server.ask("/readyz")
            assert not_ready.status == 503
            assert not_ready.json()["missing"] == ["the search engine does not answer"]
            for searching in first:
                reply, took_s = searching.result()
                assert reply.status == 503
                # The first wait for their history and for the search, all others for these.
                assert took_s < 2 * SEARCH_TIMEOUT_S + SOON_S
            # One a second may be the trial.
            later = [search(server) for _ in range(20)]
            assert all(reply.status == 503 and int(reply.headers["Retry-After"]) > 0 for reply, _ in later)
            assert sorted(took_s for _, took_s in later)[-3] < SOON_S
            assert b"shangsou_elastic_breaker_open 1.0" in server.ask("/metrics").body
        finally:
            elasticsearch.resume()
        resumed_at = time.monotonic()
        wait_until(lambda: search(server)[0].status == 200, "a search that is answered")
        # 2 s on an idle machine.
        assert time.monotonic() - resumed_at < 2 + SOON_S
        wait_until(lambda: server.ask("/readyz").status == 200, "ready again")
        assert time.monotonic() - resumed_at < 3 + SOON_S
    assert b"shangsou_elastic_breaker_open 0.0" in server.ask("/metrics").body


def test_answers_name_no_address_and_no_index_while_the_log_does(
    server: ServerProcess, elasticsearch: ElasticsearchServer
):
    delete_index(elasticsearch)
    wait_until(lambda: server.ask("/readyz").status == 503, "not ready")
    answers = [
        server.ask("/readyz"),
        search(server)[0],
        server.ask("/v1/suggest?q=lian"),
        server.ask("/v1/products/dress-red"),
        server.ask("/v1/recommend/trending"),
        server.ask("/v1/products:batch", {"operations": [{"op": "delete", "product_id": "dress-red"}]}),
    ]
    for answer in answers:
        assert answer.status == 503, answer.body
        assert NAME.encode() not in answer.body.replace(b"shangsou", b"")
        assert b"127.0.0.1" not in answer.body
    wait_until(lambda: f"has no index '{NAME}-" in server.stderr(), "the index in the log")


def test_an_index_that_is_deleted_by_hand_is_not_ready_until_there_is_another(
    server: ServerProcess,
    elasticsearch: ElasticsearchServer,
    build: Callable[[], None],
):
    delete_index(elasticsearch)
    deleted_at = time.monotonic()
    wait_until(lambda: server.ask("/readyz").status == 503, "not ready")
    assert time.monotonic() - deleted_at < 3 + SOON_S
    assert search(server)[0].status == 503
    build()
    built_at = time.monotonic()
    wait_until(lambda: server.ask("/readyz").status == 200, "ready again")
    assert time.monotonic() - built_at < 3 + SOON_S
    assert search(server)[0].status == 200
