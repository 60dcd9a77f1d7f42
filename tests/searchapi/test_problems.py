"""Problem documents of failed requests."""

import logging

import pytest
from flask.testing import FlaskClient

from searchapi.schema.responses import ProblemResponse
from shangsou.errors import (
    EngineUnavailable,
    EventsUnavailable,
    NoIndex,
    RecipeMismatch,
    ShangsouError,
    UpdatesUnavailable,
)
from tests.fixtures.responses import validated
from tests.fixtures.searchapi import StubSearcher


def test_an_unknown_address_is_a_404_problem(client: FlaskClient):
    answer = client.get("/v1/nothing")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    validated(ProblemResponse, answer.json)
    assert answer.json is not None
    assert "/openapi.json" in answer.json["detail"]


def test_another_method_is_a_405_that_says_which_there_are(client: FlaskClient):
    answer = client.delete("/v1/search")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("path", ["/v1/search?q=裙", "/v1/products/dress-red"])
@pytest.mark.parametrize(
    "reason",
    [
        NoIndex('no index yet; run "shangsou index FILE"'),
        RecipeMismatch('index gen-1 was built with another model; run "shangsou index"'),
    ],
    ids=["no index", "another recipe"],
)
def test_a_503_names_what_an_operator_has_to_run(
    client: FlaskClient, stub_searcher: StubSearcher, path: str, reason: ShangsouError
):
    stub_searcher.error = reason
    answer = client.get(path)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json is not None
    assert answer.json["detail"] == reason.public
    assert "shangsou index" in answer.json["detail"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (EngineUnavailable, "the search engine does not answer; try again in 5 seconds"),
        (EventsUnavailable, "events can be neither kept nor read now; try again in 5 seconds"),
        (UpdatesUnavailable, "products cannot be changed now, and none was; try again in 5 seconds"),
        (NoIndex, 'no index yet; run "shangsou index FILE" or "shangsou demo"'),
    ],
)
def test_what_is_missing_inside_is_a_503_without_addresses_and_names_of_indices(
    client: FlaskClient,
    stub_searcher: StubSearcher,
    caplog: pytest.LogCaptureFixture,
    error: type[ShangsouError],
    words: str,
):
    stub_searcher.error = error("shop-1 at http://10.0.0.7:9200 refused")
    answer = client.get("/v1/search?q=裙")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json is not None
    assert answer.json["detail"] == words
    assert "shop-1 at http://10.0.0.7:9200 refused" in caplog.text


def test_an_unexpected_error_is_a_500_that_tells_nothing_but_its_request_id(
    client: FlaskClient, stub_searcher: StubSearcher, caplog: pytest.LogCaptureFixture
):
    stub_searcher.error = RuntimeError("/secret/path")
    with caplog.at_level(logging.ERROR):
        answer = client.get("/v1/search?q=裙")
    assert answer.status_code == 500
    assert answer.content_type == "application/problem+json"
    assert "secret" not in answer.text
    assert answer.json is not None
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]
    assert "/secret/path" in caplog.text
