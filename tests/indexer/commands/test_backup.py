"""`shangsou backup` and `restore`, also while a searcher serves."""

import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer import backup as backup_module
from shangsou.encoding.erasures import read_last_erasure
from shangsou.encoding.registry import find_model, mark_erased
from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.errors import CopyFailed
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.search.service import live_index
from shangsou.search.service.searcher import Searcher, open_searcher
from shangsou.settings import Settings
from shangsou.updates.operation import Operation
from tests.fixtures.full_disk import full_disk
from tests.fixtures.hash_encoder import HashEncoder
from tests.fixtures.indexer import IndexerHome
from tests.fixtures.switched_models import PRODUCTS, index
from tests.fixtures.trained_models import CARD, install_toy

pytestmark = pytest.mark.usefixtures("offline")

Write = Callable[[str, str | bytes], Path]
ON_EVENTS = replace(CARD, trained_on_events_until="2026-11-30T00:00:00+00:00")
CATALOG = "商品编号,商品名称,价格\n1,红色马克杯,19.9\n2,陶瓷汤碗,9.9\n3,不粘平底锅,99\n"


@pytest.fixture
def shop(home: IndexerHome, write: Write, monkeypatch: pytest.MonkeyPatch) -> IndexerHome:
    monkeypatch.setattr(live_index, "open_encoder", lambda *_, **__: HashEncoder())
    assert home.run("index", write("catalog.csv", CATALOG)).code == 0
    return home


@pytest.fixture
def searcher(shop: IndexerHome) -> Iterator[Searcher]:
    opened = open_searcher(Settings(home=shop.folder))
    yield opened
    opened.close()


def price(searcher: Searcher, product_id: str) -> int | None:
    searcher.refresh()
    product = searcher.product(product_id)
    return None if product is None else product.price_fen


def change(searcher: Searcher, product_id: str, price_fen: int) -> None:
    searcher.update([Operation("patch", product_id, {"price_fen": price_fen})])


def test_a_backup_is_brought_back_under_a_searcher_that_serves(
    shop: IndexerHome, searcher: Searcher, tmp_path: Path
) -> None:
    change(searcher, "1", 500)
    (shop.folder / "synonyms.txt").write_text("杯, 马克杯\n", "utf-8")
    assert shop.run("backup", tmp_path / "saved").code == 0
    change(searcher, "1", 600)
    searcher.update([Operation("delete", "2", {})])
    (shop.folder / "synonyms.txt").write_text("错, 的\n", "utf-8")
    assert shop.run("restore", tmp_path / "saved").code == 0
    assert [price(searcher, number) for number in "123"] == [500, 990, 9900]
    assert (shop.folder / "synonyms.txt").read_text("utf-8") == "杯, 马克杯\n"
    change(searcher, "3", 1)
    assert price(searcher, "3") == 1
    # The state before is one step back, with the changes since that name its products.
    assert shop.run("rollback").code == 0
    assert price(searcher, "3") == 1


def test_trained_models_are_brought_back_with_their_marks_but_not_the_default_one(
    shop: IndexerHome, tmp_path: Path
) -> None:
    model = install_toy(shop.folder, "words", "static", ON_EVENTS)
    mark_erased(shop.folder, datetime(2026, 12, 2, tzinfo=UTC))
    (shop.folder / "models" / "bge-small-zh-v1.5").mkdir()
    (shop.folder / "models" / "bge-small-zh-v1.5" / "float32.onnx").write_bytes(b"weights")
    assert shop.run("backup", tmp_path / "saved").code == 0
    assert [path.name for path in (tmp_path / "saved" / "models").iterdir()] == ["words"]
    elsewhere = IndexerHome(tmp_path / "elsewhere")
    assert elsewhere.run("restore", tmp_path / "saved").code == 0
    restored = find_model(elsewhere.folder, "words")
    assert restored is not None
    assert (restored.model_hash, restored.erased_since) == (model.model_hash, "2026-12-02T00:00:00+00:00")
    # A model that is there already is not written again.
    written_at = (shop.folder / "models" / "words" / "vectors.npy").stat().st_mtime_ns
    assert shop.run("restore", tmp_path / "saved").code == 0
    assert (shop.folder / "models" / "words" / "vectors.npy").stat().st_mtime_ns == written_at


def test_a_model_that_a_generation_here_needs_is_not_replaced_by_another_of_its_name(
    home: IndexerHome, tmp_path: Path
) -> None:
    first = install_toy(home.folder, "words", "static")
    index(Settings(home=home.folder, model="words"), *PRODUCTS)
    assert home.run("backup", tmp_path / "saved").code == 0
    # Elsewhere the name is that of another model, which serves there.
    elsewhere = IndexerHome(tmp_path / "elsewhere")
    second = install_toy(elsewhere.folder, "words", "onnx")
    index(Settings(home=elsewhere.folder, model="words"), *PRODUCTS)
    refused = elsewhere.run("restore", tmp_path / "saved")
    assert refused.code == 2
    assert f"another model words ({first.model_hash})" in refused.err
    assert f"({second.model_hash}), which gen-1 searches by" in refused.err
    kept = find_model(elsewhere.folder, "words")
    assert kept is not None
    assert kept.model_hash == second.model_hash
    assert elsewhere.store.current() == "gen-1"
    # Moved away it is needed no more.
    (elsewhere.folder / "models" / "words").rename(tmp_path / "moved")
    assert elsewhere.run("restore", tmp_path / "saved").code == 0
    assert find_model(elsewhere.folder, "words") == replace(
        first, folder=elsewhere.folder / "models" / "words"
    )


@pytest.mark.parametrize(("of_backup", "of_home", "kept"), [(1, 2, 2), (2, 1, 2), (1, 0, 1), (0, 1, 1)])
def test_the_later_erasure_is_kept(
    shop: IndexerHome, tmp_path: Path, of_backup: int, of_home: int, kept: int
) -> None:
    def erase(home: Path, day: int) -> None:
        (home / "last_erasure.json").unlink(missing_ok=True)
        if day:
            mark_erased(home, datetime(2026, 12, day, tzinfo=UTC))

    erase(shop.folder, of_backup)
    assert shop.run("backup", tmp_path / "saved").code == 0
    erase(shop.folder, of_home)
    assert shop.run("restore", tmp_path / "saved").code == 0
    assert read_last_erasure(shop.folder) == datetime(2026, 12, kept, tzinfo=UTC)


def test_a_backup_is_brought_back_into_an_empty_home(
    shop: IndexerHome, searcher: Searcher, tmp_path: Path
) -> None:
    change(searcher, "1", 500)
    shop.run("backup", tmp_path / "saved")
    elsewhere = IndexerHome(tmp_path / "elsewhere")
    assert elsewhere.run("restore", tmp_path / "saved").code == 0
    with closing(open_searcher(Settings(home=elsewhere.folder))) as other:
        assert [price(other, number) for number in "123"] == [500, 990, 9900]
        assert other.missing() == []


def test_events_are_copied_as_they_are_at_one_moment(shop: IndexerHome, tmp_path: Path) -> None:
    path = shop.folder / "events" / "events.sqlite"
    path.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE IF NOT EXISTS kept (number INTEGER)")
        database.execute("INSERT INTO kept VALUES (1)")
        database.execute("BEGIN")
        database.execute("INSERT INTO kept VALUES (2)")
        shop.run("backup", tmp_path / "saved")
        database.execute("COMMIT")
        assert database.execute("SELECT count(*) FROM kept").fetchone() == (2,)
    with closing(sqlite3.connect(tmp_path / "saved" / "events" / "events.sqlite")) as database:
        assert database.execute("SELECT number FROM kept").fetchall() == [(1,)]


def test_a_backup_in_the_middle_of_switches_is_of_one_generation(
    shop: IndexerHome, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("catalog.csv", CATALOG)
    copy_files, copied = backup_module.copy_files, []

    def copy_while_others_switch(source: Path, target: Path) -> None:
        copied.append(source.name)
        if len(copied) == 1:
            for _ in range(4):
                shop.run("index", path)
        copy_files(source, target)

    monkeypatch.setattr(backup_module, "copy_files", copy_while_others_switch)
    finished = shop.run("backup", tmp_path / "saved", "--json")
    assert finished.document["generation"] == "gen-5"
    assert EmbeddedStore(tmp_path / "saved" / "index").current() == "gen-5"
    assert [folder.name for folder in (tmp_path / "saved" / "index").glob("gen-*")] == ["gen-5"]


@pytest.mark.parametrize("kind", ["empty folder", "other version", "no generation"])
def test_what_is_no_backup_is_refused_and_changes_nothing(
    shop: IndexerHome, tmp_path: Path, kind: str
) -> None:
    saved = tmp_path / "saved"
    if kind == "empty folder":
        saved.mkdir()
    else:
        shop.run("backup", saved)
        description = saved / "backup.json"
        if kind == "other version":
            description.write_text(
                description.read_text("utf-8").replace('"format": 1', '"format": 9'), "utf-8"
            )
        else:
            (saved / "index" / "gen-1" / "generation.json").unlink()
    assert shop.run("restore", saved).code == 2
    assert shop.store.current() == "gen-1"


def test_a_backup_never_goes_into_the_home_or_over_something(shop: IndexerHome, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "note.txt").write_text("mine", "utf-8")
    assert shop.run("backup", tmp_path / "full").code == 2
    assert shop.run("backup", shop.folder / "saved").code == 2
    assert (tmp_path / "full" / "note.txt").read_text("utf-8") == "mine"


def write_events(shop: IndexerHome) -> Path:
    """Write a database of 100 KB."""
    path = shop.folder / "events" / "events.sqlite"
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE kept (content BLOB)")
        database.execute("INSERT INTO kept VALUES (zeroblob(100000))")
        database.commit()
    return path


def test_a_damaged_database_is_named_and_leaves_no_half_of_a_backup(
    shop: IndexerHome, tmp_path: Path
) -> None:
    path = write_events(shop)
    path.write_bytes(b"no database" * 1000)
    finished = shop.run("backup", tmp_path / "saved")
    assert finished.code == 1
    assert f"{path} was not copied" in finished.err
    assert "it is damaged; move" in finished.err
    assert list((tmp_path / "saved").iterdir()) == []


def test_a_database_that_is_not_brought_back_is_named(shop: IndexerHome, tmp_path: Path) -> None:
    path = write_events(shop)
    shop.run("backup", tmp_path / "saved")
    path.write_bytes(b"no database" * 1000)
    finished = shop.run("restore", tmp_path / "saved")
    assert finished.code == 1
    assert f"was not copied to {path}: it is damaged" in finished.err
    path.unlink()
    assert shop.run("restore", tmp_path / "saved").code == 0
    assert path.stat().st_size > 100_000


def test_a_full_disk_is_named_as_what_keeps_a_database_from_being_copied(tmp_path: Path) -> None:
    source, target = tmp_path / "events.sqlite", tmp_path / "copy.sqlite"
    with closing(sqlite3.connect(source)) as database:
        database.execute("CREATE TABLE kept (content BLOB)")
        database.execute("INSERT INTO kept VALUES (zeroblob(1000000))")
        database.commit()
    with full_disk(100_000), pytest.raises(CopyFailed, match="full"):
        backup_module.copy_database(source, target)


def test_a_full_disk_while_a_generation_is_brought_back_leaves_no_rubbish(
    shop: IndexerHome, tmp_path: Path
) -> None:
    shop.run("backup", tmp_path / "saved")
    saved = tmp_path / "saved" / "index" / "gen-1"
    largest = max(path.stat().st_size for path in saved.iterdir())
    with full_disk(largest - 1), pytest.raises(OSError, match="too large"):
        shop.store.adopt(saved, sequence=0)
    assert [path.name for path in (shop.folder / "index").glob("*-*")] == ["gen-1"]


def test_a_generation_without_its_lexicon_does_not_stay(
    shop: IndexerHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.run("backup", tmp_path / "saved")

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(LexiconStore, "adopt", fail)
    assert shop.run("restore", tmp_path / "saved").code == 1
    assert [path.name for path in (shop.folder / "index").glob("*-*")] == ["gen-1"]
    assert shop.store.current() == "gen-1"
