"""Generations inside Elasticsearch, and writers that die."""

import os
import signal
import subprocess
import sys
import time

import pytest
from elasticsearch import Elasticsearch

from shangsou.engines.elastic import lock
from shangsou.engines.elastic.lock import WriterLock
from shangsou.engines.elastic.store import ElasticStore
from shangsou.engines.engine import GenerationWriter
from shangsou.engines.query import CandidateSet, Filters
from shangsou.errors import IndexBusy, IndexingFailed, RecipeMismatch
from shangsou.product import Product
from tests.engines.catalog import RECIPE, documents, index, page_ids
from tests.fixtures.elastic import TIMEOUT_S, elastic_access

pytestmark = pytest.mark.elastic

THINGS = documents([Product("a", "thing")])


def test_both_aliases_stand_on_the_current_generation(
    elastic_store: ElasticStore, elastic_client: Elasticsearch, name: str
) -> None:
    def aliases() -> dict[str, list[str]]:
        held = elastic_client.indices.get_alias(index=f"{name}-*")
        return {
            index: sorted(set(plain["aliases"]) - {f"{index}-documents"})
            for index, plain in held.items()
            if "lock" not in index
        }

    index(elastic_store, THINGS)
    assert aliases() == {f"{name}-1": [name, f"{name}-write"]}
    index(elastic_store, THINGS)
    assert aliases() == {f"{name}-1": [], f"{name}-2": [name, f"{name}-write"]}
    elastic_store.switch("gen-1")
    assert aliases() == {f"{name}-1": [name, f"{name}-write"], f"{name}-2": []}


def test_a_finished_index_is_one_segment_with_the_settings_for_serving(
    elastic_store: ElasticStore, elastic_client: Elasticsearch, name: str
) -> None:
    with elastic_store.writer(RECIPE, "by hand") as writer:
        for number in range(3):
            writer.add(documents([Product(f"p{number}", "thing")]))
            elastic_client.indices.refresh(index=f"{name}-1")  # makes a segment each
        writer.finish()
    held = elastic_client.indices.get_settings(index=f"{name}-1")[f"{name}-1"]["settings"]["index"]
    assert "refresh_interval" not in held
    assert held["translog"]["durability"] == "request"
    assert held["auto_expand_replicas"] == "0-1"
    segments = elastic_client.cat.segments(index=f"{name}-1", format="json").body
    assert len(segments) == 1


def test_the_source_keeps_the_product_alone(
    elastic_store: ElasticStore, elastic_client: Elasticsearch, name: str
) -> None:
    index(elastic_store, THINGS)
    assert set(elastic_client.get(index=name, id="a")["_source"]) == {"product"}


@pytest.mark.parametrize("change", [{"format": 0}, {"recipe": {"stemmer": 1}}], ids=str)
def test_an_index_of_another_version_is_refused_with_what_to_run(
    elastic_store: ElasticStore, elastic_client: Elasticsearch, name: str, change: dict[str, object]
) -> None:
    index(elastic_store, THINGS)
    meta = elastic_client.indices.get_mapping(index=name)[f"{name}-1"]["mappings"]["_meta"]
    meta |= change
    elastic_client.indices.put_mapping(index=f"{name}-1", meta=meta)
    with pytest.raises(RecipeMismatch, match='run "shangsou merge"'):
        elastic_store.open()


def test_the_next_writer_removes_what_a_killed_one_left(
    elastic_store: ElasticStore,
    elastic_client: Elasticsearch,
    elastic_url: str,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    index(elastic_store, THINGS)
    script = (
        "import sys; from tests.engines.catalog import *;"
        "from shangsou.engines.elastic.store import ElasticStore;"
        "from tests.fixtures.elastic import elastic_access;"
        f"store = ElasticStore(elastic_access({elastic_url!r}, {name!r}));"
        "writer = store.writer(RECIPE, 'killed').__enter__();"
        "writer.add(documents([Product('lost', 'thing')])); print('written', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "written\n"
        with pytest.raises(IndexBusy, match=f"process {writer.pid}"):
            elastic_store.writer(RECIPE, "too early").__enter__()
        os.kill(writer.pid, signal.SIGKILL)
    monkeypatch.setattr(lock, "STALE_AFTER_S", 0.5)
    assert [one.source for one in elastic_store.generations()] == ["by hand"]
    # Not gen-2: the killed one might only have stalled, and come back for its own.
    assert index(elastic_store, THINGS) == "gen-3"
    assert not elastic_client.indices.exists(index=f"{name}-2")


def test_a_stalled_writer_that_comes_back_leaves_the_index_of_its_successor_alone(
    elastic_store: ElasticStore, elastic_client: Elasticsearch, name: str
) -> None:
    index(elastic_store, THINGS)
    with elastic_store.writer(RECIPE, "stalled") as stalled:
        # As if its beats had stopped for long enough to be taken for dead.
        elastic_client.delete(index=f"{name}-lock", id="writer")
        with elastic_store.writer(RECIPE, "successor") as successor:
            assert held_indices(elastic_client, name) == [f"{name}-1", f"{name}-3"]
            successor.add(THINGS)
            # Whichever it meets first: that its index is gone, or that another beats in its place.
            with pytest.raises((IndexingFailed, IndexBusy)):
                add_for(stalled, TIMEOUT_S)
            stalled.__exit__()
            assert held_indices(elastic_client, name) == [f"{name}-1", f"{name}-3"]
            assert successor.finish().name == "gen-3"
    assert [(one.name, one.documents) for one in elastic_store.generations()] == [("gen-3", 1), ("gen-1", 1)]


def test_the_generation_that_was_current_until_a_switch_survives_it(elastic_store: ElasticStore) -> None:
    for _ in range(3):
        index(elastic_store, THINGS)
    elastic_store.switch("gen-1")
    searched = elastic_store.open()
    assert index(elastic_store, THINGS) == "gen-4"
    # Three in all: the new one, the one before it, and the newest of gen-2 and gen-3.
    assert [one.name for one in elastic_store.generations()] == ["gen-4", "gen-3", "gen-1"]
    assert page_ids(searched, CandidateSet(Filters(), match_all=True)) == ["a"]


@pytest.mark.parametrize("recipe", [{"stemmer": 1}, None], ids=str)
def test_a_generation_that_cannot_be_read_is_passed_over_with_a_warning(
    elastic_store: ElasticStore,
    elastic_client: Elasticsearch,
    name: str,
    recipe: object,
    caplog: pytest.LogCaptureFixture,
) -> None:
    index(elastic_store, THINGS)
    index(elastic_store, THINGS)
    meta = elastic_client.indices.get_mapping(index=name)[f"{name}-2"]["mappings"]["_meta"]
    del meta["recipe"]
    if recipe is not None:
        meta["recipe"] = recipe
    elastic_client.indices.put_mapping(index=f"{name}-2", meta=meta)
    assert [one.name for one in elastic_store.generations()] == ["gen-1"]
    assert "gen-2" in caplog.text
    assert elastic_store.current() == "gen-2"
    with pytest.raises(RecipeMismatch, match=r'gen-2 .* run "shangsou merge"'):
        elastic_store.open("gen-2")


def test_a_writer_whose_lock_was_taken_over_changes_nothing_more(
    elastic_store: ElasticStore, elastic_client: Elasticsearch, name: str
) -> None:
    with elastic_store.writer(RECIPE, "by hand") as writer:
        elastic_client.index(index=f"{name}-lock", id="writer", document={"holder": "another", "beats": 0})
        with pytest.raises(IndexBusy, match="took over"):
            add_for(writer, TIMEOUT_S)
    assert held_indices(elastic_client, name) == [f"{name}-1"]
    assert elastic_store.generations() == []
    assert elastic_client.get(index=f"{name}-lock", id="writer")["_source"]["holder"] == "another"


def test_a_beat_whose_answer_was_lost_does_not_lose_the_lock(
    elastic_client: Elasticsearch, elastic_url: str, name: str
) -> None:
    held = WriterLock(elastic_access(elastic_url, name))
    held.acquire()
    assert held._version is not None
    assert held._write(1000, held._version)
    # The same beat again, as a client does that got no answer.
    before = (held._version[0] - 1, held._version[1])
    assert held._write(1001, before)
    held.check()
    held.release()
    assert not elastic_client.exists(index=f"{name}-lock", id="writer")


def held_indices(client: Elasticsearch, name: str) -> list[str]:
    held = client.indices.get(index=f"{name}-*", filter_path="*.aliases")
    return sorted(index for index in held if not index.endswith("-lock"))


def add_for(writer: GenerationWriter, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        writer.add(THINGS)
