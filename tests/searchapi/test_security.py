"""Headers, Host names, and the users that a search may name."""

import time
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from searchapi.app import create_app
from searchapi.signatures import MAX_LIFETIME_S, sign_user
from shangsou.settings import Settings
from tests.fixtures.searchapi import StubSearcher

KEY, SECRET = "a key of the server", "a secret that signs"
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture
def open_client(tmp_path: Path, stub_searcher: StubSearcher) -> FlaskClient:
    """A server with a key, which may be asked from everywhere."""
    return create_app(
        Settings(home=tmp_path, admin_key=KEY, signing_secret=SECRET), stub_searcher
    ).test_client()


@pytest.mark.parametrize("path", ["/v1/search?q=裙", "/v1/nothing", "/healthz", "/metrics"])
def test_every_answer_carries_the_headers_of_a_careful_server(client: FlaskClient, path: str):
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"].split("; ")
    assert "default-src 'self'" in policy
    assert not any("unsafe" in rule or rule.startswith("script-src") for rule in policy)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers


def test_searches_are_kept_in_no_cache(client: FlaskClient):
    assert client.get("/v1/search?q=裙").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("host", ["localhost", "localhost:8700", "127.0.0.1:8700", "[::1]:8700", "127.9.9.9"])
def test_without_a_key_loopback_names_are_answered(client: FlaskClient, host: str):
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8700", "192.168.1.5:8700", "127.0.0.1.evil.example", ""]
)
def test_without_a_key_other_names_are_refused_as_a_rebound_name_would_be(client: FlaskClient, host: str):
    answer = client.get("/v1/search?q=裙", headers={"Host": host})
    assert answer.status_code == 421
    assert answer.content_type == "application/problem+json"


def test_with_a_key_every_name_is_answered(open_client: FlaskClient):
    answer = open_client.get("/healthz", headers={"Host": "shop.example"}, environ_base=ELSEWHERE)
    assert answer.status_code == 200


def test_a_user_counts_from_loopback(client: FlaskClient, stub_searcher: StubSearcher):
    answer = client.get("/v1/search?q=裙&user_id=u1")
    assert stub_searcher.search_requests[-1].user_id == "u1"
    assert answer.json is not None
    assert answer.json["degraded"] == []


def test_a_user_counts_with_the_servers_key(open_client: FlaskClient, stub_searcher: StubSearcher):
    headers = {"Authorization": f"Bearer {KEY}"}
    open_client.get("/v1/search?q=裙&user_id=u1", headers=headers, environ_base=ELSEWHERE)
    assert stub_searcher.search_requests[-1].user_id == "u1"


def test_a_user_counts_with_a_signature(open_client: FlaskClient, stub_searcher: StubSearcher):
    headers = {"X-Shangsou-Signature": sign_user(SECRET, "shopping", "用户1", int(time.time()) + 60)}
    body = {"query": "裙", "user_id": "用户1"}
    open_client.post("/v1/search", json=body, headers=headers, environ_base=ELSEWHERE)
    assert stub_searcher.search_requests[-1].user_id == "用户1"


def test_a_signature_is_what_the_documentation_says():
    # printf 'shopping\nu1\n1900000000' | openssl dgst -sha256 -hmac 'a secret that signs'
    assert sign_user(SECRET, "shopping", "u1", 1_900_000_000) == (
        "1900000000.d8cc0733940b163b72fd9afc58034740554e722b0a9b79aa04d44a2e6ba182e2"
    )


# Begin of 2100. No time of today: tests have the same names in every process that collects them.
IN_2100 = 4_102_444_800


@pytest.mark.parametrize(
    "headers",
    [
        # nothing that proves anything
        {},
        {"Authorization": f"Basic {KEY}"},
        {"X-Shangsou-Signature": ""},
        {"X-Shangsou-Signature": "tomorrow.abc"},
        {"X-Shangsou-Signature": "9" * 5000 + ".abc"},
        # of another user, with another secret, expired, and prolonged by hand
        {"X-Shangsou-Signature": sign_user(SECRET, "shopping", "u2", IN_2100)},
        {"X-Shangsou-Signature": sign_user("another secret of some", "shopping", "u1", IN_2100)},
        {"X-Shangsou-Signature": sign_user(KEY, "shopping", "u1", IN_2100)},
        {"X-Shangsou-Signature": sign_user(SECRET, "shopping", "u1", 1_500_000_000)},
        {
            "X-Shangsou-Signature": f"{IN_2100}."
            + sign_user(SECRET, "shopping", "u1", 1_500_000_000).partition(".")[2]
        },
        # for another purpose, and for longer than thirty days
        {"X-Shangsou-Signature": sign_user(SECRET, "data", "u1", IN_2100)},
        {"X-Shangsou-Signature": sign_user(SECRET, "shopping", "u1", IN_2100)},
    ],
    ids=repr,
)
def test_any_other_user_is_ignored_and_the_answer_says_so(
    open_client: FlaskClient, stub_searcher: StubSearcher, headers: dict[str, str]
):
    answer = open_client.get("/v1/search?q=裙&user_id=u1", headers=headers, environ_base=ELSEWHERE)
    assert answer.status_code == 200
    assert stub_searcher.search_requests[-1].user_id == ""
    assert answer.json is not None
    assert len(answer.json["degraded"]) == 1
    assert answer.json["degraded"][0]["part"] == "personalize"
    assert answer.json["degraded"][0]["message"].startswith("user_id ignored: ")


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_what_came_through_a_proxy_on_this_machine_is_not_local(
    open_client: FlaskClient, stub_searcher: StubSearcher, header: str
):
    open_client.get("/v1/search?q=裙&user_id=u1", headers={header: "192.0.2.7"})
    assert stub_searcher.search_requests[-1].user_id == ""


def test_a_rebound_name_is_not_local_either(open_client: FlaskClient, stub_searcher: StubSearcher):
    open_client.get("/v1/search?q=裙&user_id=u1", headers={"Host": "evil.example"})
    assert stub_searcher.search_requests[-1].user_id == ""


@pytest.mark.parametrize(
    "key", ["another key of some", "Bearer", "钥匙".encode().decode("latin-1"), "x" * 4_000]
)
def test_a_wrong_key_is_refused_and_not_taken_for_none(open_client: FlaskClient, key: str):
    answer = open_client.get("/v1/search?q=裙", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer error=invalid_token"
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(("purpose", "status"), [("data", 200), ("shopping", 403)])
def test_a_signature_for_search_reads_and_erases_nothing(open_client: FlaskClient, purpose, status: int):
    signature = sign_user(SECRET, purpose, "u1", int(time.time()) + 60)
    headers = {"X-Shangsou-Signature": signature}
    for method, path in (("GET", "/v1/users/u1/events"), ("DELETE", "/v1/users/u1")):
        answer = open_client.open(path, method=method, headers=headers, environ_base=ELSEWHERE)
        assert answer.status_code == status


@pytest.mark.parametrize(("over", "is_counted"), [(-60, True), (60, False)])
def test_a_signature_lasts_thirty_days_at_most(
    open_client: FlaskClient, stub_searcher: StubSearcher, over: int, is_counted: bool
):
    signature = sign_user(SECRET, "shopping", "u1", int(time.time()) + MAX_LIFETIME_S + over)
    headers = {"X-Shangsou-Signature": signature}
    open_client.get("/v1/search?q=裙&user_id=u1", headers=headers, environ_base=ELSEWHERE)
    assert (stub_searcher.search_requests[-1].user_id == "u1") == is_counted
