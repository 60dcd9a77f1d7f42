"""The server process: what it binds, what it logs, how it stops."""

import signal
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPException
from pathlib import Path

import pytest
from click.testing import CliRunner

from searchapi.addresses import PortBusy, open_socket
from searchapi.commands.serve import serve
from shangsou.errors import UnusableInput
from tests.fixtures.searchapi import ServerProcess, ask, running_stub_server, wait_until


@pytest.fixture
def server(default_hangup: None, tmp_path: Path) -> Iterator[ServerProcess]:
    """A server whose search for 慢 ends when the file `release` appears."""
    with running_stub_server(tmp_path) as started:
        yield started


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stop_finishes_what_is_in_flight_and_refuses_the_rest(
    server: ServerProcess, tmp_path: Path, number: int
):
    with closing(server.connect()) as kept_open, ThreadPoolExecutor(1) as pool:
        assert ask(kept_open, "/readyz").status == 200
        slow = pool.submit(server.ask, "/v1/search", {"query": "慢"})
        wait_until((tmp_path / "begun").exists, "the search has begun")
        server.signal(number)
        waiting = threading.Event()
        # New connections are refused as soon as the signal has been seen.
        for _ in range(1000):
            with closing(server.connect()) as late:
                try:
                    late.connect()
                except (ConnectionRefusedError, ConnectionResetError):
                    break  # the second: it was in the queue when the socket was closed
            waiting.wait(0.01)
        else:
            pytest.fail("it still takes connections")
        # Who is connected learns that it is not ready, and that the connection ends.
        not_ready = ask(kept_open, "/readyz")
        assert not_ready.status == 503
        assert not_ready.json() == {"missing": ["the server is stopping"], "warnings": []}
        assert not_ready.headers["Connection"] == "close"
        assert not slow.done()
        (tmp_path / "release").touch()
        assert slow.result().status == 200
        assert slow.result().json()["total"] == 1
    assert server.wait() == 0


def test_a_stop_without_requests_is_clean_and_quiet(server: ServerProcess):
    assert server.ask("/v1/search?q=a").status == 200
    server.signal(signal.SIGTERM)
    assert server.wait() == 0
    assert [line for line in server.stderr().splitlines() if '"status":200' not in line] == []


def test_a_chunked_body_over_one_megabyte_is_a_413(shared_server: ServerProcess):
    connection = shared_server.connect()
    chunks = iter([b'{"query": "', b"a" * 1024 * 1024, b'"}'])
    connection.request(
        "POST", "/v1/search", chunks, {"Content-Type": "application/json"}, encode_chunked=True
    )
    answer = connection.getresponse()
    assert answer.status == 413
    assert answer.headers["Content-Type"] == "application/problem+json"
    connection.close()


def test_requests_through_a_proxy_on_this_machine_speak_for_no_user(shared_server: ServerProcess):
    answer = shared_server.ask("/v1/search?q=a&user_id=u1", headers={"X-Forwarded-For": "192.0.2.7"})
    degraded = answer.json()["degraded"]
    assert isinstance(degraded, list)
    assert len(degraded) == 1


def test_garbage_on_the_socket_disturbs_nobody(shared_server: ServerProcess):
    with socket.create_connection((shared_server.host, shared_server.port)) as connection:
        connection.sendall(b"\x16\x03\x01\x02\x00\x01\xff\r\n\r\n")
        connection.recv(1000)
    # More than headers may hold: answered or cut off, as waitress likes.
    with suppress(HTTPException, ConnectionError):
        shared_server.ask("/v1/search?q=" + "%00" * 100_000)
    assert shared_server.ask("/healthz").status == 200


def test_without_a_key_only_loopback_is_served():
    result = CliRunner().invoke(serve, ["--host", "0.0.0.0", "--port", "0"])
    assert isinstance(result.exception, UnusableInput)
    assert result.exception.exit_code == 2
    assert "SHANGSOU_ADMIN_KEY" in str(result.exception)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_needs_no_key(host: str):
    with open_socket(host, 0, has_keys=False) as bound:
        assert bound.getsockname()[0] == "127.0.0.1"


def test_with_a_key_every_address_can_be_served():
    with open_socket("0.0.0.0", 0, has_keys=True) as bound:
        assert bound.getsockname()[0] == "0.0.0.0"


def test_a_busy_port_is_named():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortBusy, match=f"port {port} of 127.0.0.1 is in use") as raised:
            open_socket("127.0.0.1", port, has_keys=False)
        assert raised.value.exit_code == 1


def test_a_host_that_is_none_is_named():
    with pytest.raises(UnusableInput, match=r"not-an-address\.invalid"):
        open_socket("not-an-address.invalid", 80, has_keys=True)
