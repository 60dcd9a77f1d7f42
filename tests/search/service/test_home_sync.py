"""Homes of servers that share one Elasticsearch have the same files, whichever of them changed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.lexicon.phrases import KnownQueries, Phrase
from shangsou.search.ranking.versions import RankingVersions
from shangsou.search.service.home_sync import HomeSync
from shangsou.settings import Settings
from tests.fixtures.elastic import TIMEOUT_S

pytestmark = pytest.mark.elastic


@pytest.fixture
def shop(elastic_url: str, elastic_name: Callable[[], str]) -> dict[str, object]:
    return {
        "engine": "elastic",
        "elastic_url": elastic_url,
        "elastic_index": elastic_name(),
        "elastic_timeout_s": TIMEOUT_S,
    }


class Server:
    """A home of its own."""

    def __init__(self, home: Path, shop: dict[str, object]) -> None:
        self.home, self.settings = home, Settings(home=home, **shop)
        self._sync = HomeSync(self.settings)

    def synchronise(self) -> None:
        self._sync.synchronise()

    def write(self, name: str, text: str) -> None:
        self.home.mkdir(exist_ok=True)
        (self.home / name).write_text(text, "utf-8")

    def read(self, name: str) -> str | None:
        path = self.home / name
        return path.read_text("utf-8") if path.exists() else None


@pytest.fixture
def north(tmp_path: Path, shop: dict[str, object]) -> Server:
    return Server(tmp_path / "north", shop)


@pytest.fixture
def south(tmp_path: Path, shop: dict[str, object]) -> Server:
    return Server(tmp_path / "south", shop)


def test_a_file_that_is_written_changed_and_removed_on_one_is_so_on_the_other(north: Server, south: Server):
    for text in ("鞋, 靴", "鞋, 靴, 履"):
        north.write("synonyms.txt", text)
        north.synchronise()
        south.synchronise()
        assert south.read("synonyms.txt") == text
    (south.home / "synonyms.txt").unlink()
    south.synchronise()
    north.synchronise()
    assert north.read("synonyms.txt") is None


def test_a_server_that_joins_has_the_files_of_the_shop_and_hands_on_its_own(north: Server, south: Server):
    north.write("synonyms.txt", "鞋, 靴")
    north.synchronise()
    south.write("dictionary.txt", "小黑裙 5 n")
    south.synchronise()
    north.synchronise()
    for server in (north, south):
        assert server.read("synonyms.txt") == "鞋, 靴"
        assert server.read("dictionary.txt") == "小黑裙 5 n"


def test_of_a_file_that_changed_on_both_the_one_handed_on_first_counts_and_the_other_is_kept_too(
    north: Server, south: Server
):
    north.write("synonyms.txt", "鞋, 靴")
    north.synchronise()
    south.synchronise()
    north.write("synonyms.txt", "北")
    south.write("synonyms.txt", "南")
    north.synchronise()
    south.synchronise()
    assert south.read("synonyms.txt") == "北"
    assert south.read("synonyms.txt.replaced") == "南"
    north.synchronise()
    assert north.read("synonyms.txt") == "北"


def test_versions_of_the_ranking_recipe_and_known_queries_come_as_a_whole(north: Server, south: Server):
    versions = RankingVersions(north.home)
    versions.restore("default")
    known = KnownQueries([Phrase("连衣裙", "连衣裙", 9)], ["连衣裙"])
    LexiconStore(north.settings).write_queries(known)
    north.synchronise()
    south.synchronise()
    assert [one.text for one in RankingVersions(south.home).versions()] == [
        one.text for one in versions.versions()
    ]
    name = LexiconStore(south.settings).current_queries()
    assert name == LexiconStore(north.settings).current_queries()
    there, here = (
        sorted(path.name for path in (one.home / "lexicon" / name).iterdir()) for one in (north, south)
    )
    assert there == here


def test_other_files_of_a_home_stay_where_they_are(north: Server, south: Server):
    north.write("notes.txt", "mine")
    north.synchronise()
    south.synchronise()
    assert south.read("notes.txt") is None


def test_after_its_index_was_deleted_what_is_in_the_homes_counts(
    north: Server, south: Server, elastic_client: Elasticsearch
):
    north.write("synonyms.txt", "鞋, 靴")
    north.synchronise()
    south.synchronise()
    elastic_client.indices.delete(index=f"{north.settings.elastic_index}-files")
    north.synchronise()
    south.synchronise()
    assert north.read("synonyms.txt") == south.read("synonyms.txt") == "鞋, 靴"
    assert south.read("synonyms.txt.replaced") is None
