"""The server over a real Elasticsearch that goes away and comes back."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from indexer.build import index_products
from shangsou.engines.stores import open_store
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.product import Product
from tests.fixtures.elastic import elastic_settings
from tests.fixtures.hash_encoder import HashEncoder
from tests.fixtures.searchapi import Reply, ServerProcess, running_program
from tests.searchapi.relay import Relay, relay_to

pytestmark = pytest.mark.elastic


@pytest.fixture
def index_name(
    elastic_url: str,
    elastic_name: Callable[[], str],
    products: list[Product],
    hash_encoder: HashEncoder,
    tmp_path: Path,
) -> str:
    """The name of an index of the small catalog."""
    name = elastic_name()
    settings = elastic_settings(elastic_url, name, home=tmp_path)
    store = open_store(settings)
    lexicons = LexiconStore(settings)
    index_products(products, store=store, encoder=hash_encoder, source="test", lexicons=lexicons)
    store.close()
    return name


@pytest.fixture
def relay(elastic_url: str) -> Iterator[Relay]:
    address = urlsplit(elastic_url)
    with relay_to(address.hostname or "", address.port or 9200) as started:
        yield started


@pytest.fixture
def server(relay: Relay, index_name: str, tmp_path: Path) -> Iterator[ServerProcess]:
    with running_program(
        "serve",
        "--port",
        "0",
        home=tmp_path,
        module="tests.searchapi.serving.hash_server",
        model="hash-encoder",
        engine="elastic",
        elastic_url=f"http://127.0.0.1:{relay.port}",
        elastic_index=index_name,
        elastic_timeout_s="30",
    ) as started:
        yield started


def assert_unavailable(reply: Reply) -> None:
    assert reply.status == 503
    assert int(reply.headers["Retry-After"]) > 0
    assert reply.headers["Content-Type"] == "application/problem+json"


def test_elasticsearch_that_dies_during_a_search_is_a_503_and_serves_again_when_it_is_back(
    server: ServerProcess, relay: Relay
):
    server.wait_until_ready()
    assert server.ask("/v1/search", {"query": "裙"}).status == 200
    relay.hold(b"_msearch")
    with ThreadPoolExecutor(1) as pool:
        in_flight = pool.submit(server.ask, "/v1/search", {"query": "裙"})
        assert relay.holding.wait(60)
        relay.cut()
        assert_unavailable(in_flight.result())
    assert_unavailable(server.ask("/v1/search", {"query": "裙"}))
    assert_unavailable(server.ask("/v1/products/dress-red"))
    assert server.ask("/healthz").status == 200
    relay.restore()
    assert server.ask("/v1/search", {"query": "裙"}).status == 200


def test_elasticsearch_that_is_down_at_start_is_waited_for(
    relay: Relay, index_name: str, tmp_path: Path, request: pytest.FixtureRequest
):
    relay.cut()
    server: ServerProcess = request.getfixturevalue("server")
    assert_unavailable(server.ask("/v1/search", {"query": "裙"}))
    missing = server.ask("/readyz")
    assert missing.status == 503
    relay.restore()
    server.wait_until_ready()
    assert server.ask("/v1/search", {"query": "裙"}).status == 200
