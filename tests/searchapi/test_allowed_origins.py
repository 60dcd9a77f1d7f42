"""Pages of the merchant's own origins, and of others, that ask from a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from searchapi.app import create_app
from searchapi.state import EXTENSION
from shangsou.errors import UnusableInput
from shangsou.settings import Settings, read_settings
from tests.fixtures.searchapi import StubSearcher
from tests.searchapi.routes.test_events import click

SHOP, OTHER = "https://www.shop.example", "https://evil.example"
CLICK = click()


@pytest.fixture
def client(tmp_path: Path, stub_searcher: StubSearcher) -> Iterator[FlaskClient]:
    app = create_app(
        Settings(home=tmp_path, admin_key="a key of the server", allowed_origins=(SHOP,)), stub_searcher
    )
    yield app.test_client()
    app.extensions[EXTENSION].events.close()


def test_the_shops_own_page_may_search_and_read_the_answer(client: FlaskClient) -> None:
    answer = client.get("/v1/search?q=裙", headers={"Origin": SHOP, "Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.headers["Vary"]


def test_the_shops_own_page_may_send_events(client: FlaskClient) -> None:
    answer = client.post("/v1/events", json=CLICK, headers={"Origin": SHOP, "Sec-Fetch-Site": "cross-site"})
    assert answer.json is not None
    assert answer.json["accepted"] == 1


@pytest.mark.parametrize("origin", [OTHER, "null", SHOP + ".evil.example", "http://www.shop.example"])
def test_other_pages_may_neither_read_nor_write(client: FlaskClient, origin: str) -> None:
    headers = {"Origin": origin, "Sec-Fetch-Site": "cross-site"}
    assert "Access-Control-Allow-Origin" not in client.get("/v1/search?q=裙", headers=headers).headers
    assert client.post("/v1/events", json=CLICK, headers=headers).status_code == 403


def preflight(client: FlaskClient, path: str, origin: str, method: str = "POST") -> dict[str, str]:
    headers = {"Origin": origin, "Access-Control-Request-Method": method}
    return dict(client.options(path, headers=headers).headers)


def test_a_preflight_allows_what_the_page_may_do(client: FlaskClient) -> None:
    headers = preflight(client, "/v1/events", SHOP)
    assert headers["Access-Control-Allow-Origin"] == SHOP
    assert headers["Access-Control-Allow-Methods"] == "GET, POST"
    assert "Content-Type" in headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    ("path", "origin", "method"),
    [
        ("/v1/events", OTHER, "POST"),
        ("/v1/products/dress-red", SHOP, "DELETE"),
        ("/v1/products:batch", SHOP, "POST"),
        ("/v1/synonyms", SHOP, "PUT"),
        ("/v1/users/u1", SHOP, "DELETE"),
        ("/v1/sessions/0123456789abcdef/events", SHOP, "GET"),
        ("/metrics", SHOP, "GET"),
    ],
)
def test_a_preflight_allows_nothing_else(client: FlaskClient, path: str, origin: str, method: str) -> None:
    assert "Access-Control-Allow-Origin" not in preflight(client, path, origin, method)


@pytest.mark.parametrize("origin", ["shop.example", "https://shop.example/", "https://Shop.example", "*"])
def test_what_is_no_origin_is_refused_by_name(origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHANGSOU_ALLOWED_ORIGINS", f"{SHOP}, {origin}")
    with pytest.raises(UnusableInput, match=r"SHANGSOU_ALLOWED_ORIGINS.* is no origin"):
        read_settings()
