"""Searches of one address while another holds thousands of idle and slow connections."""

import http.client
import resource
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

from benchmarks.run_program import run
from benchmarks.searching import real_queries
from benchmarks.serving import served
from shangsou.settings import Settings

CONNECTIONS = 2_000
SEARCHES, ROUNDS = 150, 4
OTHER_ADDRESS = "127.0.0.2"
REQUEST = (
    b"POST /v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Length: 900\r\n\r\n"
)


def measure(data: Path, _elastic_url: str) -> dict[str, object]:
    """Return the p95 of searches with the crowd over that without it, in turns."""
    if not run("generations")["generations"]:
        run("index", str(data / "catalog.tsv.gz"))
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2 * CONNECTIONS + 500), hard))
    queries = real_queries(data, 2 * ROUNDS * SEARCHES + 50)
    ratios, failed = [], 0
    with served(Settings()) as (port, _, _):
        _search(port, queries[:50])
        for number in range(ROUNDS):
            part = queries[50 + 2 * number * SEARCHES :][: 2 * SEARCHES]
            without, _ = _search(port, part[:SEARCHES])
            with _crowd(port):
                beside, failures = _search(port, part[SEARCHES:])
            failed += failures
            ratios.append(_p95(beside) / _p95(without))
    return {"p95_beside_the_crowd_over_without": [round(ratio, 2) for ratio in ratios], "failed": failed}


@contextmanager
def _crowd(port: int) -> Iterator[None]:
    """Hold connections of another address: a third idle, a third half a request, a third a byte at a time."""
    stop = threading.Event()
    with ExitStack() as stack:
        slow = []
        for number in range(CONNECTIONS):
            try:
                connection = socket.create_connection(
                    ("127.0.0.1", port), 5, source_address=(OTHER_ADDRESS, 0)
                )
            except OSError:
                continue
            stack.enter_context(connection)
            if number % 3 == 1:
                connection.send(REQUEST)
            elif number % 3 == 2:
                slow.append(connection)
        dripping = threading.Thread(target=_drip, args=(slow, stop))
        dripping.start()
        try:
            yield
        finally:
            stop.set()
            dripping.join()


def _drip(connections: list[socket.socket], stop: threading.Event) -> None:
    position = 0
    while not stop.wait(0.5):
        for connection in connections:
            try:
                connection.send(REQUEST[position % len(REQUEST) :][:1])
            except OSError:
                continue  # closed by the server, as it should be
        position += 1


def _search(port: int, queries: list[str]) -> tuple[list[float], int]:
    taken, failed = [], 0
    for query in queries:
        # A connection each, as new visitors have.
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        started = time.perf_counter()
        connection.request("GET", f"/v1/search?q={quote(query)}")
        response = connection.getresponse()
        response.read()
        failed += response.status != 200
        taken.append(time.perf_counter() - started)
        connection.close()
    return taken, failed


def _p95(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1]
