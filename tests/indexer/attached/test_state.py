"""The state of an attached index between two passes."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.attached.state import AttachedState, Choices, attaching, read_state, state_path, write_state
from shangsou.errors import IndexBusy, IndexingFailed, UnusableInput

STATE = AttachedState(
    source="http://es:9200",
    index="goods",
    choices=Choices({"title": "goods.name"}, "updated_at", None, "CNY"),
    indices={"goods-1": "uuid"},
    last=1_796_032_800_000,
    without=2,
    names=("goods.name", "_id"),
    fields=("brand",),
    identity=("sku", "product_id"),
    complete_one_another=False,
    read_at=1_796_032_801.5,
    full_at=1_796_000_000.0,
)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = state_path(tmp_path, "http://es:9200", "goods")
    assert read_state(path) is None
    write_state(path, STATE)
    assert read_state(path) == STATE
    write_state(path, replace(STATE, last=None))
    assert read_state(path) == replace(STATE, last=None)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_each_index_of_each_server_has_a_file_of_its_own(tmp_path: Path) -> None:
    pairs = [("http://a:9200", "goods"), ("http://b:9200", "goods"), ("http://a:9200", "goods,more")]
    paths = {state_path(tmp_path, *pair) for pair in [*pairs, ("http://a:9200", "../goods*")]}
    assert len(paths) == 4
    assert {path.parent for path in paths} == {tmp_path / "attached"}


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": 9}', '{"format": 1, "last": 3}', "\udcff"])
def test_a_damaged_file_is_named_with_the_way_out(tmp_path: Path, content: str) -> None:
    path = state_path(tmp_path, "http://es:9200", "goods")
    path.parent.mkdir()
    path.write_text(content, "utf-8", "surrogateescape")
    with pytest.raises(UnusableInput, match=re.escape(str(path))) as raised:
        read_state(path)
    assert "remove it, and all documents are read again" in str(raised.value)


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "attached").write_text("in the way")
    path = state_path(tmp_path, "http://es:9200", "goods")
    with pytest.raises(IndexingFailed, match="is read again the next time"):
        write_state(path, STATE)
    with pytest.raises(UnusableInput, match="cannot be written"), attaching(tmp_path):
        pytest.fail("a lock in a file")


def test_one_process_at_a_time_attaches(tmp_path: Path) -> None:
    with attaching(tmp_path), pytest.raises(IndexBusy, match="at work"), attaching(tmp_path):
        pytest.fail("two at once")
    with attaching(tmp_path):
        pass
