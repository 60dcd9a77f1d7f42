"""Damaged files of a generation: they are found, named, and never searched."""

import errno
import os
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.engines.engine import Document
from shangsou.engines.generations import open_before
from shangsou.engines.product_terms import ProductTerms
from shangsou.errors import DamagedIndex
from shangsou.product import Product
from tests.engines.embedded.generations import RECIPE, write_generation
from tests.fixtures.full_disk import full_disk

ROWS = 60


def write_rich_generation(store: EmbeddedStore) -> str:
    """Write a generation whose files all hold something."""
    vectors = np.random.default_rng(1).normal(size=(ROWS, 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    documents = [
        Document(
            Product(
                f"p{row}", f"红色连衣裙 {row}", brand=f"甲{row % 7}", category=("女装", f"裙{row % 3}"),
                price_fen=100 * row, group_id=f"g{row // 2}", attributes={"颜色": ("红", "蓝")[: row % 3]},
                stock=row % 4, sales=row, rating=4.5, reviews=row,
            ),
            vectors[row],
            vectors[row] if row % 2 else None,
        )
        for row in range(ROWS)
    ]  # fmt: skip
    facts = ProductTerms(
        ["红", "蓝"], np.arange(ROWS + 1, dtype=np.int64), np.arange(ROWS, dtype=np.int32) % 2
    )
    with store.writer(RECIPE, "test") as writer:
        writer.add(documents)
        generation = writer.finish([("裙",)] * ROWS, facts)
    store.switch(generation.name)
    return generation.name


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return what the files of a generation hold."""
    folder = tmp_path_factory.mktemp("index")
    name = write_rich_generation(EmbeddedStore(folder))
    return {path.name: path.read_bytes() for path in sorted((folder / name).iterdir())}


@pytest.fixture
def store(tmp_path: Path, files: dict[str, bytes]) -> EmbeddedStore:
    """Return a store of a generation `gen-1`, and `gen-2` over it with these files."""
    store = EmbeddedStore(tmp_path)
    write_generation(store, 2)
    write_rich_generation(store)
    return store


def damages(content: bytes) -> Iterator[bytes]:
    """Yield a file with a bit changed in five places, and cut off in five."""
    rng = random.Random(len(content))
    for position in [0, len(content) - 1, *(rng.randrange(len(content)) for _ in range(3))]:
        changed = bytearray(content)
        changed[position] ^= 1 << rng.randrange(8)
        yield bytes(changed)
    for length in [0, len(content) - 1, *(rng.randrange(len(content)) for _ in range(3))]:
        yield content[:length]


def test_each_changed_bit_and_each_cut_of_each_file_is_found_and_then_not_searched(
    store: EmbeddedStore, tmp_path: Path, files: dict[str, bytes]
):
    assert len(files) > 40
    assert store.verify("gen-2") == ""
    for name in files:
        path = tmp_path / "gen-2" / name
        whole = path.read_bytes()
        for damaged in damages(whole) if whole else [b"x"]:
            path.write_bytes(damaged)
            damage = store.verify("gen-2")
            assert name in damage or "MANIFEST" in damage, name
            with pytest.raises(DamagedIndex):
                store.open()
        path.write_bytes(whole)
        assert store.verify("gen-2") == "", name
        assert store.open().generation.name == "gen-2"


def test_before_it_is_verified_a_cut_file_and_another_header_are_refused_by_name(
    store: EmbeddedStore, tmp_path: Path, files: dict[str, bytes]
):
    for name, content in files.items():
        path = tmp_path / "gen-2" / name
        whole = path.read_bytes()
        for damaged in (content[:-1], bytes([content[0] ^ 1]) + content[1:]) if content else (b"x",):
            path.write_bytes(damaged)
            with pytest.raises(DamagedIndex, match="gen-2"):
                store.open()
        path.write_bytes(whole)


def test_the_generation_before_a_damaged_one_is_opened(store: EmbeddedStore, tmp_path: Path):
    write_rich_generation(store)
    (tmp_path / "gen-2" / "prices.npy").write_bytes(b"")
    store.verify("gen-2")
    with pytest.raises(DamagedIndex) as damaged:
        store.open("gen-2")
    assert damaged.value.generation == "gen-2"
    # Not the newest: that may have been gone back from.
    assert open_before(store, damaged.value).generation.name == "gen-1"


def test_where_none_is_whole_the_damage_is_what_is_raised(tmp_path: Path):
    store = EmbeddedStore(tmp_path)
    write_generation(store, 2)
    (tmp_path / "gen-1" / "prices.npy").unlink()
    with pytest.raises(DamagedIndex, match=r"prices\.npy is missing") as damaged:
        store.open()
    with pytest.raises(DamagedIndex, match=r"prices\.npy is missing"):
        open_before(store, damaged.value)


def test_no_rollback_goes_to_a_damaged_generation(store: EmbeddedStore, tmp_path: Path):
    (tmp_path / "gen-1" / "prices.npy").write_bytes(b"")
    with pytest.raises(DamagedIndex, match=r"gen-1 .* is damaged .* prices\.npy has 0 bytes"):
        store.switch("gen-1")
    assert store.current() == "gen-2"


def test_a_current_generation_that_is_gone_counts_as_damaged(store: EmbeddedStore, tmp_path: Path):
    (tmp_path / "CURRENT").write_text("gen-9\n")
    with pytest.raises(DamagedIndex, match=r"gen-9 .* generation\.json is missing") as damaged:
        store.open()
    assert open_before(store, damaged.value).generation.name == "gen-2"


def test_on_a_full_disk_the_damage_is_returned_and_no_empty_mark_is_left(
    store: EmbeddedStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    (tmp_path / "gen-2" / "products.jsonl").unlink()
    with full_disk():
        assert store.verify("gen-2") == "products.jsonl is missing"
    assert not store.is_marked("gen-2")
    assert "gen-2 cannot be marked as damaged: File too large" in caplog.text
    assert list(tmp_path.glob("DAMAGED*")) == []


def test_a_full_disk_leaves_the_mark_of_an_earlier_check(store: EmbeddedStore, tmp_path: Path):
    (tmp_path / "gen-2" / "products.jsonl").unlink()
    store.verify("gen-2")
    with full_disk():
        store.verify("gen-2")
    assert (tmp_path / "gen-2" / "DAMAGED").read_text() == "products.jsonl is missing"


def test_a_mark_counts_even_if_it_is_empty(store: EmbeddedStore, tmp_path: Path):
    (tmp_path / "gen-2" / "DAMAGED").write_bytes(b"")
    with pytest.raises(DamagedIndex, match=r'"shangsou verify" found other bytes in it'):
        store.open()


@pytest.mark.parametrize("number", [errno.EACCES, errno.EMFILE])
def test_a_file_that_cannot_be_read_for_now_leaves_no_mark(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch, number: int
):
    opened = Path.open

    def refuse(path: Path, *arguments: str, **named: str) -> object:
        if path.name == "prices.npy":
            raise OSError(number, os.strerror(number), str(path))
        return opened(path, *arguments, **named)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", refuse)
        assert store.verify("gen-2") == f"prices.npy cannot be read: {os.strerror(number)}"
    assert store.open().generation.name == "gen-2"


def test_another_number_of_the_format_is_damage_and_not_another_version(store: EmbeddedStore, tmp_path: Path):
    stamp = tmp_path / "gen-2" / "generation.json"
    stamp.write_bytes(stamp.read_bytes().replace(b'"format": 7', b'"format": 3'))
    with pytest.raises(DamagedIndex, match=r"generation\.json holds other bytes") as damaged:
        store.open()
    assert open_before(store, damaged.value).generation.name == "gen-1"
    assert store.verify("gen-2") == "generation.json holds other bytes"


@pytest.mark.parametrize("content", [b"", b"\0" * 6, b"gen-2\0\0", b"\xff\xfe", b"../gen-2", b"gen-1 gen-2"])
def test_a_file_of_other_bytes_names_no_generation_and_the_newest_is_opened(
    store: EmbeddedStore, tmp_path: Path, content: bytes
):
    (tmp_path / "CURRENT").write_bytes(content)
    assert store.current() is None
    assert store.current_key() == "CURRENT"
    assert store.verify_current() == "it names no generation"
    with pytest.raises(DamagedIndex, match="it names no generation") as damaged:
        store.open()
    assert open_before(store, damaged.value).generation.name == "gen-2"
    # Another index makes it whole.
    write_generation(store, 2)
    assert (store.verify_current(), store.open().generation.name) == ("", "gen-3")


def test_what_a_library_says_of_a_file_names_no_folder_to_the_outside(
    store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(folder: Path, _: int) -> None:
        raise OSError(errno.EMFILE, "Too many open files", str(folder / "prices.npy"))

    monkeypatch.setattr("shangsou.engines.embedded.store.open_row_data", refuse)
    with pytest.raises(DamagedIndex, match=r"prices\.npy") as damaged:
        store.open()
    assert str(tmp_path) not in damaged.value.public
