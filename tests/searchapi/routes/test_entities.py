"""The shop's own entities over the API; they are handled as the synonyms are."""

from pathlib import Path

from flask.testing import FlaskClient

from searchapi.app import create_app
from searchapi.schema.responses import EntitiesResponse
from shangsou.search.ranking.recipe import read_ranking
from shangsou.settings import Settings
from tests.fixtures.responses import validated
from tests.fixtures.searchapi import StubSearcher


def test_entities_are_replaced_and_the_answer_undoes_it(client: FlaskClient, settings: Settings):
    assert client.get("/v1/entities").json == {"entities": "", "before": ""}
    assert client.put("/v1/entities", json={"entities": "brand: 云上衣舍"}).status_code == 200
    answer = validated(EntitiesResponse, client.put("/v1/entities", json={"entities": "none: 红色"}).json)
    assert (answer["entities"], answer["before"]) == ("none: 红色", "brand: 云上衣舍")
    assert read_ranking(settings.home).entities["红色"] is None
    client.put("/v1/entities", json={"entities": answer["before"]})
    assert read_ranking(settings.home).entities["云上衣舍"] == "brand"


def test_a_wrong_line_is_named_and_changes_nothing(client: FlaskClient, settings: Settings):
    answer = client.put("/v1/entities", json={"entities": "brand: 耐克\nmarke: 耐克"})
    assert answer.status_code == 422
    assert answer.json is not None
    [wrong] = answer.json["errors"]
    assert wrong["path"] == "entities"
    assert wrong["detail"].startswith('entities.txt:2: "marke: 耐克" names no entities')
    assert not (settings.home / "entities.txt").exists()


def test_from_elsewhere_they_are_closed(tmp_path: Path, stub_searcher: StubSearcher):
    elsewhere = create_app(
        Settings(home=tmp_path, admin_key="a key of the server"), stub_searcher
    ).test_client()
    answer = elsewhere.get("/v1/entities", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert answer.status_code == 403
