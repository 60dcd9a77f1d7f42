"""Three nodes with a copy of each shard: one that dies takes no search, document or switch with it."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import pytest

from shangsou.engines.elastic.mapping import IndexOptions
from shangsou.engines.elastic.store import ElasticStore
from shangsou.engines.engine import Document, Engine
from shangsou.engines.query import Filters
from shangsou.product import Product
from tests.engines.catalog import EAST, index
from tests.fixtures.elastic import elastic_access
from tests.servers.cluster import running_cluster
from tests.servers.elasticsearch import ElasticsearchServer, NoServer

pytestmark = pytest.mark.elastic

PRODUCTS = [Product(f"p{number}", f"red dress {number}", price_fen=100 * number) for number in range(500)]
ON_COPIES = IndexOptions(shards=3, replicas=1)


@pytest.fixture
def nodes() -> Iterator[list[ElasticsearchServer]]:
    try:
        with running_cluster(3) as servers:
            yield servers
    except NoServer as reason:
        pytest.skip(str(reason))


def opened(nodes: list[ElasticsearchServer], name: str, first: int = 0) -> ElasticStore:
    """A store that asks the nodes from this one on."""
    urls = [node.url for node in (*nodes[first:], *nodes[:first])]
    return ElasticStore(elastic_access(",".join(urls), name), ON_COPIES)


def documents() -> list[Document]:
    return [Document(product, EAST) for product in PRODUCTS]


def search_until(done: Event, engine: Engine) -> tuple[int, list[Exception]]:
    """Count and read until it is done; return how many searches there were, and what failed."""
    searches, failures = 0, []
    while not done.is_set():
        searches += 1
        try:
            assert engine.count([Filters(price_to_fen=9_900)]) == [100]
            assert len(engine.products(["p1", "p250"])) == 2
        except Exception as problem:
            failures.append(problem)
    return searches, failures


@pytest.mark.parametrize("dying", [0, 2], ids=["the node of the first address", "another node"])
def test_no_search_fails_while_a_node_dies(nodes: list[ElasticsearchServer], dying: int) -> None:
    store = opened(nodes, "shop")
    index(store, documents())
    engine = store.open()
    done = Event()
    with ThreadPoolExecutor(4) as clients:
        searching = [clients.submit(search_until, done, engine) for _ in range(4)]
        time.sleep(1)
        nodes[dying].kill()
        # Longer than the cluster takes to notice, and to make copies the first.
        time.sleep(10)
        done.set()
        results = [one.result() for one in searching]
    store.close()
    assert [failures for _, failures in results] == [[], [], [], []]
    assert min(searches for searches, _ in results) > 10


def test_indexing_goes_on_and_switches_while_a_node_dies(nodes: list[ElasticsearchServer]) -> None:
    store = opened(nodes, "shop")
    index(store, documents()[:10])
    rng = np.random.default_rng(1)
    more = [Product(f"q{number}", f"blue shoe {number}") for number in range(6_000)]
    vectors = rng.normal(size=(len(more), 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    contents = [Document(product, vector) for product, vector in zip(more, vectors, strict=True)]
    with ThreadPoolExecutor(1) as indexer:
        indexing = indexer.submit(index, store, contents)
        time.sleep(1.5)
        nodes[2].kill()
        assert indexing.result() == "gen-2"
    assert store.current() == "gen-2"
    assert store.open().count([Filters()]) == [6_000]
    store.close()
