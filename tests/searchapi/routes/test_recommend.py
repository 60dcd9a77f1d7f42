"""Shelves over the API, and the merchant's rules for them."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from searchapi.app import create_app
from searchapi.schema.responses import ShelfRulesResponse
from shangsou.errors import EngineUnavailable
from shangsou.recommend.rules import parse_rules, read_rules_text
from shangsou.recommend.shelf import KINDS, RecommendRequest, ShelfJson
from shangsou.settings import Settings
from tests.fixtures.responses import validated
from tests.fixtures.searchapi import StubSearcher

KEY = "a key of the server"
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_shelf_answers_as_it_is_described(client: FlaskClient, kind: str):
    answer = client.get(f"/v1/recommend/{kind}?product_id=skirt&size=2")
    shelf = validated(ShelfJson, answer.json)
    assert (shelf["kind"], shelf["basis"]) == (kind, ["sales"])
    assert [(item["product_id"], item["reason"]) for item in shelf["items"]] == [
        ("dress-red", "热销 5 件"),
        ("dress-blue", "热销 5 件"),
    ]


def test_what_is_asked_reaches_the_searcher(client: FlaskClient, stub_searcher: StubSearcher):
    client.get("/v1/recommend/for-you?user_id=u&session_id=s&size=3&personalize=false")
    assert stub_searcher.recommend_requests == [
        RecommendRequest("for-you", user_id="u", session_id="s", size=3, personalize=False)
    ]


@pytest.mark.parametrize(
    ("address", "status", "path"),
    [
        pytest.param("similar", 422, "product_id", id="beside no product"),
        pytest.param("similar?product_id=gone", 404, None, id="beside an unknown product"),
        pytest.param("cheap", 404, None, id="no such shelf"),
        pytest.param("new?size=0", 422, "size", id="none"),
        pytest.param("new?size=51", 422, "size", id="too many"),
        pytest.param("new?size=1&size=2", 422, "size", id="twice"),
        pytest.param("new?colour=red", 422, "colour", id="unknown parameter"),
        pytest.param("new?personalize=maybe", 422, "personalize", id="neither true nor false"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_words(
    client: FlaskClient, address: str, status: int, path: str | None
):
    answer = client.get(f"/v1/recommend/{address}")
    assert answer.status_code == status
    assert answer.json is not None
    assert [wrong["path"] for wrong in answer.json.get("errors") or []] == ([path] if path else [])


def test_an_engine_that_is_away_is_a_503(client: FlaskClient, stub_searcher: StubSearcher):
    stub_searcher.error = EngineUnavailable("no answer")
    assert client.get("/v1/recommend/new").status_code == 503


def test_from_elsewhere_an_unsigned_user_is_a_stranger(tmp_path: Path, stub_searcher: StubSearcher):
    client = create_app(Settings(home=tmp_path, admin_key=KEY), stub_searcher).test_client()
    answer = client.get("/v1/recommend/for-you?user_id=u", environ_base=ELSEWHERE)
    assert stub_searcher.recommend_requests[-1].user_id == ""
    assert answer.json is not None
    [degradation] = answer.json["degraded"]
    assert degradation["part"] == "personalize"
    assert degradation["message"].startswith("user_id ignored: ")
    with_key = {"Authorization": f"Bearer {KEY}"}
    client.get("/v1/recommend/for-you?user_id=u", environ_base=ELSEWHERE, headers=with_key)
    assert stub_searcher.recommend_requests[-1].user_id == "u"


def test_rules_are_replaced_and_the_answer_undoes_it(client: FlaskClient, settings: Settings):
    assert client.get("/v1/recommend/rules").json == {"rules": "", "before": ""}
    assert client.put("/v1/recommend/rules", json={"rules": "exclude 伞"}).status_code == 200
    answer = client.put("/v1/recommend/rules", json={"rules": "pin 茶 => new"})
    assert validated(ShelfRulesResponse, answer.json) == ShelfRulesResponse(
        rules="pin 茶 => new", before="exclude 伞"
    )
    assert parse_rules(read_rules_text(settings.home)).pinned_to("new", "") == ["茶"]


def test_a_wrong_rule_is_named_and_changes_nothing(client: FlaskClient, settings: Settings):
    client.put("/v1/recommend/rules", json={"rules": "exclude 伞"})
    answer = client.put("/v1/recommend/rules", json={"rules": "exclude 伞\nhide 茶"})
    assert answer.status_code == 422
    assert answer.json is not None
    [wrong] = answer.json["errors"]
    assert wrong["path"] == "rules"
    assert wrong["detail"].startswith('recommend.txt:2: "hide 茶" is no rule')
    assert read_rules_text(settings.home) == "exclude 伞"


@pytest.mark.parametrize("body", [{"rules": 5}, {}, {"rules": "", "more": 1}, ["exclude 伞"]])
def test_a_body_that_is_none_is_refused(client: FlaskClient, body: object):
    assert client.put("/v1/recommend/rules", json=body).status_code == 422


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_from_elsewhere_only_the_key_opens_the_rules(
    tmp_path: Path, stub_searcher: StubSearcher, method: str
):
    client = create_app(Settings(home=tmp_path, admin_key=KEY), stub_searcher).test_client()

    def status(headers: dict[str, str]) -> int:
        return client.open(
            "/v1/recommend/rules",
            method=method,
            json={"rules": "exclude 伞"},
            headers=headers,
            environ_base=ELSEWHERE,
        ).status_code

    assert status({}) == 403
    assert status({"Authorization": f"Bearer {KEY}"}) == 200
