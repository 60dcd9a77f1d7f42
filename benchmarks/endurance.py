"""Half an hour near the limit: searches beside changes and reindexes; times, failures and memory."""

import http.client
import itertools
import json
import random
import statistics
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from benchmarks.run_program import PROGRAM, run
from benchmarks.searching import real_queries
from benchmarks.serving import children, memory_mb, served
from shangsou.settings import Settings

MINUTES, REINDEX_EVERY_MINUTES = 30, 5
LOAD = 0.8
CLIENTS = 4
CALIBRATION_S = 30
CHANGES_A_SECOND = 20


def measure(data: Path, _elastic_url: str) -> dict[str, object]:
    """Return failures, the p95 of each minute over that of the first, and the growth of memory."""
    catalog = str(data / "catalog.tsv.gz")
    if not run("generations")["generations"]:
        run("index", catalog)
    queries = real_queries(data, 20_000)
    with served(Settings()) as (port, server, _):
        load = _Load(port, queries)
        load.run(CALIBRATION_S, pause_s=0.0)
        highest = len(load.taken_s) / CALIBRATION_S
        pause_s = CLIENTS / (LOAD * highest)
        p95_ms, used_mb = [], []
        stop = threading.Event()
        changes = threading.Thread(target=_change, args=(port, stop))
        changes.start()
        for minute in range(MINUTES):
            reindex = (
                subprocess.Popen(
                    [PROGRAM, "index", catalog], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
                if minute % REINDEX_EVERY_MINUTES == 0
                else None
            )
            load.taken_s.clear()
            load.run(60, pause_s=pause_s)
            p95_ms.append(round(1000 * statistics.quantiles(load.taken_s, n=20)[-1], 1))
            # What is not of files, of the server and its workers.
            used_mb.append(round(sum(memory_mb(one, "RssAnon") for one in (server, *children(server)))))
            if reindex is not None and reindex.wait() != 0:
                load.failed += 1
        stop.set()
        changes.join()
    return {
        "highest_searches_per_s": round(highest),
        "searches_per_s": round(LOAD * highest),
        "failed": load.failed,
        "p95_ms_by_minute": p95_ms,
        "worst_minute_over_the_first": round(max(p95_ms) / p95_ms[0], 2),
        "memory_mb_by_minute": used_mb,
        # Of minutes that are alike: the last before a reindex.
        "memory_growth": round(used_mb[-1] / used_mb[REINDEX_EVERY_MINUTES - 1] - 1, 3),
    }


class _Load:
    """Clients that search in turn, each at its own pace."""

    def __init__(self, port: int, queries: Sequence[str]) -> None:
        self._port, self._queries = port, itertools.cycle(queries)
        self._lock = threading.Lock()
        self.taken_s: list[float] = []
        self.failed = 0

    def run(self, seconds: float, *, pause_s: float) -> None:
        until = time.perf_counter() + seconds
        clients = [threading.Thread(target=self._search, args=(until, pause_s)) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()

    def _search(self, until: float, pause_s: float) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        due = time.perf_counter() + random.random() * pause_s
        while (now := time.perf_counter()) < until:
            if now < due:
                time.sleep(due - now)
            # A client that fell behind does not catch up: it would ask for more than the load.
            due = max(due + pause_s, time.perf_counter())
            with self._lock:
                query = next(self._queries)
            started = time.perf_counter()
            try:
                connection.request("GET", f"/v1/search?q={quote(query)}&facet=brand&facet=category")
                response = connection.getresponse()
                response.read()
                self.failed += response.status != 200
            except (OSError, http.client.HTTPException):
                self.failed += 1
                connection.close()
            self.taken_s.append(time.perf_counter() - started)
        connection.close()


def _change(port: int, stop: threading.Event) -> None:
    rng = random.Random(1)
    while not stop.wait(1.0):
        operations = [
            {"op": "patch", "product_id": f"d{rng.randrange(70_000)}", "price": rng.randrange(1, 999)}
            for _ in range(CHANGES_A_SECOND)
        ]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        body = json.dumps({"operations": operations})
        connection.request("POST", "/v1/products:batch", body, {"Content-Type": "application/json"})
        if connection.getresponse().status != 200:
            raise RuntimeError("changes were refused")
        connection.close()
