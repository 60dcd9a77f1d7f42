"""Requests that pages of other sites send change nothing and leave no trace."""

import json
from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient

from tests.fixtures.searchapi import wait_until
from tests.searchapi.routes.test_events import SESSION, click, kept

FOREIGN: list[Mapping[str, str]] = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},  # another subdomain, or another port of this machine
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:3000"},
    {"Origin": "http://["},
    {"Referer": "http://evil.example/page"},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
    {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
]
OWN: list[Mapping[str, str]] = [
    {},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
    {"Origin": "http://LOCALHOST:80"},
    {"Referer": "http://localhost/products/1"},
    {"Origin": "https://shop.example", "X-Forwarded-Host": "shop.example"},
]
WRITES = [
    ("POST", "/v1/events", click()),
    ("POST", "/v1/search", {"query": "裙", "session_id": SESSION}),
    ("PUT", "/v1/users/u1/preferences", {"personalize": False}),
    ("DELETE", "/v1/users/u1", None),
    ("DELETE", f"/v1/sessions/{SESSION}", None),
    ("PUT", "/v1/synonyms", {"synonyms": "裙, 裙子"}),
    ("PUT", "/v1/entities", {"entities": ""}),
    ("PUT", "/v1/recommend/rules", {"rules": ""}),
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize(("method", "path", "body"), WRITES, ids=lambda part: str(part)[:20])
def test_another_site_changes_nothing(
    client: FlaskClient, method: str, path: str, body: object, headers: Mapping[str, str]
) -> None:
    answer = client.open(path, method=method, json=body, headers=headers)
    assert answer.status_code == 403
    assert answer.content_type == "application/problem+json"
    assert kept(client) == []


@pytest.mark.parametrize("headers", OWN, ids=str)
def test_a_page_of_this_site_and_a_program_do(client: FlaskClient, headers: Mapping[str, str]) -> None:
    answer = client.post("/v1/events", json=click(), headers=headers)
    assert answer.json is not None
    assert answer.json["accepted"] == 1


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "text/json"]
)
@pytest.mark.parametrize("path", ["/v1/events", "/v1/search"])
def test_what_does_not_call_itself_json_is_415(
    client: FlaskClient, path: str, content_type: str | None
) -> None:
    answer = client.post(path, data=json.dumps(click()), content_type=content_type)
    assert answer.status_code == 415
    assert answer.json is not None
    assert "Content-Type: application/json" in answer.json["detail"]
    assert kept(client) == []


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "APPLICATION/JSON"])
def test_what_does_is_read(client: FlaskClient, content_type: str) -> None:
    assert client.post("/v1/search", data="{}", content_type=content_type).status_code == 200


@pytest.mark.parametrize("headers", [*FOREIGN[:4], FOREIGN[6]], ids=str)
def test_a_search_that_another_site_begins_is_answered_and_not_recorded(
    client: FlaskClient, headers: Mapping[str, str]
) -> None:
    # As <img src="http://shop/v1/search?q=…"> sends it.
    address = f"/v1/search?session_id={SESSION}&q=裙"
    assert client.get(address, headers=headers).status_code == 200
    assert client.get(f"{address}子").status_code == 200
    wait_until(lambda: len(kept(client)) > 0, "the search of the shop's own page is recorded")
    assert [event["user_query"] for event in kept(client)] == ["裙子"]
