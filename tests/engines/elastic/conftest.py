"""An empty store in Elasticsearch, under a name of its own."""

from collections.abc import Callable, Iterator

import pytest

from shangsou.engines.elastic.store import ElasticStore
from tests.fixtures.elastic import elastic_access


@pytest.fixture
def name(elastic_name: Callable[[], str]) -> str:
    return elastic_name()


@pytest.fixture
def elastic_store(elastic_url: str, name: str) -> Iterator[ElasticStore]:
    store = ElasticStore(elastic_access(elastic_url, name))
    yield store
    store.close()
