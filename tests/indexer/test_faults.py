"""Faults while a catalog is indexed: nothing is lost."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from indexer.build import index_products
from indexer.catalog_files import open_catalogs
from indexer.products import read_products
from indexer.report import Report
from shangsou.background import BackgroundWorker
from shangsou.engines.embedded.engine import EmbeddedEngine
from shangsou.engines.engine import GenerationStore
from shangsou.engines.query import Hit
from shangsou.errors import EncoderUnavailable, EngineUnavailable, IndexingFailed, UnusableInput
from shangsou.product import Product
from tests.fixtures.hash_encoder import HashEncoder
from tests.fixtures.indexer import WAIT_S, IndexerHome
from tests.indexer.program import StrikingEncoder, open_striking_encoder

Write = Callable[[str, str | bytes], Path]
OLD = Product("old", "旧款水壶")
CATALOG = "id,title\n" + "".join(f"{number},杯{number}\n" for number in range(5))


@pytest.mark.parametrize("stage", ["encode-1", "encode-2", "finish", "switch"])
def test_after_kill_9_the_old_index_serves_and_the_next_run_works(
    home: IndexerHome, write: Write, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    home.index_directly(OLD)
    path = write("catalog.csv", CATALOG)
    assert home.run_apart("index", path, fault=f"{stage}:kill").code == -9
    assert home.served() == ("gen-1", [OLD])
    monkeypatch.setattr("indexer.encoder.open_index_encoder", open_striking_encoder)
    finished = home.run("index", path, "--json")
    assert finished.code == 0, finished.err
    assert finished.document["indexed"] == 5
    assert [product.product_id for product in home.served()[1]] == ["0", "1", "2", "3", "4"]
    assert list(home.store._folder.glob("building-*")) == []


@pytest.mark.parametrize("stage", ["encode-2", "finish"])
def test_a_full_disk_is_reported_and_the_old_index_serves(
    home: IndexerHome, write: Write, stage: str
) -> None:
    home.index_directly(OLD)
    finished = home.run_apart("index", write("catalog.csv", CATALOG), fault=f"{stage}:full")
    assert finished.code == 1
    assert "free some space" in finished.err
    assert "SHANGSOU_HOME" in finished.err
    assert "gen-1 serves on" in finished.err
    assert "Traceback" not in finished.err
    assert home.served() == ("gen-1", [OLD])
    assert list(home.store._folder.glob("building-*")) == []


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 1 MB."""
    libc = ctypes.CDLL(None, use_errno=True)
    folder = tmp_path / "disk"
    folder.mkdir()
    if libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", 0, b"size=1m") != 0:
        pytest.skip(f"no file system can be mounted here: {os.strerror(ctypes.get_errno())}")
    yield folder
    libc.umount2(os.fsencode(folder), 2)


def test_a_really_full_disk_is_reported_and_the_old_index_serves(tiny_disk: Path) -> None:
    home = IndexerHome(tiny_disk)
    home.index_directly(OLD)
    many = (Product(str(number), f"杯{number}") for number in range(10_000))
    with pytest.raises(IndexingFailed, match=r"the disk is full; free some space.*gen-1 serves on"):
        index_products(many, store=home.store, encoder=StrikingEncoder(), source="test")
    assert home.served() == ("gen-1", [OLD])


def test_a_full_disk_that_faiss_reports_in_words_alone_is_reported_as_one(home: IndexerHome) -> None:
    home.index_directly(OLD)

    def products() -> Iterator[Product]:
        yield Product("1", "杯")
        raise RuntimeError("write error in title_vector.faiss: 65455 != 80000 (No space left on device)")

    with pytest.raises(IndexingFailed, match=r"the disk is full; free some space.*gen-1 serves on"):
        index_products(products(), store=home.store, encoder=HashEncoder(), source="test")


@pytest.mark.usefixtures("offline")
def test_a_second_indexer_is_turned_away_and_the_first_one_finishes(home: IndexerHome, write: Write) -> None:
    path = write("catalog.csv", CATALOG)
    with home.start("index", path, fault="finish:wait") as first:
        assert first.stderr is not None
        assert first.stderr.readline() == "waiting\n"
        second = home.run("index", path)
        assert second.code == 1
        assert "another indexer is at work" in second.err
        out, err = first.communicate("go on\n", timeout=WAIT_S)
    assert first.returncode == 0, err
    assert "5 products serve as gen-1" in out


def test_without_weights_and_without_a_way_to_them_it_says_what_to_run(
    home: IndexerHome, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHANGSOU_MODEL_REPOSITORY", "http://127.0.0.1:9/")
    finished = home.run("index", write("catalog.csv", CATALOG))
    assert finished.code == 2
    assert "shangsou model fetch" in finished.err
    assert home.served() == (None, [])


def test_two_hundred_megabytes_in_one_cell_cost_one_row_and_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "catalog.csv"
    with path.open("w", encoding="utf-8") as catalog:
        catalog.write("id,title\n1,杯\n2,")
        for _ in range(200):
            catalog.write("x" * 1_000_000)
        catalog.write("\n3,壶\n")
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from indexer.catalog_files import open_catalogs\n"
        "start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "rows = list(open_catalogs([Path(sys.argv[1])], {})[0].rows())\n"
        "print([type(row).__name__ for row in rows], rows[1].line, rows[2].line)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, path], capture_output=True, text=True, timeout=WAIT_S, check=True
    )
    rows, kilobytes = run.stdout.splitlines()
    assert rows == "['Row', 'BadRow', 'Row'] 3 4"
    assert int(kilobytes) < 50_000


class ForgetfulEngine(EmbeddedEngine):
    def products(self, product_ids: object) -> list[Product]:
        return []


class CorruptingEngine(EmbeddedEngine):
    def products(self, product_ids: object) -> list[Product]:
        return [replace(product, title="?") for product in super().products(product_ids)]  # type: ignore[arg-type]


class BlindEngine(EmbeddedEngine):
    def retrieve(self, legs: object) -> list[list[Hit]]:
        return [[Hit("none", 1.0)] for _ in super().retrieve(legs)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("engine", "words"),
    [
        (ForgetfulEngine, "product 0 is missing"),
        (CorruptingEngine, "product 0 reads back differently"),
        (BlindEngine, "of 3 products searched by their own title, 0 were found"),
    ],
)
def test_a_generation_that_fails_its_check_is_not_switched_to(
    home: IndexerHome, monkeypatch: pytest.MonkeyPatch, engine: type[EmbeddedEngine], words: str
) -> None:
    home.index_directly(OLD)
    products = [Product(str(number), f"杯{number}") for number in range(3)]
    with monkeypatch.context() as patch:
        patch.setattr("shangsou.engines.embedded.store.EmbeddedEngine", engine)
        with pytest.raises(IndexingFailed, match=rf"gen-2 failed its check: {words}; gen-1 serves on"):
            index_products(products, store=home.store, encoder=HashEncoder(), source="test")
    assert home.served() == ("gen-1", [OLD])
    assert [generation.name for generation in home.store.generations()] == ["gen-1"]


def test_both_engines_remove_a_generation_that_fails_its_check(
    store: GenerationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise IndexingFailed("gen-2 failed its check: it was told to")

    index_products([OLD], store=store, encoder=HashEncoder(), source="test")
    monkeypatch.setattr("indexer.build.verify", fail)
    with pytest.raises(IndexingFailed, match="it was told to; gen-1 serves on"):
        index_products([Product("new", "杯")], store=store, encoder=HashEncoder(), source="test")
    assert store.current() == "gen-1"
    assert [generation.name for generation in store.generations()] == ["gen-1"]
    assert store.open().products(["old", "new"]) == [OLD]


def test_an_encoder_that_fails_leaves_the_old_index(home: IndexerHome) -> None:
    class FailingEncoder(HashEncoder):
        def encode(self, texts: object) -> np.ndarray:
            raise EncoderUnavailable("the model has gone")

    home.index_directly(OLD)
    with pytest.raises(EncoderUnavailable):
        index_products([Product("1", "杯")], store=home.store, encoder=FailingEncoder(), source="test")
    assert home.served() == ("gen-1", [OLD])


def test_an_engine_that_goes_away_leaves_the_old_index_and_says_so(
    home: IndexerHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise EngineUnavailable("no answer")

    home.index_directly(OLD)
    monkeypatch.setattr("indexer.build.verify", fail)
    with pytest.raises(EngineUnavailable, match="no answer; gen-1 serves on"):
        index_products([Product("1", "杯")], store=home.store, encoder=HashEncoder(), source="test")
    assert home.served() == ("gen-1", [OLD])


def test_a_catalog_that_cannot_be_read_any_more_is_named_and_no_failure_to_write(
    home: IndexerHome, write: Write
) -> None:
    home.index_directly(OLD)
    path = write("catalog.csv", CATALOG)
    catalogs = open_catalogs([path], {})
    path.unlink()
    path.mkdir()
    with pytest.raises(UnusableInput, match=r"catalog\.csv: cannot be read") as refused:
        index_products(
            read_products(catalogs, Report(), 0.05),
            store=home.store,
            encoder=HashEncoder(),
            source="test",
        )
    assert str(path) in str(refused.value)
    assert home.served() == ("gen-1", [OLD])


def test_no_product_at_all_is_no_index(home: IndexerHome) -> None:
    with pytest.raises(IndexingFailed, match="there is no product to index; there is no index yet"):
        index_products([], store=home.store, encoder=HashEncoder(), source="test")
    assert home.store.generations() == []


def test_products_that_are_off_titles_of_punctuation_and_equal_titles_pass_the_check(
    home: IndexerHome,
) -> None:
    products = [
        *(Product(f"same-{number}", "同一个杯子") for number in range(300)),
        Product("punctuation", "！！！"),
        Product("emoji", "🎁"),
        Product("off", "下架的杯子", status="off"),
    ]
    generation = index_products(products, store=home.store, encoder=HashEncoder(), source="test")
    assert (generation.name, generation.documents) == ("gen-1", 303)
    assert home.store.current() == "gen-1"


def test_a_process_beside_the_indexer_that_ends_leaves_the_old_index(
    home: IndexerHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.index_directly(OLD)
    monkeypatch.setattr("indexer.build.BATCH_SIZE", 1)
    monkeypatch.setattr("shangsou.background.usable_cores", lambda: 2)
    broken = partial(BackgroundWorker, command=(sys.executable, "-c", "raise SystemExit(3)"))
    monkeypatch.setattr("shangsou.engines.embedded.store.BackgroundWorker", broken)
    products = [Product(str(number), f"杯{number}") for number in range(5)]
    with pytest.raises(IndexingFailed, match=r"ended with 3; if the memory ran out.*gen-1 serves on"):
        index_products(products, store=home.store, encoder=HashEncoder(), source="test")
    assert home.served() == ("gen-1", [OLD])
    assert list(home.store._folder.glob("building-*")) == []
