"""Homes of servers that share one Elasticsearch have the same files, whichever of them changed."""

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from shangsou.engines.elastic.file_sets import FileSets
from shangsou.errors import UnusableInput
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

    def look(self) -> None:
        self._sync.look()

    def has_local_changes(self) -> bool:
        return self._sync.has_local_changes()

    def replaced(self, name: str) -> list[str]:
        return [path.read_text("utf-8") for path in self.home.glob(f"{name}.replaced-*")]

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
    assert south.replaced("synonyms.txt") == ["南"]
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
    elastic_client.indices.delete(index=f"{north.settings.elastic_index}-files-1")
    north.synchronise()
    south.synchronise()
    assert north.read("synonyms.txt") == south.read("synonyms.txt") == "鞋, 靴"
    assert south.replaced("synonyms.txt") == []


def share(server: Server, *names: str) -> None:
    for name in names:
        server.write(name, f"{name} of the shop")
    server.synchronise()


def test_a_home_that_is_emptied_is_filled_again_and_empties_no_other(north: Server, south: Server):
    share(north, "synonyms.txt", "dictionary.txt", "never_suggest.txt")
    south.synchronise()
    for name in ("synonyms.txt", "dictionary.txt"):
        (south.home / name).unlink()
    south.synchronise()
    north.synchronise()
    for server in (north, south):
        assert server.read("synonyms.txt") == "synonyms.txt of the shop"
    for path in south.home.glob("*.txt"):
        path.unlink()
    south.look()
    south.look()
    north.synchronise()
    assert len(list(north.home.glob("*.txt"))) == len(list(south.home.glob("*.txt"))) == 3


def test_a_file_that_is_removed_elsewhere_is_kept_under_another_name(north: Server, south: Server):
    share(north, "synonyms.txt", "dictionary.txt")
    south.synchronise()
    (north.home / "synonyms.txt").unlink()
    north.synchronise()
    south.synchronise()
    assert south.read("synonyms.txt") is None
    assert south.replaced("synonyms.txt") == ["synonyms.txt of the shop"]


def test_a_file_that_is_still_being_written_is_handed_on_at_the_next_look(north: Server, south: Server):
    share(north, "synonyms.txt")
    north.look()
    north.write("synonyms.txt", "half")
    north.look()
    south.synchronise()
    assert south.read("synonyms.txt") == "synonyms.txt of the shop"
    north.write("synonyms.txt", "half and the rest")
    north.look()
    north.look()
    south.synchronise()
    assert south.read("synonyms.txt") == "half and the rest"


def test_what_is_saved_while_files_are_copied_is_not_written_over(
    north: Server, south: Server, monkeypatch: pytest.MonkeyPatch
):
    share(north, "synonyms.txt")
    south.synchronise()
    north.write("synonyms.txt", "北")
    north.synchronise()
    saved = iter(["南"])
    content = FileSets.content

    def save_then_copy(sets: FileSets, digest: str) -> bytes:
        for text in saved:
            south.write("synonyms.txt", text)
        return content(sets, digest)

    monkeypatch.setattr(FileSets, "content", save_then_copy)
    south.synchronise()
    assert south.read("synonyms.txt") == "北"
    assert south.replaced("synonyms.txt") == ["南"]


def test_a_home_with_the_files_of_another_shop_is_refused(
    north: Server, tmp_path: Path, shop: dict[str, object], elastic_name: Callable[[], str]
):
    share(north, "synonyms.txt")
    other = Server(north.home, {**shop, "elastic_index": elastic_name()})
    with pytest.raises(UnusableInput, match="has the files of the shop"):
        other.synchronise()


def test_a_home_that_another_process_writes_is_left_alone_by_a_look(north: Server):
    share(north, "synonyms.txt")
    north.write("synonyms.txt", "北")
    with (north.home / ".shared.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        north.look()
        north.look()
        assert north.has_local_changes()
    north.look()
    assert not north.has_local_changes()
