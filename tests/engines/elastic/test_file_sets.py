"""Sets of files in Elasticsearch: all of a version or nothing, and one writer of two."""

from collections.abc import Iterator

import pytest
from elasticsearch import Elasticsearch

from shangsou.engines.elastic import file_sets
from shangsou.engines.elastic.file_sets import FileSet, FileSets, digest_of
from shangsou.errors import EngineUnavailable
from tests.fixtures.elastic import elastic_access

pytestmark = pytest.mark.elastic


@pytest.fixture
def sets(elastic_url: str, name: str) -> Iterator[FileSets]:
    sets = FileSets(elastic_access(elastic_url, name))
    yield sets
    sets.close()


def write(sets: FileSets, files: dict[str, bytes], replaces: FileSet | None = None) -> FileSet | None:
    digests = {path: digest_of(content) for path, content in files.items()}
    return sets.write("home", digests, files.__getitem__, replaces)


def read(sets: FileSets) -> dict[str, bytes]:
    found = sets.read("home")
    return {path: sets.content(digest) for path, digest in found.digests.items()} if found else {}


def test_a_set_is_read_as_it_was_written_in_its_order(sets: FileSets, monkeypatch: pytest.MonkeyPatch):
    # Of 4 parts: 10 different bytes stay 10 when they are compressed, with 11 around them.
    monkeypatch.setattr(file_sets, "_PART_BYTES", 6)
    files = {"z": b"0123456789", "a": "同义词".encode(), "empty": b""}
    assert sets.read("home") is None
    write(sets, files)
    assert list(read(sets).items()) == list(files.items())


def test_of_two_writers_that_replace_the_same_one_is_refused(sets: FileSets):
    first = write(sets, {"a": b"1"})
    assert write(sets, {"a": b"2"}, first) is not None
    assert write(sets, {"a": b"3"}, first) is None
    assert write(sets, {"a": b"4"}, None) is None
    assert read(sets) == {"a": b"2"}


def test_contents_that_no_set_has_are_removed_once_they_are_old(
    sets: FileSets, monkeypatch: pytest.MonkeyPatch
):
    first = write(sets, {"a": b"old", "b": b"kept"})
    write(sets, {"b": b"kept"}, first)
    sets.remove_unused(lambda _: True)
    assert sets.content(digest_of(b"old")) == b"old"
    monkeypatch.setattr(file_sets, "_UNUSED_S", -1.0)
    sets.remove_unused(lambda _: True)
    with pytest.raises(EngineUnavailable, match="is missing"):
        sets.content(digest_of(b"old"))
    assert read(sets) == {"b": b"kept"}


def test_sets_that_are_not_kept_are_removed(sets: FileSets):
    write(sets, {"a": b"1"})
    sets.remove_unused(lambda name: name != "home")
    assert sets.read("home") is None


def test_a_damaged_content_is_not_returned(sets: FileSets, elastic_client: Elasticsearch, name: str):
    write(sets, {"a": b"right"})
    write_other = {"a": b"wrong"}
    first = sets.read("home")
    write(sets, write_other, first)
    right, wrong = (f"part:{digest_of(content)}:0" for content in (b"right", b"wrong"))
    other = elastic_client.get(index=f"{name}-files", id=wrong)["_source"]
    elastic_client.index(index=f"{name}-files", id=right, document=other)
    with pytest.raises(EngineUnavailable, match="is damaged"):
        sets.content(digest_of(b"right"))


def test_a_set_whose_index_was_deleted_meanwhile_is_as_one_that_another_wrote(
    sets: FileSets, elastic_client: Elasticsearch, name: str
):
    first = write(sets, {"a": b"1"})
    elastic_client.indices.delete(index=f"{name}-files-1")
    # Another content, so that it is stored too: neither may make the index again without our mappings.
    assert write(sets, {"a": b"2"}, first) is None
    assert write(sets, {"a": b"2"}) is not None
    assert read(sets) == {"a": b"2"}


def test_a_file_that_changes_while_it_is_written_makes_no_set(sets: FileSets):
    assert sets.write("home", {"a": digest_of(b"as it was")}, lambda _: b"as it is now", None) is None
    assert sets.read("home") is None
