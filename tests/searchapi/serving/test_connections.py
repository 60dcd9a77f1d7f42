"""The server under hostile clients: it stays reachable, and stops when asked to."""

import json
import resource
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.fixtures.searchapi import ServerProcess, ask, running_stub_server, wait_until

# More than a process may open unless it asks for more, on most systems.
MANY = 1_100


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    """Let this process hold as many connections as a test opens."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4 * MANY), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def connect(server: ServerProcess, sent: bytes = b"") -> socket.socket:
    connection = socket.create_connection((server.host, server.port), timeout=30)
    if sent:
        connection.sendall(sent)
    return connection


def is_closed(connection: socket.socket) -> bool:
    """Wait until the other end has closed, whatever it sends before; a timeout raises."""
    with suppress(ConnectionError):
        while connection.recv(1 << 16):
            continue
    return True


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET /healthz HT", b"POST /v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"],
    ids=["silent", "half a head", "half a body"],
)
@pytest.mark.usefixtures("many_descriptors")
def test_idle_connections_by_the_thousand_keep_nobody_out(tmp_path: Path, sent: bytes) -> None:
    with running_stub_server(tmp_path, shell="ulimit -Sn 1024") as server, ExitStack() as held:
        for _ in range(MANY):
            held.enter_context(connect(server, sent))
        assert server.ask("/healthz").status == 200
        server.signal(signal.SIGTERM)
        server.wait()
        # Not a line for each connection that goes.
        assert len([line for line in server.stderr().splitlines() if '"status":200' not in line]) < 10


def test_of_one_address_the_connection_goes_that_was_idle_longest(tmp_path: Path) -> None:
    with (
        running_stub_server(tmp_path, "MAX_CONNECTIONS_OF_ADDRESS=3") as server,
        closing(server.connect()) as busy,
    ):
        busy.request("GET", f"/v1/search?q={quote('慢')}")
        wait_until((tmp_path / "begun").exists, "the search has begun")
        with connect(server) as oldest, connect(server) as newer:
            assert server.ask("/healthz").status == 200  # for it the oldest had to go, not the busy one
            assert is_closed(oldest)
            newer.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            assert newer.recv(12) == b"HTTP/1.0 200"
        (tmp_path / "release").touch()
        assert busy.getresponse().status == 200


@pytest.fixture(scope="module")
def impatient_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server that closes what was idle for 1.5 s."""
    folder = tmp_path_factory.mktemp("impatient-server")
    with running_stub_server(folder, "IDLE_S=1.5", "_MAINTENANCE_S=0.1") as server:
        yield server


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET /healthz HTTP/1.1\r\n", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    ids=["silent", "half a head", "kept open"],
)
def test_a_connection_on_which_nothing_happens_is_closed(
    impatient_server: ServerProcess, sent: bytes
) -> None:
    with connect(impatient_server, sent) as connection:
        if sent.endswith(b"\r\n\r\n"):
            response = HTTPResponse(connection)
            response.begin()
            assert response.status == 200
            response.read()
        assert is_closed(connection)


def test_a_request_that_drips_is_cut_off(tmp_path: Path) -> None:
    with running_stub_server(tmp_path, "EXCHANGE_S=0.5", "_MAINTENANCE_S=0.1") as server:
        connection = connect(server)
        connection.settimeout(0.05)
        for byte in b"GET /v1/search?q=" + b"a" * 1_000:
            try:
                connection.sendall(bytes([byte]))
                if connection.recv(1) == b"":
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
        else:
            pytest.fail("the connection was never closed")
        connection.close()
        assert server.ask("/healthz").status == 200


def test_clients_that_take_in_no_answer_keep_no_thread_from_others(tmp_path: Path) -> None:
    # Each asks for the same page a thousand times at once, more threads than there are, and reads nothing.
    many = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 1_000
    with running_stub_server(tmp_path) as server, ExitStack() as held:
        for _ in range(20):
            held.enter_context(connect(server, many))
        for _ in range(3):
            assert server.ask("/healthz").status == 200
        server.signal(signal.SIGTERM)
        assert server.process.wait(10) == 0


@pytest.mark.parametrize(
    "head",
    [
        b"GET http://[::1/healthz HTTP/1.1\r\nHost: localhost",
        b"GET / HTTP/1.1\r\nContent-Length: " + b"9" * 5_000,
    ],
    ids=["a broken address", "a length of thousands of digits"],
)
def test_a_head_that_cannot_be_read_is_a_400(tmp_path: Path, head: bytes) -> None:
    with running_stub_server(tmp_path) as server, connect(server, head + b"\r\n\r\n") as connection:
        assert connection.recv(12) in (b"HTTP/1.0 400", b"HTTP/1.1 400")


def open_connections(server: ServerProcess) -> int:
    """Return how many connections of clients the server holds."""
    process = Path(f"/proc/{server.process.pid}")
    rows = [line.split() for line in (process / "net/tcp").read_text().splitlines()[1:]]
    port, listening = f":{server.port:04X}", "0A"
    sockets = {f"socket:[{row[9]}]" for row in rows if row[1].endswith(port) and row[3] != listening}
    return sum(str(descriptor.readlink()) in sockets for descriptor in (process / "fd").iterdir())


def test_a_client_that_reads_nothing_is_cut_off(tmp_path: Path) -> None:
    many = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 200
    with (
        running_stub_server(tmp_path, "EXCHANGE_S=2", "_MAINTENANCE_S=0.1") as server,
        connect(server, many) as silent,
    ):
        wait_until(lambda: open_connections(server) == 1, "the client is taken in")
        wait_until(lambda: open_connections(server) == 0, "the client is cut off")
        # What the system still holds for it comes, and then the end.
        assert is_closed(silent)


def test_urgent_data_ends_its_connection_and_fills_no_log(tmp_path: Path) -> None:
    with running_stub_server(tmp_path) as server:
        with connect(server) as urgent:
            urgent.send(b"x", socket.MSG_OOB)
            assert is_closed(urgent)
        server.signal(signal.SIGTERM)
        server.wait()
        assert server.stderr() == ""


def test_a_get_that_asks_whether_to_go_on_is_answered(tmp_path: Path) -> None:
    head = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n\r\n"
    with running_stub_server(tmp_path) as server, connect(server, head) as connection:
        assert connection.recv(12) == b"HTTP/1.1 200"


def test_without_descriptors_accepting_pauses_and_goes_on(tmp_path: Path) -> None:
    with running_stub_server(tmp_path, shell="ulimit -n 256") as server, closing(server.connect()) as full:
        full.request("GET", f"/v1/search?q={quote('满')}")
        wait_until((tmp_path / "begun").exists, "the search has begun")
        with connect(server, b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n") as waiting:
            waiting.settimeout(2)
            with pytest.raises(TimeoutError):
                waiting.recv(1)
            (tmp_path / "release").touch()
            waiting.settimeout(30)
            assert waiting.recv(12) == b"HTTP/1.0 200"
        assert full.getresponse().status == 200
        server.signal(signal.SIGTERM)
        server.wait()
        paused = [line for line in server.stderr().splitlines() if "no connection can be accepted" in line]
        assert len(paused) == 1


@pytest.mark.parametrize("expect", ["", "Expect: 100-continue\r\n"], ids=["at once", "asking first"])
@pytest.mark.parametrize("length", [1024 * 1024 + 1, 300_000_000, 10**30])
def test_a_body_that_is_too_long_is_refused_before_it_is_read(
    shared_server: ServerProcess, length: int, expect: str
) -> None:
    head = f"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n{expect}\r\n"
    with connect(shared_server, head.encode()) as connection, connection.makefile("rb") as answer:
        assert answer.readline().split()[1] == b"413"
        document = json.loads(answer.read().partition(b"\r\n\r\n")[2])
        assert (document["status"], document["detail"]) == (413, "a request body may have 1 MB at most")


def test_who_sends_too_much_gets_to_read_why(shared_server: ServerProcess) -> None:
    assert shared_server.ask("/v1/events", ["x" * 3_000_000]).status == 413
    assert shared_server.ask("/v1/events", ["x" * 900_000]).status == 422


def test_a_body_of_exactly_a_megabyte_is_read(shared_server: ServerProcess) -> None:
    with closing(shared_server.connect()) as connection:
        body = b'{"query": "' + b"a" * (1024 * 1024 - 13) + b'"}'
        assert len(body) == 1024 * 1024
        connection.request("POST", "/v1/search", body, {"Content-Type": "application/json"})
        assert connection.getresponse().status == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /v1/search?q=%E6%85%A2 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Le",
    ],
    ids=["a search that never ends", "half a request"],
)
def test_a_stop_is_obeyed_whatever_is_in_flight(tmp_path: Path, sent: bytes) -> None:
    with running_stub_server(tmp_path) as server, connect(server, sent):
        if sent.startswith(b"GET"):
            wait_until((tmp_path / "begun").exists, "the search has begun")
        assert server.ask("/healthz").status == 200  # by then the other one has been taken in
        server.signal(signal.SIGTERM)
        # Ten seconds is what the documentation says.
        assert server.process.wait(10) == 0


def test_where_sighup_is_ignored_it_stays_so(tmp_path: Path) -> None:
    with running_stub_server(tmp_path, shell="trap '' HUP") as server:
        server.signal(signal.SIGHUP)
        with closing(server.connect()) as connection:
            assert ask(connection, "/readyz").status == 200
        assert server.process.poll() is None
        server.signal(signal.SIGTERM)
        assert server.wait() == 0


def test_operators_are_answered_while_all_searches_wait(tmp_path: Path) -> None:
    with running_stub_server(tmp_path) as server, ExitStack() as held:
        for _ in range(24):
            held.enter_context(
                connect(
                    server, f"GET /v1/search?q={quote('慢')} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
                )
            )
        wait_until((tmp_path / "begun").exists, "a search that waits")
        with closing(server.connect()) as kept_open:
            for path in ("/healthz", "/readyz", "/metrics", "/healthz?of=me"):
                began = time.monotonic()
                assert ask(kept_open, path).status == 200
                assert time.monotonic() - began < 5
        (tmp_path / "release").touch()
        assert server.ask(f"/v1/search?q={quote('裙')}").status == 200
