"""`/v1/suggest`."""

import pytest
from flask.testing import FlaskClient

from shangsou.errors import EngineUnavailable
from shangsou.search.request import SuggestRequest
from shangsou.search.suggest import SuggestionsJson
from tests.fixtures.responses import validated
from tests.fixtures.searchapi import StubSearcher


def test_it_answers_in_the_described_shape(client: FlaskClient, stub_searcher: StubSearcher):
    answer = validated(SuggestionsJson, client.get("/v1/suggest?q=lyq&size=5&products=0").json)
    assert (answer["query"], [one["value"] for one in answer["suggestions"]]) == ("lyq", ["连衣裙"])
    assert stub_searcher.suggest_requests == [SuggestRequest("lyq", 5, 0)]


def test_nothing_typed_is_answered_too(client: FlaskClient, stub_searcher: StubSearcher):
    assert client.get("/v1/suggest").status_code == 200
    assert client.get("/v1/suggest?q=").status_code == 200
    assert stub_searcher.suggest_requests == [SuggestRequest()] * 2


@pytest.mark.parametrize(
    ("query_string", "path"),
    [
        ("q=a&size=0", "size"),
        ("q=a&size=21", "size"),
        ("q=a&size=many", "size"),
        ("q=a&products=-1", "products"),
        ("q=a&q=b", "query"),
        ("q=a&sise=3", "sise"),
    ],
)
def test_a_wrong_parameter_is_named(query_string: str, path: str, client: FlaskClient):
    answer = client.get(f"/v1/suggest?{query_string}")
    assert answer.status_code == 422
    assert answer.json is not None
    assert [error["path"] for error in answer.json["errors"]] == [path]


def test_an_engine_that_is_gone_is_reported(client: FlaskClient, stub_searcher: StubSearcher):
    stub_searcher.error = EngineUnavailable("gone")
    assert client.get("/v1/suggest?q=a").status_code == 503
