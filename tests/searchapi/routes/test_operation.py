"""Health, readiness, metrics, logs, and the description of the API."""

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from searchapi.logs import JsonFormatter
from searchapi.state import EXTENSION
from shangsou.degradation import Degradation
from tests.fixtures.searchapi import StubSearcher


def metric(client: FlaskClient, name: str) -> float:
    """Return the value of the metric whose name with its labels begins like this."""
    lines = client.get("/metrics").text.splitlines()
    return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(name)), 0.0)


def test_the_process_says_that_it_lives_even_where_searches_fail(
    client: FlaskClient, stub_searcher: StubSearcher
):
    stub_searcher.missing_parts = ["no index yet"]
    assert client.get("/healthz").json == {"status": "ok"}


def test_it_is_ready_when_nothing_is_missing(client: FlaskClient):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"missing": [], "warnings": []})


def test_a_warning_leaves_it_ready_and_is_in_the_metrics(client: FlaskClient, stub_searcher: StubSearcher):
    assert metric(client, "shangsou_warnings") == 0
    stub_searcher.warnings_given = ["gen-2 is damaged and not searched: prices.npy is missing; gen-1 serves"]
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"missing": [], "warnings": stub_searcher.warnings_given}
    assert metric(client, "shangsou_warnings") == 1


def test_it_is_not_ready_while_something_is_missing_and_says_what(
    client: FlaskClient, stub_searcher: StubSearcher
):
    stub_searcher.missing_parts = ['no index yet; run "shangsou index FILE"']
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"missing": ['no index yet; run "shangsou index FILE"'], "warnings": []}
    assert int(answer.headers["Retry-After"]) > 0


def test_it_is_not_ready_once_it_is_stopping(app: Flask, client: FlaskClient):
    app.extensions[EXTENSION].stopping.set()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"missing": ["the server is stopping"], "warnings": []})


def test_requests_are_counted_by_route_and_not_by_path(client: FlaskClient):
    client.get("/v1/products/dress-red")
    client.get("/v1/products/dress-blue")
    client.get("/v1/products/nothing")
    client.get("/wp-admin/setup.php")
    route = 'shangsou_http_requests_total{method="GET",route="/v1/products/<path:product_id>"'
    assert metric(client, route + ',status="200"}') == 2
    assert metric(client, route + ',status="404"}') == 1
    assert metric(client, 'shangsou_http_requests_total{method="GET",route="unmatched",status="404"}') == 1
    assert metric(client, 'shangsou_http_request_seconds_count{route="unmatched"}') == 1


def test_methods_that_a_client_makes_up_are_counted_as_one(client: FlaskClient):
    for method in ("BREW", "WHEN"):
        client.open("/v1/search", method=method)
    assert metric(client, 'shangsou_http_requests_total{method="other"') == 2


def test_searches_are_counted_with_what_they_lacked(client: FlaskClient, stub_searcher: StubSearcher):
    client.get("/v1/search?q=裙")
    stub_searcher.degraded = (Degradation("encoder", "no weights: run shangsou model fetch"),)
    client.get("/v1/search?q=裙&mode=lexical")
    stub_searcher.products = []
    client.get("/v1/search?q=没有")
    assert metric(client, 'shangsou_searches_total{mode="hybrid"}') == 2
    assert metric(client, 'shangsou_searches_total{mode="lexical"}') == 1
    assert metric(client, "shangsou_searches_without_results_total") == 1
    assert metric(client, 'shangsou_searches_degraded_total{part="encoder"}') == 2


def test_the_metrics_name_the_generation(client: FlaskClient):
    text = client.get("/metrics").text
    assert 'shangsou_generation_info{generation="gen-1"' in text
    assert metric(client, "shangsou_documents") == 11
    assert metric(client, "process_resident_memory_bytes") > 0


def test_the_metrics_name_the_ranking_recipe_and_what_of_it_waits_for_an_index(client: FlaskClient):
    text = client.get("/metrics").text
    assert 'shangsou_ranking_info{awaits_index="k1 0.9 (the index has 0.6)",version="7"} 1.0' in text


def test_two_applications_count_apart(client: FlaskClient, settings, stub_searcher: StubSearcher):
    from searchapi.app import create_app

    client.get("/v1/search?q=裙")
    other = create_app(settings, stub_searcher).test_client()
    assert metric(other, "shangsou_searches_total") == 0


@pytest.fixture
def log_lines() -> Iterator[Callable[[], list[dict[str, object]]]]:
    """Return the lines that the server writes for its requests."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("searchapi")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logger.removeHandler(handler)
    logger.setLevel(level)


def test_a_request_is_one_line_of_json_without_what_was_searched_and_by_whom(
    client: FlaskClient, stub_searcher: StubSearcher, log_lines
):
    stub_searcher.degraded = (Degradation("encoder", "cannot encode 秘密的裙子"),)
    client.post(
        "/v1/search",
        json={"query": "秘密的裙子", "user_id": "user-77", "session_id": "session-88"},
        headers={"X-Request-Id": "from-the-proxy.1"},
    )
    (line,) = log_lines()
    assert line.pop("took_ms") >= 0
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": "searchapi.requests",
        "message": "request",
        "request_id": "from-the-proxy.1",
        "method": "POST",
        "route": "/v1/search",
        "status": 200,
        "degraded": ["encoder"],
    }


def test_an_error_is_logged_with_its_traceback_and_the_id_of_its_request(
    client: FlaskClient, stub_searcher: StubSearcher, log_lines
):
    stub_searcher.error = RuntimeError("broken")
    request_id = client.get("/v1/search?q=裙").headers["X-Request-Id"]
    error, request = log_lines()
    assert error["level"] == "error"
    assert str(error["exception"]).endswith("RuntimeError: broken")
    assert error["request_id"] == request["request_id"] == request_id
    assert request["status"] == 500


def test_the_request_id_of_a_proxy_is_kept(client: FlaskClient):
    answer = client.get("/healthz", headers={"X-Request-Id": "abc-1"})
    assert answer.headers["X-Request-Id"] == "abc-1"


@pytest.mark.parametrize(
    "given", ["", "a b", "x" * 65, '{"level":"error"}', "编号".encode().decode("latin-1")]
)
def test_a_request_id_that_could_do_harm_is_replaced(client: FlaskClient, given: str):
    request_id = client.get("/healthz", headers={"X-Request-Id": given}).headers["X-Request-Id"]
    assert request_id != given
    assert len(request_id) == 16


def test_the_description_is_valid_openapi(client: FlaskClient):
    description = client.get("/openapi.json").json
    assert description is not None
    assert description["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(description).iter_errors()) == []


def test_the_description_holds_every_route_of_the_api(app: Flask, client: FlaskClient):
    description = client.get("/openapi.json").json
    assert description is not None
    described = {
        (path.replace("{", "<").replace("}", ">"), method.upper())
        for path, methods in description["paths"].items()
        for method in methods
    }
    served = {
        (rule.rule.replace("<path:", "<"), method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint.partition(".")[0]
        in {
            "search",
            "suggest",
            "recommend",
            "products",
            "dictionaries",
            "judgements",
            "events",
            "users",
            "operation",
        }
        and rule.rule != "/openapi.json"
    }
    assert described == served


def test_every_described_query_parameter_is_taken(client: FlaskClient):
    description = client.get("/openapi.json").json
    assert description is not None
    parameters = description["paths"]["/v1/search"]["get"]["parameters"]
    names = {parameter["name"] for parameter in parameters} - {"attributes"}
    assert {"q", "brand", "category", "price_gte", "price_lte", "in_stock", "facet", "page"} <= names
    for name in names:
        # Each refuses this value or takes it; none is unknown.
        answer = client.get("/v1/search", query_string={name: "2"})
        assert answer.status_code in (200, 422)
        assert "no such field" not in answer.text
