"""`shangsou verify`: every file against what was written."""

import errno
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.product import Product
from tests.fixtures.full_disk import full_disk
from tests.fixtures.indexer import IndexerHome

PRODUCTS = [Product("1", "连衣裙"), Product("2", "雨伞")]


def test_a_whole_index_is_reported_as_whole(home: IndexerHome):
    name = home.index_directly(*PRODUCTS)
    finished = home.run("verify")
    assert (finished.code, finished.err) == (0, "")
    assert f"{name}: whole\n" in finished.out


def test_without_an_index_there_is_nothing_to_check(home: IndexerHome):
    finished = home.run("verify")
    assert (finished.code, finished.out) == (0, "there is nothing to check yet\n")


def test_damage_is_named_with_what_to_do_and_the_generation_is_not_searched(home: IndexerHome):
    name = home.index_directly(*PRODUCTS)
    path = home.folder / "index" / name / "products.jsonl"
    path.write_bytes(path.read_bytes().replace("雨伞".encode(), "雨帽".encode()))
    finished = home.run("verify")
    assert finished.code == 1
    assert f"{name}: damaged: products.jsonl holds other bytes; it is not searched any more" in finished.out
    searched = home.run("search", "连衣裙")
    assert searched.code == 1
    assert f"{name} in {home.folder / 'index'} is damaged and not searched" in searched.err
    assert "Traceback" not in searched.err


def test_it_answers_in_json(home: IndexerHome):
    name = home.index_directly(*PRODUCTS)
    (home.folder / "index" / name / "prices.npy").unlink()
    finished = home.run("verify", "--json")
    assert finished.code == 1
    checked = finished.document["checked"]
    assert isinstance(checked, list)
    (of_generation,) = [one for one in checked if one["part"] == name]
    assert of_generation["damage"] == "prices.npy is missing"


def test_a_damaged_database_of_events_is_found(home: IndexerHome):
    home.index_directly(*PRODUCTS)
    path: Path = home.folder / "events" / "events.sqlite"
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE events (a TEXT)")
        connection.executemany("INSERT INTO events VALUES (?)", [("x" * 3000,) for _ in range(20)])
    connection.close()
    assert home.run("verify").code == 0
    content = bytearray(path.read_bytes())
    content[8192:12288] = bytes(4096)
    path.write_bytes(content)
    finished = home.run("verify")
    assert finished.code == 1
    assert "events/events.sqlite: damaged: " in finished.out


def test_a_backup_on_a_full_disk_says_so(home: IndexerHome, tmp_path: Path):
    home.index_directly(*PRODUCTS)
    with full_disk(100):
        finished = home.run("backup", tmp_path / "copy")
    assert finished.code == 1
    assert finished.err.endswith("the disk is full; free some space, and try again\n")
    assert str(tmp_path / "copy") in finished.err
    # So that it can be made there again.
    assert list((tmp_path / "copy").iterdir()) == []
    assert home.run("backup", tmp_path / "copy").code == 0


def test_no_backup_is_made_of_a_damaged_generation(home: IndexerHome, tmp_path: Path):
    name = home.index_directly(*PRODUCTS)
    path = home.folder / "index" / name / "title_vector.f32"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    finished = home.run("backup", tmp_path / "copy")
    assert finished.code == 1
    assert "title_vector.f32 holds other bytes" in finished.err


def test_a_read_only_disk_does_not_keep_the_rest_from_being_checked(
    home: IndexerHome, monkeypatch: pytest.MonkeyPatch
):
    name = home.index_directly(*PRODUCTS)
    (home.folder / "index" / name / "prices.npy").unlink()

    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("shangsou.engines.embedded.store.atomic_replace", refuse)
    finished = home.run("verify")
    assert finished.code == 1
    assert f"{name}: damaged: prices.npy is missing; it could not be marked" in finished.out
    assert "index/CURRENT: whole\n" in finished.out


def test_files_that_name_what_is_current_are_checked_too(home: IndexerHome):
    home.index_directly(*PRODUCTS)
    (home.folder / "lexicon").mkdir(exist_ok=True)
    (home.folder / "lexicon" / "QUERIES").write_bytes(b"\0" * 8)
    (home.folder / "index" / "CURRENT").write_bytes(b"\xff")
    finished = home.run("verify")
    assert finished.code == 1
    assert "index/CURRENT: damaged: it names no generation; " in finished.out
    assert "lexicon/QUERIES: damaged: it names no known queries; " in finished.out


def test_a_locked_database_is_not_called_damaged(home: IndexerHome, monkeypatch: pytest.MonkeyPatch):
    home.index_directly(*PRODUCTS)
    path = home.folder / "events" / "events.sqlite"
    path.parent.mkdir()
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda path: connect(path, timeout=0))
    with closing(connect(path)) as writer:
        writer.execute("CREATE TABLE events (a TEXT)")
        writer.execute("BEGIN EXCLUSIVE")
        finished = home.run("verify")
    assert finished.code == 0
    assert (
        "events/events.sqlite: not checked: another process has held it locked for too long" in finished.out
    )
    assert "move it away" not in finished.out


def test_a_file_that_is_no_database_is_damaged(home: IndexerHome):
    home.index_directly(*PRODUCTS)
    path = home.folder / "events" / "events.sqlite"
    path.parent.mkdir()
    path.write_bytes(b"events " * 1000)
    finished = home.run("verify")
    assert finished.code == 1
    assert "events/events.sqlite: damaged: file is not a database; restore it from a backup" in finished.out


def test_a_generation_that_is_removed_meanwhile_is_no_damage(
    home: IndexerHome, monkeypatch: pytest.MonkeyPatch
):
    home.index_directly(*PRODUCTS)
    home.index_directly(*PRODUCTS)
    verify = EmbeddedStore.verify

    def verify_late(store: EmbeddedStore, name: str) -> str:
        if name == "gen-1":
            shutil.rmtree(home.folder / "index" / name)
        return verify(store, name)

    monkeypatch.setattr(EmbeddedStore, "verify", verify_late)
    finished = home.run("verify")
    assert finished.code == 0
    assert "gen-1: " not in finished.out
    assert "gen-2: whole\n" in finished.out
