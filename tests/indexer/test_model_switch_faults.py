"""Faults while a model is switched: what served serves on, and the next switch works."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.search.service.searcher import open_searcher
from shangsou.settings import Settings
from tests.fixtures.indexer import WAIT_S, IndexerHome
from tests.fixtures.switched_models import PRODUCTS, found, index, serving
from tests.fixtures.trained_models import install_toy

Write = Callable[[str, str | bytes], Path]
PROGRAM = "tests.indexer.switching_program"
USE = ("model", "use", "words")
CHANGED = '{"op": "patch", "id": "dress", "product": {"title": "红锅"}}\n'


@pytest.fixture
def shop(home: IndexerHome, monkeypatch: pytest.MonkeyPatch) -> IndexerHome:
    """Two products, indexed with `first`; `words` is there too."""
    monkeypatch.delenv("SHANGSOU_MODEL", raising=False)
    install_toy(home.folder, "first")
    install_toy(home.folder, "words", "static")
    index(Settings(home=home.folder, model="first"), *PRODUCTS)
    return home


def meant(shop: IndexerHome, text: str) -> list[str]:
    """What a search by meaning finds, of a searcher that lacks nothing."""
    with closing(open_searcher(Settings(home=shop.folder))) as searcher:
        assert searcher.missing() == []
        return found(searcher, text)


def model(shop: IndexerHome) -> str:
    return serving(Settings(home=shop.folder))[1]


@pytest.mark.parametrize("stage", ["encode-1", "finish", "verify", "lexicon", "switch", "switched"])
def test_after_kill_9_one_model_serves_with_its_generation_and_the_next_switch_works(
    shop: IndexerHome, stage: str
) -> None:
    assert shop.run_apart(*USE, fault=f"{stage}:kill", module=PROGRAM).code == -9
    assert model(shop) == ("words" if stage == "switched" else "first")
    assert meant(shop, "红裙") == ["dress"]
    finished = shop.run(*USE)
    assert finished.code == 0, finished.err
    assert model(shop) == "words"
    assert meant(shop, "红裙") == ["dress"]
    # What was not verified is built again, with what is learned of the catalog.
    current = shop.store.open().generation
    assert LexiconStore(Settings(home=shop.folder)).open(current) is not None
    assert list((shop.folder / "index").glob("building-*")) == []
    assert shop.run("rollback").code == 0
    assert model(shop) == "first"


@pytest.mark.parametrize("stage", ["encode-1", "finish"])
def test_a_full_disk_is_reported_and_the_model_before_serves(shop: IndexerHome, stage: str) -> None:
    finished = shop.run_apart(*USE, fault=f"{stage}:full", module=PROGRAM)
    assert finished.code == 1
    assert "free some space" in finished.err
    assert "gen-1 serves on" in finished.err
    assert "Traceback" not in finished.err
    assert model(shop) == "first"
    assert meant(shop, "红裙") == ["dress"]
    assert list((shop.folder / "index").glob("building-*")) == []


def test_of_two_switches_at_once_the_second_is_turned_away(shop: IndexerHome) -> None:
    install_toy(shop.folder, "third", "static")
    with shop.start(*USE, fault="finish:wait", module=PROGRAM) as first:
        assert first.stderr is not None
        assert first.stderr.readline() == "waiting\n"
        second = shop.run("model", "use", "third")
        assert second.code == 1
        assert "another indexer is at work" in second.err
        _, err = first.communicate("go on\n", timeout=WAIT_S)
    assert first.returncode == 0, err
    assert model(shop) == "words"


def test_what_is_updated_during_a_switch_is_found_after_it(shop: IndexerHome, write: Write) -> None:
    with shop.start(*USE, fault="finish:wait", module=PROGRAM) as switching:
        assert switching.stderr is not None
        assert switching.stderr.readline() == "waiting\n"
        updated = shop.run("update", write("changes.ndjson", CHANGED))
        assert updated.code == 0, updated.err
        assert meant(shop, "红锅") == ["dress"]
        _, err = switching.communicate("go on\n", timeout=WAIT_S)
    assert switching.returncode == 0, err
    assert model(shop) == "words"
    assert meant(shop, "红锅") == ["dress"]


def test_an_update_that_began_before_a_switch_changes_what_it_switched_to(
    shop: IndexerHome, write: Write
) -> None:
    with shop.start(
        "update", write("changes.ndjson", CHANGED), fault="update:wait", module=PROGRAM
    ) as update:
        assert update.stderr is not None
        assert update.stderr.readline() == "waiting\n"
        switched = shop.run(*USE)
        assert switched.code == 0, switched.err
        _, err = update.communicate("go on\n", timeout=WAIT_S)
    assert update.returncode == 0, err
    assert model(shop) == "words"
    assert meant(shop, "红锅") == ["dress"]
