"""Generations survive faults of processes and disks."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.engines.query import CandidateSet, Filters, Page
from shangsou.errors import IndexBusy, NoIndex, RecipeMismatch
from shangsou.manifest import write_manifest
from tests.engines.embedded.generations import RECIPE, write_generation

# Writes generation after generation, saying when each is current; the test kills it in between.
WRITE_FOREVER = """
import sys
from pathlib import Path
from shangsou.engines.embedded.store import EmbeddedStore
from tests.engines.embedded.generations import RECIPE, document

store = EmbeddedStore(Path(sys.argv[1]))
while True:
    with store.writer(RECIPE, "test") as writer:
        print("writing", flush=True)
        writer.add([document(number) for number in range(300)])
        store.switch(writer.finish().name)
    print("switched", flush=True)
"""


def total(store: EmbeddedStore) -> int:
    return store.open().fetch_page(CandidateSet(Filters(), match_all=True), Page("relevance", 0, 1), []).total


@pytest.mark.parametrize("after", [0.0, 0.01, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3])
def test_killed_at_any_point_the_index_is_whole_and_can_be_written_again(
    tmp_path: Path, after: float
) -> None:
    store = EmbeddedStore(tmp_path)
    write_generation(store, 2)
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITE_FOREVER, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path.cwd(),
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "writing\n"
    try:
        writer.wait(timeout=after)
    except subprocess.TimeoutExpired:
        os.kill(writer.pid, signal.SIGKILL)
    assert writer.wait() == -signal.SIGKILL
    writer.stdout.close()

    assert total(store) in (2, 300)
    assert all(generation.documents in (2, 300) for generation in store.generations())
    name = write_generation(store, 3)
    assert (store.current(), total(store)) == (name, 3)
    assert not list(tmp_path.glob("building-*"))


def test_a_full_disk_while_writing_leaves_the_old_generation_and_no_rubbish(tmp_path: Path) -> None:
    # RLIMIT_FSIZE makes the kernel refuse the write, as a full disk does, wherever the test runs.
    script = """
import resource, signal, sys
from pathlib import Path
from shangsou.engines.embedded.store import EmbeddedStore
from tests.engines.embedded.generations import write_generation
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = EmbeddedStore(Path(sys.argv[1]))
write_generation(store, 2)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    write_generation(store, 5000)
except OSError as problem:
    print(problem.errno)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path.cwd(),
    )
    assert int(done.stdout) > 0
    assert total(EmbeddedStore(tmp_path)) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["CURRENT", "LOCK", "gen-1"]


def test_a_second_writer_is_refused_while_the_first_is_at_work(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    with store.writer(RECIPE, "test"), pytest.raises(IndexBusy, match="another indexer is at work"):
        store.writer(RECIPE, "test").__enter__()
    assert write_generation(store, 1) == "gen-1"


def test_three_generations_are_kept_and_an_old_one_can_be_made_current_again(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    for documents in (1, 2, 3, 4):
        write_generation(store, documents)
    assert [generation.name for generation in store.generations()] == ["gen-4", "gen-3", "gen-2"]
    store.switch("gen-2")
    assert [generation.name for generation in store.generations() if generation.current] == ["gen-2"]
    assert total(store) == 2


def test_an_open_generation_is_searched_on_after_it_was_removed(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    write_generation(store, 1)
    engine = store.open()
    for documents in (2, 3, 4, 5):
        write_generation(store, documents)
    assert not (tmp_path / "gen-1").exists()
    assert [product.product_id for product in engine.products(["p0"])] == ["p0"]


def test_no_index_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(NoIndex, match='run "shangsou index FILE"'):
        EmbeddedStore(tmp_path / "nowhere").open()


@pytest.mark.parametrize(("written", "found"), [('"analyser"', '"stemmer"'), ('"format": 7', '"format": 0')])
def test_a_generation_of_another_version_is_refused_in_words(
    tmp_path: Path, written: str, found: str
) -> None:
    store = EmbeddedStore(tmp_path)
    write_generation(store, 1)
    stamp = tmp_path / "gen-1" / "generation.json"
    assert written in stamp.read_text("utf-8")
    stamp.write_text(stamp.read_text("utf-8").replace(written, found), "utf-8")
    write_manifest(stamp.parent)
    with pytest.raises(RecipeMismatch, match='another version of shangsou; run "shangsou merge"'):
        store.open()


def test_a_damaged_generation_hides_none_of_the_others(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    write_generation(store, 1)
    write_generation(store, 2)
    (tmp_path / "gen-1" / "generation.json").unlink()
    assert [generation.name for generation in store.generations()] == ["gen-2"]
    assert write_generation(store, 3) == "gen-3"


def test_the_generation_that_was_searched_until_now_outlives_the_switch(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    for documents in (1, 2, 3):
        write_generation(store, documents)
    store.switch("gen-1")
    write_generation(store, 4)
    assert [generation.name for generation in store.generations()] == ["gen-4", "gen-3", "gen-1"]
