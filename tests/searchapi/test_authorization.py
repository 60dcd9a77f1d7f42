"""Roles and routes, with and without keys, of this machine and of others, behind proxies."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask, Request
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder

from searchapi.app import create_app
from searchapi.authorization import client_address
from searchapi.key_ring import KeyRing
from searchapi.keys import ROLES, Role, changing_keys, new_key, read_keys, rotate, write_keys
from searchapi.state import EXTENSION
from shangsou.settings import Settings
from tests.fixtures.searchapi import StubSearcher

ADMIN_KEY = "a key of the server"
SESSION = "0123456789abcdef"
HERE, ELSEWHERE = "127.0.0.1", "192.0.2.7"
NOW = datetime.now(UTC)


class Route(NamedTuple):
    """A request, and the role that it needs; None: everybody may."""

    method: str
    path: str
    body: object
    role: Role | None


GRADE = {"judge": "judge", "qid": "q1", "product_id": "dress-red", "grade": 1}
ROUTES = [Route(*route) for route in (
    ("GET", "/v1/search?q=裙", None, None),
    ("GET", "/v1/suggest?q=裙", None, None),
    ("GET", "/v1/recommend/trending", None, None),
    ("GET", "/v1/products/dress-red", None, None),
    ("POST", "/v1/events", {"action_name": "click", "session_id": SESSION, "product_id": "dress-red"}, None),
    ("GET", f"/v1/sessions/{SESSION}/events", None, None),
    ("GET", "/healthz", None, None),
    ("GET", "/readyz", None, None),
    ("GET", "/openapi.json", None, None),
    ("GET", "/", None, None),
    ("PATCH", "/v1/products/dress-red", {"price": 5}, "catalog"),
    ("PUT", "/v1/products/new", {"title": "裙"}, "catalog"),
    ("DELETE", "/v1/products/dress-red", None, "catalog"),
    ("POST", "/v1/products:batch", {"operations": [{"op": "delete", "product_id": "x"}]}, "catalog"),
    ("GET", "/v1/synonyms", None, "catalog"),
    ("PUT", "/v1/synonyms", {"synonyms": "裙, 裙子"}, "catalog"),
    ("PUT", "/v1/entities", {"entities": ""}, "catalog"),
    ("PUT", "/v1/recommend/rules", {"rules": ""}, "catalog"),
    ("GET", "/v1/judgements", None, "judge"),
    ("GET", "/v1/judgements/b/pairs?judge=judge", None, "judge"),
    ("PUT", "/v1/judgements/b/grades", GRADE, "judge"),
    ("DELETE", "/v1/judgements/b/grades/last?judge=judge", None, "judge"),
    ("GET", "/v1/judgements/b/conflicts?judge=judge", None, "adjudicate"),
    ("PUT", "/v1/judgements/b/decisions", GRADE, "adjudicate"),
    ("DELETE", "/v1/judgements/b/decisions/last?judge=judge", None, "adjudicate"),
    ("GET", "/metrics", None, "metrics"),
    ("GET", "/v1/users/u1/events", None, "admin"),
    ("PUT", "/v1/users/u1/preferences", {"personalize": False}, "admin"),
    ("DELETE", "/v1/users/u1", None, "admin"),
)]  # fmt: skip
BY_NAME = [f"{route.method} {route.path}" for route in ROUTES]
REFUSED = (401, 403)
Ask = Callable[..., int]


@pytest.fixture
def ask(tmp_path: Path, stub_searcher: StubSearcher) -> Iterator[Ask]:
    """A server with a key of each role; a function that asks it, and returns the status."""
    secrets: dict[str, str] = {"SHANGSOU_ADMIN_KEY": ADMIN_KEY}
    made = []
    for role in ROLES:
        key, secrets[role] = new_key(role, (role,), NOW)
        made.append(key)
    key, secrets["judge and adjudicate"] = new_key("副主管", ("judge", "adjudicate"), NOW)
    write_keys(tmp_path / "keys.json", [*made, key], NOW)
    app = create_app(Settings(home=tmp_path, admin_key=ADMIN_KEY), stub_searcher)
    client = app.test_client()

    def status(
        method: str, path: str, body: object, key: str = "", address: str = ELSEWHERE, **headers: str
    ) -> int:
        shown = {"Authorization": f"Bearer {secrets.get(key, key)}"} if key else {}
        return client.open(
            path, method=method, json=body, headers=shown | headers, environ_base={"REMOTE_ADDR": address}
        ).status_code

    yield status
    app.extensions[EXTENSION].events.close()


@pytest.mark.parametrize("route", ROUTES, ids=BY_NAME)
@pytest.mark.parametrize("address", [HERE, ELSEWHERE])
def test_with_keys_nobody_without_one_may_do_what_needs_a_role(ask: Ask, route: Route, address: str) -> None:
    assert (ask(*route[:3], address=address) in REFUSED) == (route.role is not None)


@pytest.mark.parametrize("route", ROUTES, ids=BY_NAME)
@pytest.mark.parametrize("key", ROLES)
def test_a_key_may_what_its_role_says_and_an_admin_everything(ask: Ask, route: Route, key: Role) -> None:
    is_allowed = route.role in (None, key) or key == "admin"
    assert (ask(*route[:3], key) not in REFUSED) == is_allowed


AS_ANOTHER = [Route(*route) for route in (
    ("GET", "/v1/judgements/b/pairs?judge=小王", None, "judge"),
    ("PUT", "/v1/judgements/b/grades", GRADE | {"judge": "小王"}, "judge"),
    ("DELETE", "/v1/judgements/b/grades/last?judge=小王", None, "judge"),
    ("GET", "/v1/judgements/b/conflicts?judge=小王", None, "adjudicate"),
    ("PUT", "/v1/judgements/b/decisions", GRADE | {"judge": "小王"}, "adjudicate"),
    ("DELETE", "/v1/judgements/b/decisions/last?judge=小王", None, "adjudicate"),
)]  # fmt: skip


@pytest.mark.parametrize("route", AS_ANOTHER, ids=[f"{route.method} {route.path}" for route in AS_ANOTHER])
@pytest.mark.parametrize("key", [*ROLES, "judge and adjudicate", "SHANGSOU_ADMIN_KEY"])
def test_only_a_key_that_decides_may_judge_under_another_name(ask: Ask, route: Route, key: str) -> None:
    may_decide = {"admin", "judge and adjudicate", "SHANGSOU_ADMIN_KEY"}
    is_allowed = key in may_decide or key == route.role == "adjudicate"
    assert (ask(*route[:3], key) not in REFUSED) == is_allowed


@pytest.mark.parametrize("route", AS_ANOTHER, ids=[f"{route.method} {route.path}" for route in AS_ANOTHER])
def test_without_any_key_anybody_on_this_machine_judges_under_any_name(
    client: FlaskClient, route: Route
) -> None:
    assert client.open(route.path, method=route.method, json=route.body).status_code not in REFUSED


@pytest.mark.parametrize("route", ROUTES, ids=BY_NAME)
def test_the_admin_key_of_the_settings_may_everything(ask: Ask, route: Route) -> None:
    assert ask(*route[:3], "SHANGSOU_ADMIN_KEY") not in REFUSED


@pytest.mark.parametrize("route", ROUTES, ids=BY_NAME)
def test_a_wrong_key_is_401_everywhere(ask: Ask, route: Route) -> None:
    assert ask(*route[:3], "a key of nobody") == 401


PROXIED: list[Mapping[str, str]] = [
    {},
    {"Host": "localhost"},
    {"X-Forwarded-For": "127.0.0.1"},
    {"X-Forwarded-For": "192.0.2.9", "Host": "shop.example"},
]


@pytest.mark.parametrize("headers", PROXIED, ids=str)
def test_a_proxy_on_this_machine_makes_no_operator_of_its_clients(
    ask: Ask, headers: Mapping[str, str]
) -> None:
    assert ask("PUT", "/v1/synonyms", {"synonyms": ""}, address=HERE, **headers) == 403


@pytest.mark.parametrize("route", ROUTES, ids=BY_NAME)
def test_without_any_key_this_machine_may_everything(client: FlaskClient, route: Route) -> None:
    assert client.open(route.path, method=route.method, json=route.body).status_code not in REFUSED


@pytest.mark.parametrize("headers", PROXIED[2:], ids=str)
def test_without_any_key_what_came_through_a_proxy_may_nothing(
    client: FlaskClient, headers: Mapping[str, str]
) -> None:
    answer = client.put("/v1/synonyms", json={"synonyms": ""}, headers={"Host": "localhost"} | headers)
    assert answer.status_code in (403, 421)


@pytest.fixture
def keyed(tmp_path: Path, stub_searcher: StubSearcher) -> Iterator[Flask]:
    app = create_app(Settings(home=tmp_path), stub_searcher)
    yield app
    app.extensions[EXTENSION].events.close()


def synonyms(app: Flask, secret: str) -> int:
    headers = {"Authorization": f"Bearer {secret}"}
    return app.test_client().get("/v1/synonyms", headers=headers).status_code


def test_keys_count_as_soon_as_they_are_made_rotated_and_revoked(
    keyed: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchapi.key_ring._LOOK_EVERY_S", 0.0)
    path = tmp_path / "keys.json"
    assert keyed.test_client().get("/v1/synonyms").status_code == 200
    key, first = new_key("erp", ("catalog",), NOW)
    write_keys(path, [key], NOW)
    assert keyed.test_client().get("/v1/synonyms").status_code == 403
    assert synonyms(keyed, first) == 200
    both, second = rotate(read_keys(path), "erp", NOW, timedelta(days=1))
    write_keys(path, both, NOW)
    assert (synonyms(keyed, first), synonyms(keyed, second)) == (200, 200)
    write_keys(path, both, NOW + timedelta(days=2))
    assert (synonyms(keyed, first), synonyms(keyed, second)) == (401, 200)


def test_a_file_of_keys_that_is_damaged_lets_nobody_in(
    keyed: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchapi.key_ring._LOOK_EVERY_S", 0.0)
    (tmp_path / "keys.json").write_text('{"keys": [', "utf-8")
    assert keyed.test_client().get("/v1/synonyms").status_code == 403
    assert keyed.test_client().get("/v1/search?q=裙").status_code == 200


@pytest.mark.parametrize("left", ["nothing", "no keys", "no file", "a link to nowhere"])
def test_once_there_were_keys_this_machine_is_never_trusted_again(
    keyed: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: str
) -> None:
    monkeypatch.setattr("searchapi.key_ring._LOOK_EVERY_S", 0.0)
    path = tmp_path / "keys.json"
    key, secret = new_key("erp", ("catalog",), NOW)
    write_keys(path, [key], NOW)
    assert synonyms(keyed, secret) == 200
    if left == "no keys":
        write_keys(path, [], NOW)
    else:
        path.unlink()
    if left == "nothing":
        path.touch()
    if left == "a link to nowhere":
        path.symlink_to(tmp_path / "nowhere")
    assert keyed.test_client().get("/v1/synonyms").status_code == 403
    # What cannot be read leaves the keys that were read; what says that there are none ends them.
    assert synonyms(keyed, secret) == (200 if left == "nothing" else 401)


@pytest.mark.parametrize("left", ["the lock", "a link to nowhere", "a name in the settings"])
def test_nor_is_it_after_a_restart_without_the_file_of_keys(tmp_path: Path, left: str) -> None:
    path = tmp_path / "keys.json"
    settings = Settings(home=tmp_path)
    assert KeyRing(settings).is_empty
    if left == "the lock":
        with changing_keys(path):
            write_keys(path, [new_key("erp", ("catalog",), NOW)[0]], NOW)
        path.unlink()
    if left == "a link to nowhere":
        path.symlink_to(tmp_path / "nowhere")
    if left == "a name in the settings":
        settings = Settings(home=tmp_path, keys_file=str(tmp_path / "elsewhere.json"))
    assert not KeyRing(settings).is_empty


def test_a_page_of_an_allowed_origin_has_no_rights_of_this_machine(
    tmp_path: Path, stub_searcher: StubSearcher
) -> None:
    settings = Settings(home=tmp_path, allowed_origins=("https://www.shop.example",))
    app = create_app(settings, stub_searcher)
    client = app.test_client()
    assert client.get("/v1/recommend/rules").status_code == 200
    origin = {"Origin": "https://www.shop.example", "Sec-Fetch-Site": "cross-site"}
    assert client.get("/v1/recommend/rules", headers=origin).status_code == 403
    assert client.get("/v1/search?q=裙", headers=origin).status_code == 200
    app.extensions[EXTENSION].events.close()


@pytest.mark.parametrize(
    ("named", "address"),
    [
        ("192.0.2.9", "192.0.2.9"),
        ("192.0.2.9:4711", "192.0.2.9"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("10.1.2.3, 192.0.2.9", "192.0.2.9"),
        ("192.0.2.9, 127.0.0.1", "192.0.2.9"),
        # What names no client counts as the proxy that sent it.
        ("unknown7", "127.0.0.1"),
        ("192.0.2.9, _hidden", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_a_client_behind_a_trusted_proxy_is_the_last_address_that_is_none(named: str, address: str) -> None:
    proxy = {"REMOTE_ADDR": "127.0.0.1"}
    environ = EnvironBuilder(headers={"X-Forwarded-For": named}, environ_base=proxy).get_environ()
    request = Request(environ)
    assert client_address(request, [ip_network("127.0.0.0/8")]) == address


def test_why_a_server_is_not_ready_is_for_keys_alone(
    tmp_path: Path, stub_searcher: StubSearcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stub_searcher, "missing", lambda: ["encoder: no weights in the folder"])
    client = create_app(Settings(home=tmp_path, admin_key=ADMIN_KEY), stub_searcher).test_client()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"missing": ["not ready; a key with the role metrics is told why"], "warnings": []}
    with_key = client.get("/readyz", headers={"Authorization": f"Bearer {ADMIN_KEY}"})
    assert with_key.json == {"missing": ["encoder: no weights in the folder"], "warnings": []}


def test_what_was_changed_and_every_wrong_key_is_in_the_audit_log(ask: Ask, tmp_path: Path) -> None:
    ask("PUT", "/v1/synonyms", {"synonyms": "裙, 裙子"}, "catalog")
    ask("DELETE", "/v1/users/u1", None, "admin")
    ask("GET", "/v1/synonyms", None, "a key of nobody")
    ask("GET", "/v1/search?q=裙", None)
    text = (tmp_path / "audit" / "audit.jsonl").read_text("utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert [(line["who"], line["action"], line["outcome"]) for line in lines] == [
        ("catalog", "synonyms.replace", "done"),
        ("admin", "users.delete", "done"),
        ("anybody", "key.wrong", "refused"),
    ]
    assert "u1" not in text
    assert ELSEWHERE not in text
    assert "a key of nobody" not in text
