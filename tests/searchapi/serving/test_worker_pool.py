"""Searches in worker processes."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from searchapi.serving import worker_pool
from searchapi.serving.worker_pool import WorkerPool, worker_count
from shangsou.background import start_process
from shangsou.errors import NoIndex
from shangsou.search.request import SearchRequest
from shangsou.settings import Settings
from tests.fixtures.searchapi import StubSearcher, wait_until

COMMAND = (sys.executable, "-m", "tests.searchapi.serving.stub_worker")
HERE = "query-1"  # what the searcher in this process answers with


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()


@pytest.fixture
def pool(settings: Settings, stub_searcher: StubSearcher) -> Iterator[WorkerPool]:
    settings.home.mkdir()
    opened = WorkerPool(stub_searcher, settings, 1, COMMAND)
    wait_until(lambda: opened.ready_workers() == 1, "a worker is ready")
    yield opened
    (settings.home / "release").touch()
    opened.close()


@pytest.fixture(scope="module")
def module_pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerPool]:
    """A pool for every test that neither ends its worker nor holds a search."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    opened = WorkerPool(StubSearcher(), settings, 1, COMMAND)
    wait_until(lambda: opened.ready_workers() == 1, "a worker is ready")
    yield opened
    opened.close()


@pytest.fixture
def shared_pool(
    module_pool: WorkerPool, stub_searcher: StubSearcher, monkeypatch: pytest.MonkeyPatch
) -> WorkerPool:
    """The pool of this module, with the test's own searcher in this process."""
    monkeypatch.setattr(module_pool, "_searcher", stub_searcher)
    return module_pool


def who_answers(pool: WorkerPool, query: str = "裙") -> str:
    return pool.search(SearchRequest(query)).query_id


def worker_pid(pool: WorkerPool) -> int:
    return int(who_answers(pool).removeprefix("worker "))


def test_a_search_is_answered_in_another_process(shared_pool: WorkerPool, stub_searcher: StubSearcher):
    assert worker_pid(shared_pool) != os.getpid()
    assert stub_searcher.search_requests == []


def test_what_is_no_search_is_answered_here(shared_pool: WorkerPool, stub_searcher: StubSearcher):
    stub_searcher.missing_parts.append("the weights")
    assert shared_pool.missing() == ["the weights"]
    assert shared_pool.product("dress-red") is not None
    assert shared_pool.generation() == stub_searcher.generation()


def test_searches_are_answered_here_until_a_worker_is_ready(settings: Settings, stub_searcher: StubSearcher):
    # A command that never says that it is ready.
    waiting = WorkerPool(stub_searcher, settings, 1, (sys.executable, "-c", "import time; time.sleep(600)"))
    assert who_answers(waiting) == HERE
    waiting.close()


@pytest.mark.parametrize("command", [(sys.executable, "-c", ""), ("/nowhere/python",)])
def test_a_command_that_ends_at_once_or_is_not_there_leaves_searches_here(
    settings: Settings,
    stub_searcher: StubSearcher,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
):
    monkeypatch.setattr(worker_pool, "RESTART_DELAY_S", 0.01)
    broken = WorkerPool(stub_searcher, settings, 2, command)
    assert who_answers(broken) == HERE
    broken.close()


def test_a_search_that_fails_in_a_worker_is_tried_here(shared_pool: WorkerPool, stub_searcher: StubSearcher):
    assert who_answers(shared_pool, "错") == HERE
    assert worker_pid(shared_pool)
    stub_searcher.error = NoIndex("no index")
    with pytest.raises(NoIndex):
        shared_pool.search(SearchRequest("错"))


def test_a_worker_killed_during_a_search_costs_no_answer_and_is_replaced(
    pool: WorkerPool, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(worker_pool, "RESTART_DELAY_S", 0.01)
    first = worker_pid(pool)
    answers: list[str] = []
    searching = threading.Thread(target=lambda: answers.append(who_answers(pool, "慢")))
    searching.start()
    wait_until((settings.home / "begun").exists, "the search has begun")
    os.kill(first, signal.SIGKILL)
    searching.join()
    assert answers == [HERE]
    wait_until(lambda: who_answers(pool) not in (HERE, f"worker {first}"), "another worker answers")


def test_a_worker_killed_while_idle_costs_no_answer(pool: WorkerPool):
    first = worker_pid(pool)
    os.kill(first, signal.SIGKILL)
    assert who_answers(pool) != f"worker {first}"


def test_a_worker_that_is_stuck_is_ended_and_replaced(pool: WorkerPool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(worker_pool, "RESTART_DELAY_S", 0.01)
    monkeypatch.setattr(worker_pool, "RESPONSE_TIMEOUT_S", 0.5)
    first = worker_pid(pool)
    assert who_answers(pool, "停") == HERE
    wait_until(lambda: not lives(first), "the worker has ended")
    wait_until(lambda: who_answers(pool) not in (HERE, f"worker {first}"), "another worker answers")


def test_signals_to_the_whole_group_do_not_end_a_worker(shared_pool: WorkerPool):
    pid = worker_pid(shared_pool)
    os.kill(pid, signal.SIGTERM)
    os.kill(pid, signal.SIGINT)
    assert worker_pid(shared_pool) == pid


def test_workers_end_with_the_pool(settings: Settings, stub_searcher: StubSearcher):
    settings.home.mkdir()
    opened = WorkerPool(stub_searcher, settings, 1, COMMAND)
    wait_until(lambda: opened.ready_workers() == 1, "a worker is ready")
    pid = worker_pid(opened)
    opened.close()
    assert not lives(pid)


def test_workers_end_when_the_server_is_killed(tmp_path: Path):
    program = """
import sys, time
from pathlib import Path
from searchapi.serving.worker_pool import WorkerPool
from shangsou.search.request import SearchRequest
from shangsou.settings import Settings
from tests.fixtures.searchapi import StubSearcher
from tests.searchapi.serving.test_worker_pool import COMMAND
pool = WorkerPool(StubSearcher(), Settings(home=Path(sys.argv[1])), 1, COMMAND)
while not pool.ready_workers():
    time.sleep(0.02)
print(pool.search(SearchRequest("裙")).query_id, flush=True)
time.sleep(600)
"""
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        pid = int(server.stdout.readline().removeprefix("worker "))
        assert lives(pid)
        server.kill()
    wait_until(lambda: not lives(pid), "the worker has ended")


def test_a_worker_whose_server_is_gone_before_it_is_sent_anything_ends_without_a_word(
    capfd: pytest.CaptureFixture[str],
):
    process, connection = start_process(COMMAND)
    connection.close()
    assert process.wait() == 0
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("settings", "cores", "count"),
    [
        (Settings(), 1, 0),
        (Settings(), 2, 2),
        (Settings(), 64, 4),
        (Settings(workers=0), 2, 0),
        (Settings(workers=6), 2, 6),
        # A search through Elasticsearch waits for it: threads are enough.
        (Settings(engine="elastic"), 8, 0),
        (Settings(engine="elastic", workers=2), 8, 0),
    ],
)
def test_there_is_a_worker_a_core_up_to_four(
    settings: Settings, cores: int, count: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(worker_pool, "usable_cores", lambda: cores)
    assert worker_count(settings) == count
