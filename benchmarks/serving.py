"""The server process: seconds to ready, memory, and searches per second over HTTP with four clients."""

import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
        ready_mb = _resident_mb(pid)
        shares = [(port, queries[client::CLIENTS]) for client in range(CLIENTS)]
        with get_context("spawn").Pool(CLIENTS) as clients:
            clients.map(_search_all, [(port, queries[:20])] * CLIENTS)
            started = time.perf_counter()
            clients.map(_search_all, shares, chunksize=1)
            seconds = time.perf_counter() - started
        return {
            "seconds_to_ready": round(seconds_to_ready, 2),
            "resident_mb_when_ready": round(ready_mb),
            "resident_mb_after_searches": round(_resident_mb(pid)),
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
            yield port, int(Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text()), seconds
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


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    kib = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(kib) / 1024
