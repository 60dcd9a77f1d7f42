"""The server process: seconds to ready, memory, and searches per second over HTTP with four clients."""

import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from pathlib import Path

from benchmarks.engines import engine_settings, environment
from benchmarks.run_program import PROGRAM
from benchmarks.searching import FACETS, real_queries
from shangsou.settings import Settings

CLIENTS = 4
SEARCHES_A_CLIENT = 500
READY_WITHIN_S = 60


def measure(data: Path, elastic_url: str) -> dict[str, object]:
    """Return start-up, memory and throughput of the server, for each engine."""
    queries = real_queries(data, CLIENTS * SEARCHES_A_CLIENT)
    engines = engine_settings(data, elastic_url)
    return {name: _serve_and_measure(settings, queries) for name, settings in engines.items()}


def _serve_and_measure(settings: Settings, queries: list[str]) -> dict[str, float]:
    with served(settings):
        pass  # Warm disk: the second start is measured.
    with served(settings) as (port, pid, seconds_to_ready):
        ready_mb = memory_mb(pid, "VmRSS")
        shares = [(port, queries[client::CLIENTS]) for client in range(CLIENTS)]
        with get_context("spawn").Pool(CLIENTS) as clients:
            clients.map(_search_all, [(port, queries[:20])] * CLIENTS)
            started = time.perf_counter()
            clients.map(_search_all, shares, chunksize=1)
            seconds = time.perf_counter() - started
        return {
            "seconds_to_ready": round(seconds_to_ready, 2),
            "resident_mb_when_ready": round(ready_mb),
            "resident_mb_after_searches": round(memory_mb(pid, "VmRSS")),
            "searches_per_s_4_clients": round(len(queries) / seconds),
        }


@contextmanager
def served(settings: Settings) -> Iterator[tuple[int, int, float]]:
    """Run the server; yield its port, its process and the seconds until it was ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = time.perf_counter()
    with subprocess.Popen(
        [PROGRAM, "serve", "--port", str(port)],
        env=os.environ | environment(settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            while not _ready(port):
                if server.poll() is not None or time.perf_counter() - started > READY_WITHIN_S:
                    raise RuntimeError("the server did not become ready")
                time.sleep(0.01)
            seconds = time.perf_counter() - started
            # The process that serves is a child of the one that supervises it.
            [serving] = children(server.pid)
            yield port, serving, seconds
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()


def _ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _search_all(share: tuple[int, list[str]]) -> None:
    port, queries = share
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for query in queries:
        body = json.dumps({"query": query, "facets": list(FACETS)})
        connection.request("POST", "/v1/search", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        text = response.read()
        if response.status != 200:
            raise RuntimeError(f"{response.status} for {query!r}: {text[:200]!r}")
    connection.close()


def children(pid: int) -> list[int]:
    """Return the processes that the threads of one have started; none where it has ended."""
    with suppress(FileNotFoundError):
        of_threads = Path(f"/proc/{pid}/task").glob("*/children")
        return [int(child) for of_thread in of_threads for child in of_thread.read_text().split()]
    return []


def memory_mb(pid: int, kind: str) -> float:
    """Return the resident memory of a process, of a kind as Linux names it: VmRSS, RssAnon."""
    status = Path(f"/proc/{pid}/status").read_text()
    kib = next(line.split()[1] for line in status.splitlines() if line.startswith(f"{kind}:"))
    return int(kib) / 1024
