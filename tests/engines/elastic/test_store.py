"""What the generations look like inside Elasticsearch, and writers that die."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from elasticsearch import Elasticsearch

from shangsou.engines.elastic import lock
from shangsou.engines.elastic.lock import WriterLock
from shangsou.engines.elastic.store import ElasticStore
from shangsou.engines.engine import GenerationWriter
from shangsou.errors import IndexBusy, RecipeMismatch
from shangsou.product import Product
from tests.engines.catalog import RECIPE, documents, index
from tests.fixtures.elastic import TIMEOUT_S

pytestmark = pytest.mark.elastic

THINGS = documents([Product("a", "thing")])


@pytest.fixture
def name(elastic_name: Callable[[], str]) -> str:
    return elastic_name()


@pytest.fixture
def elastic_store(elastic_url: str, name: str) -> Iterator[ElasticStore]:
    store = ElasticStore(elastic_url, name, TIMEOUT_S)
    yield store
    store.close()


def test_both_aliases_stand_on_the_current_generation(
    elastic_store: ElasticStore, elastic_client: Elasticsearch, name: str
) -> None:
    def aliases() -> dict[str, list[str]]:
        held = elastic_client.indices.get_alias(index=f"{name}-*")
        return {index: sorted(plain["aliases"]) for index, plain in held.items() if "lock" not in index}

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
    with pytest.raises(RecipeMismatch, match='run "shangsou index"'):
        elastic_store.open()


def test_the_next_writer_removes_what_a_killed_one_left(
    elastic_store: ElasticStore, elastic_url: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    index(elastic_store, THINGS)
    script = (
        "import sys; from tests.engines.catalog import *;"
        "from shangsou.engines.elastic.store import ElasticStore;"
        f"store = ElasticStore({elastic_url!r}, {name!r}, 30);"
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
    assert index(elastic_store, THINGS) == "gen-2"


def test_a_writer_whose_lock_was_taken_over_changes_nothing_more(
    elastic_store: ElasticStore, elastic_client: Elasticsearch, name: str
) -> None:
    with elastic_store.writer(RECIPE, "by hand") as writer:
        elastic_client.index(index=f"{name}-lock", id="writer", document={"holder": "another", "beats": 0})
        with pytest.raises(IndexBusy, match="took over"):
            add_for(writer, TIMEOUT_S)
    assert elastic_store.generations() == []
    assert elastic_client.get(index=f"{name}-lock", id="writer")["_source"]["holder"] == "another"


def test_a_beat_whose_answer_was_lost_does_not_lose_the_lock(
    elastic_client: Elasticsearch, elastic_url: str, name: str
) -> None:
    held = WriterLock(elastic_client, elastic_url, name)
    held.take()
    assert held._seen is not None
    assert held._write(1000, held._seen)
    # The same beat again, as a client does that got no answer.
    before = (held._seen[0] - 1, held._seen[1])
    assert held._write(1001, before)
    held.check()
    held.release()
    assert not elastic_client.exists(index=f"{name}-lock", id="writer")


def add_for(writer: GenerationWriter, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        writer.add(THINGS)
