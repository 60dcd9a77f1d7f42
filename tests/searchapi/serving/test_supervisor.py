"""A server that a fault of the machine ends is started again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest

from searchapi.serving.server import DRAIN_TIMEOUT_S, SAME_STOP_S
from shangsou.product import Product
from tests.fixtures.indexer import IndexerHome
from tests.fixtures.searchapi import ServerProcess, ask, running, running_program, wait_until


def serving(home: Path) -> AbstractContextManager[ServerProcess]:
    """Serve a home folder with an encoder that needs no weights."""
    module = "tests.searchapi.serving.hash_server"
    return running_program(
        "serve", "--port", "0", home=home, module=module, model="hash-encoder", workers="1"
    )


@pytest.fixture
def server(default_hangup: None, tmp_path: Path) -> Iterator[ServerProcess]:
    with serving(tmp_path) as program:
        yield program


def children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def refuses(server: ServerProcess) -> bool:
    with closing(server.connect()) as connection:
        try:
            connection.connect()
        except ConnectionRefusedError:
            return True
        return False


def lives(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


@pytest.mark.parametrize("number", [signal.SIGBUS, signal.SIGSEGV, signal.SIGKILL])
def test_one_that_is_ended_by_a_signal_answers_again_at_the_same_address(
    server: ServerProcess, number: signal.Signals
):
    (child,) = children(server.process.pid)
    os.kill(child, number)
    # Who asks meanwhile waits.
    assert server.ask("/healthz").status == 200
    assert children(server.process.pid) != [child]
    server.signal(signal.SIGTERM)
    assert server.wait() == 0
    assert f"the server was ended by {number.name}; it is started again" in server.stderr()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_that_stops_it_reaches_the_server_which_ends_in_order(
    server: ServerProcess, number: signal.Signals
):
    (child,) = children(server.process.pid)
    with closing(server.connect()) as kept_open:
        assert ask(kept_open, "/healthz").status == 200
        # Half a request, for which a stop waits.
        kept_open.sock.send(b"GET /healthz HTTP/1.1\r\n")
        server.signal(number)
        wait_until(lambda: refuses(server), "new connections are refused")
        assert lives(child)
        kept_open.sock.send(b"Host: localhost\r\n\r\n")
        assert kept_open.sock.recv(12) == b"HTTP/1.1 200"
    assert server.wait() == 0
    assert not lives(child)
    assert "started again" not in server.stderr()


def test_a_signal_to_all_processes_at_once_is_one_stop(server: ServerProcess):
    # As systemd does where a service has the KillMode that is its default.
    (child,) = children(server.process.pid)
    with closing(server.connect()) as kept_open:
        assert ask(kept_open, "/healthz").status == 200
        kept_open.sock.send(b"GET /healthz HTTP/1.1\r\n")
        os.kill(child, signal.SIGTERM)
        server.signal(signal.SIGTERM)
        wait_until(lambda: refuses(server), "new connections are refused")
        time.sleep(1.2 * SAME_STOP_S)
        kept_open.sock.send(b"Host: localhost\r\n\r\n")
        assert kept_open.sock.recv(12) == b"HTTP/1.1 200"
    assert server.wait() == 0


def test_a_second_signal_ends_it_at_once(server: ServerProcess):
    with closing(server.connect()) as kept_open:
        assert ask(kept_open, "/healthz").status == 200
        kept_open.sock.send(b"GET /healthz HTTP/1.1\r\n")
        server.signal(signal.SIGINT)
        wait_until(lambda: refuses(server), "new connections are refused")
        time.sleep(1.2 * SAME_STOP_S)
        begun = time.monotonic()
        server.signal(signal.SIGINT)
        assert server.wait() == 1
        assert time.monotonic() - begun < DRAIN_TIMEOUT_S / 2


def test_one_that_is_ended_while_it_stops_is_not_started_again(server: ServerProcess):
    (child,) = children(server.process.pid)
    with closing(server.connect()) as kept_open:
        assert ask(kept_open, "/healthz").status == 200
        kept_open.sock.send(b"GET /healthz HTTP/1.1\r\n")
        server.signal(signal.SIGTERM)
        wait_until(lambda: refuses(server), "new connections are refused")
        os.kill(child, signal.SIGKILL)
        assert server.wait() == 1
    assert "started again" not in server.stderr()


def test_a_stop_before_it_is_started_again_ends_it(server: ServerProcess):
    (child,) = children(server.process.pid)
    os.kill(child, signal.SIGKILL)
    wait_until(lambda: "started again" in server.stderr(), "the server has ended")
    server.signal(signal.SIGTERM)
    assert server.wait() == 0
    assert "Traceback" not in server.stderr()


def test_a_stop_while_it_is_started_again_ends_it(server: ServerProcess):
    (child,) = children(server.process.pid)
    os.kill(child, signal.SIGKILL)
    wait_until(lambda: children(server.process.pid) not in ([], [child]), "another process is there")
    server.signal(signal.SIGTERM)
    server.wait()
    assert "Traceback" not in server.stderr()


def test_it_is_started_again_where_its_log_can_take_no_more(default_hangup: None, tmp_path: Path):
    program = [sys.executable, "-m", "tests.searchapi.serving.hash_server", "serve", "--port", "0"]
    settings = {"SHANGSOU_HOME": str(tmp_path), "SHANGSOU_MODEL": "hash-encoder", "SHANGSOU_WORKERS": "1"}
    with running(["sh", "-c", 'exec 2>/dev/full; exec "$@"', "sh", *program], settings) as server:
        (child,) = children(server.process.pid)
        os.kill(child, signal.SIGKILL)
        assert server.ask("/healthz").status == 200
        assert children(server.process.pid) != [child]


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_it_has_no_threads_yet_where_it_forks(command: str, tmp_path: Path):
    script = f"""
import os, sys
from searchapi.serving import supervisor
from shangsou.cli import main

def supervise():
    print(len(os.listdir("/proc/self/task")), "numpy" in sys.modules)
    sys.exit()

supervisor.supervise = supervise
sys.argv = ["shangsou", {command!r}, "--port", "0"]
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "SHANGSOU_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "1 False\n"


def test_killed_it_takes_the_server_along(server: ServerProcess):
    (child,) = children(server.process.pid)
    server.process.kill()
    wait_until(lambda: not lives(child), "the server has ended")


def test_a_file_cut_off_in_place_ends_no_service_the_generation_before_answers(tmp_path: Path):
    home = IndexerHome(tmp_path)
    home.index_directly(*(Product(str(number), f"雨伞 {number}") for number in range(3)))
    home.index_directly(*(Product(str(number), f"雨伞 {number}") for number in range(2_000)))
    with serving(tmp_path) as program:
        program.wait_until_ready()
        for name in ("products.jsonl", "prices.npy", "column.sales.npy", "impacts.npy"):
            os.truncate(tmp_path / "index" / "gen-2" / name, 128)

        def answers() -> bool:
            try:
                return b'"total":3,' in program.ask("/v1/search?q=%E9%9B%A8%E4%BC%9E&mode=lexical").body
            except OSError:
                return False  # the connection of the process that was ended

        wait_until(answers, "the generation before is searched")
        assert b"gen-2 is damaged" in program.ask("/readyz").body
