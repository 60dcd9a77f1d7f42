"""Processes of a test run share one server; its start and stop are those of `running_elasticsearch`."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Client

import pytest

from tests.servers import on_request
from tests.servers.elasticsearch import NoServer
from tests.servers.on_request import ElasticsearchOnRequest, shared_elasticsearch


@dataclass
class Servers:
    """Stands in for servers and notes what becomes of them."""

    problem: Exception | None = None
    history: list[str] = field(default_factory=list)
    url: str = "http://127.0.0.1:1"

    @contextmanager
    def running(self, *, for_tests: bool) -> Iterator["Servers"]:
        self.history.append("asked for")
        if self.problem is not None:
            raise self.problem
        yield self
        self.history.append("stopped")


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Servers:
    servers = Servers()
    monkeypatch.setattr(on_request, "running_elasticsearch", servers.running)
    return servers


@pytest.fixture
def shared(servers: Servers) -> Iterator[ElasticsearchOnRequest]:
    shared = ElasticsearchOnRequest()
    yield shared
    if shared._thread.is_alive():
        shared.stop()


def test_all_who_ask_get_one_server_and_it_goes_at_the_end(
    servers: Servers, shared: ElasticsearchOnRequest
) -> None:
    program = (
        "import sys; from tests.servers.on_request import shared_elasticsearch\n"
        "print(shared_elasticsearch(sys.argv[1]))"
    )
    asked = [sys.executable, "-c", program, shared.address]
    assert subprocess.check_output(asked, text=True) == f"{servers.url}\n"
    assert shared_elasticsearch(shared.address) == servers.url
    assert servers.history == ["asked for"]
    shared.stop()
    assert servers.history == ["asked for", "stopped"]


def test_without_anybody_who_asks_none_is_started(servers: Servers, shared: ElasticsearchOnRequest) -> None:
    shared.stop()
    assert servers.history == []


@pytest.mark.parametrize(
    ("problem", "error"),
    [
        pytest.param(NoServer("no java on PATH"), NoServer, id="none on this machine"),
        pytest.param(OSError(28, "No space left"), RuntimeError, id="one that does not start"),
        pytest.param(ValueError(threading.Lock()), RuntimeError, id="what no process can send"),
    ],
)
def test_all_who_ask_learn_why_there_is_none(
    servers: Servers, shared: ElasticsearchOnRequest, problem: Exception, error: type[Exception]
) -> None:
    servers.problem = problem
    for _ in range(2):
        with pytest.raises(error, match=re.escape(str(problem))):
            shared_elasticsearch(shared.address)
    assert servers.history == ["asked for"]


def test_who_asks_when_it_has_stopped_is_refused(shared: ElasticsearchOnRequest) -> None:
    shared.stop()
    with pytest.raises(OSError, match=r"No such file|Connection refused"):
        shared_elasticsearch(shared.address)


def test_one_that_ends_while_it_asks_leaves_it_to_the_others(
    servers: Servers, shared: ElasticsearchOnRequest
) -> None:
    Client(shared.address).close()
    assert shared_elasticsearch(shared.address) == servers.url
