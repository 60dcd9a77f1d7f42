"""Limits of requests: by address, by key, and of wrong keys."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from searchapi.app import create_app
from searchapi.state import EXTENSION
from shangsou.settings import Settings
from tests.fixtures.searchapi import StubSearcher

KEY = "a key of the server"
Ask = Callable[..., TestResponse]


@pytest.fixture
def ask(tmp_path: Path, stub_searcher: StubSearcher) -> Iterator[Ask]:
    settings = Settings(
        home=tmp_path,
        admin_key=KEY,
        address_limit="3/minute",
        key_limit="5/minute",
        trusted_proxies="10.0.0.0/8, ::1",  # type: ignore[arg-type]
    )
    app = create_app(settings, stub_searcher)
    client = app.test_client()

    def get(
        path: str = "/v1/search?q=裙", address: str = "192.0.2.7", key: str = "", named: str = ""
    ) -> TestResponse:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        if named:
            headers["X-Forwarded-For"] = named
        return client.get(path, headers=headers, environ_base={"REMOTE_ADDR": address})

    yield get
    app.extensions[EXTENSION].events.close()


def test_an_address_that_asks_too_often_waits_and_the_others_do_not(ask: Ask) -> None:
    assert [ask().status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = ask()
    assert refused.headers["Retry-After"] == "60"
    assert refused.content_type == "application/problem+json"
    assert ask(address="192.0.2.8").status_code == 200
    assert ask("/healthz").status_code == 200


def test_a_key_has_a_limit_of_its_own(ask: Ask) -> None:
    statuses = [ask(address=f"192.0.2.{number}", key=KEY).status_code for number in range(6)]
    assert statuses == [200] * 5 + [429]


def test_clients_of_a_trusted_proxy_are_counted_one_by_one(ask: Ask) -> None:
    for client in ("192.0.2.1", "192.0.2.2"):
        asked = [ask(address="10.1.2.3", named=f"198.51.100.9, {client}, 10.9.9.9") for _ in range(4)]
        assert [answer.status_code for answer in asked] == [200, 200, 200, 429]


def test_what_others_name_in_the_header_changes_nothing(ask: Ask) -> None:
    statuses = [ask(named=f"198.51.100.{number}").status_code for number in range(4)]
    assert statuses == [200, 200, 200, 429]


def test_addresses_of_one_ipv6_host_count_together(ask: Ask) -> None:
    statuses = [ask(address=f"2001:db8::{number}").status_code for number in range(1, 5)]
    assert statuses == [200, 200, 200, 429]


def test_who_shows_wrong_keys_is_stopped_and_who_shows_the_right_one_at_the_same_address_is_not(
    ask: Ask,
) -> None:
    statuses = [ask("/readyz", key="wrong key").status_code for _ in range(21)]
    assert statuses == [401] * 20 + [429]
    assert ask("/readyz", key=KEY).status_code == 200
    assert ask("/readyz", address="192.0.2.8", key="wrong key").status_code == 401


def test_without_keys_nothing_is_limited(client: FlaskClient) -> None:
    assert {client.get("/v1/suggest?q=裙").status_code for _ in range(50)} == {200}
