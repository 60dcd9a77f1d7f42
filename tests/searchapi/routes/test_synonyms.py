"""The shop's own synonyms over the API."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from searchapi.app import create_app
from searchapi.schema.responses import SynonymsResponse
from shangsou.search.ranking.recipe import read_ranking
from shangsou.settings import Settings
from tests.fixtures.responses import validated
from tests.fixtures.searchapi import StubSearcher

KEY = "a key of the server"
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


def put(client: FlaskClient, text: object, **options: object):
    return client.put("/v1/synonyms", json={"synonyms": text}, **options)  # type: ignore[arg-type]


def test_synonyms_are_replaced_and_the_answer_undoes_it(client: FlaskClient, settings: Settings):
    assert put(client, "单车 => 自行车").status_code == 200
    answer = validated(SynonymsResponse, put(client, "伞, 雨伞").json)
    assert (answer["synonyms"], answer["before"]) == ("伞, 雨伞", "单车 => 自行车")
    assert read_ranking(settings.home).synonyms["伞"] == ("雨伞",)
    put(client, answer["before"])
    assert client.get("/v1/synonyms").json == {"synonyms": "单车 => 自行车", "before": "单车 => 自行车"}
    assert sorted(path.name for path in settings.home.iterdir()) == ["audit", "synonyms.txt"]


def test_before_the_first_there_are_none(client: FlaskClient):
    assert client.get("/v1/synonyms").json == {"synonyms": "", "before": ""}


def test_a_wrong_line_is_named_and_changes_nothing(client: FlaskClient, settings: Settings):
    put(client, "伞, 雨伞")
    answer = put(client, "伞, 雨伞\n鞋")
    assert answer.status_code == 422
    assert answer.json is not None
    [wrong] = answer.json["errors"]
    assert wrong["path"] == "synonyms"
    assert wrong["detail"].startswith('synonyms.txt:2: "鞋" are no synonyms')
    assert (settings.home / "synonyms.txt").read_text("utf-8") == "伞, 雨伞"


@pytest.mark.parametrize("body", [{"synonyms": 5}, {}, {"synonyms": "", "more": 1}, ["伞, 雨伞"]])
def test_a_body_that_is_none_is_refused(client: FlaskClient, body: object):
    assert client.put("/v1/synonyms", json=body).status_code == 422
    assert client.put("/v1/synonyms", data="伞", content_type="application/json").status_code == 400


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_from_elsewhere_only_the_key_opens_them(tmp_path: Path, stub_searcher: StubSearcher, method: str):
    open_client = create_app(Settings(home=tmp_path, admin_key=KEY), stub_searcher).test_client()

    def status(headers: dict[str, str]) -> int:
        body = {"synonyms": "伞, 雨伞"}
        return open_client.open(
            "/v1/synonyms", method=method, json=body, headers=headers, environ_base=ELSEWHERE
        ).status_code

    assert status({}) == 403
    assert status({"Authorization": "Bearer another key of it"}) == 401
    assert not (tmp_path / "synonyms.txt").exists()
    assert status({"Authorization": f"Bearer {KEY}"}) == 200


def test_a_proxy_on_this_machine_is_elsewhere(client: FlaskClient):
    assert put(client, "伞, 雨伞", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 403
