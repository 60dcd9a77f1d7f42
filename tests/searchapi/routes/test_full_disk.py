"""The files of the shop on disks that are full or cannot be written to."""

import pytest
from flask.testing import FlaskClient

from searchapi.app import create_app
from shangsou.settings import Settings
from tests.fixtures.full_disk import full_disk
from tests.fixtures.searchapi import StubSearcher

DICTIONARIES = {
    "/v1/synonyms": {"synonyms": "雨伞, 太阳伞"},
    "/v1/entities": {"entities": "brand: 华为"},
    "/v1/recommend/rules": {"rules": "exclude 伞"},
}


@pytest.mark.parametrize("path", DICTIONARIES)
def test_on_a_full_disk_nothing_changes_and_with_room_again_it_does(
    client: FlaskClient, settings: Settings, path: str
):
    body = DICTIONARIES[path]
    before = client.get(path).json
    with full_disk():
        answer = client.put(path, json=body)
    assert answer.status_code == 507
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["detail"].startswith(
        "the disk of the server is full, and nothing was changed; try again"
    )
    assert str(settings.home) not in answer.text
    assert client.get(path).json == before
    assert client.put(path, json=body).status_code == 200
    assert not list(settings.home.glob(".*"))


@pytest.mark.parametrize("path", DICTIONARIES)
def test_where_no_file_can_be_made_it_is_unavailable(
    settings: Settings, stub_searcher: StubSearcher, path: str
):
    settings.home.write_text("a file where a folder belongs")
    client = create_app(Settings(home=settings.home / "inside"), stub_searcher).test_client()
    answer = client.put(path, json=DICTIONARIES[path])
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    assert str(settings.home) not in answer.text
