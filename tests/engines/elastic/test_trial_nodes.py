"""A node that failed and is tried again, with answers of every kind and no server."""

from collections.abc import Iterator

import pytest
from elastic_transport import ApiResponseMeta, HttpHeaders, SerializationError, TransportApiResponse
from elasticsearch import Elasticsearch

from shangsou.engines.elastic.breaker import CircuitBreaker
from shangsou.engines.elastic.transport import Node, open_client

FAILED, OTHER = "10.0.0.5", "10.0.0.6"


@pytest.fixture
def bodies(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """What each node answers, by its host."""
    bodies = {FAILED: b"{}", OTHER: b"{}"}

    def answer(node: Node, *_: object, **__: object) -> TransportApiResponse:
        headers = HttpHeaders({"content-type": "application/json"})
        return TransportApiResponse(
            ApiResponseMeta(200, "1.1", headers, 0.0, node.config), bodies[node.config.host]
        )

    monkeypatch.setattr(Node, "perform_request", answer)
    return bodies


@pytest.fixture
def client() -> Iterator[Elasticsearch]:
    client = open_client([f"http://{host}:9200" for host in (FAILED, OTHER)], 1.0, CircuitBreaker(), {})
    # A node that failed is tried with the next request.
    client.transport.node_pool._dead_node_backoff_factor = 0.0
    yield client
    client.close()


@pytest.mark.parametrize("options", [{}, {"request_timeout": 60.0}], ids=["a search", "a bulk request"])
def test_a_node_whose_trial_is_answered_by_what_cannot_be_read_is_tried_again(
    client: Elasticsearch, bodies: dict[str, bytes], options: dict[str, float]
):
    def ask() -> str:
        return client.transport.perform_request("GET", "/", **options).meta.node.host

    pool = client.transport.node_pool
    pool.mark_dead(next(node for node in pool.all() if node.host == FAILED))
    # As by a proxy in front of a node that is not up yet.
    bodies[FAILED] = b"<html>starting</html>"
    with pytest.raises(SerializationError):
        ask()
    bodies[FAILED] = b"{}"
    assert ask() == FAILED
    # Both are asked in turn from now on.
    assert {ask(), ask()} == {FAILED, OTHER}
