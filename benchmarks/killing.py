"""Processes that are killed at random moments: what was acknowledged and is lost, and what is left behind.

The indexer while it indexes, the workers of a server while clients search, and the server, or the process
that supervises it, while clients send events and changes of products.
"""

import gzip
import http.client
import itertools
import json
import os
import random
import signal
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks.run_program import PROGRAM, own_home, run
from benchmarks.searching import real_queries
from benchmarks.serving import children, served
from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.manifest import find_damage
from shangsou.settings import Settings

PRODUCTS = 3_000
INDEXER_KILLS, WORKER_KILLS, SERVER_KILLS = 100, 100, 50
BATCH = 20


def measure(data: Path, _elastic_url: str) -> dict[str, object]:
    """Return what was done, and how often something was wrong afterwards."""
    with own_home("killing") as home:
        catalog = home / "catalog.tsv"
        with gzip.open(data / "catalog.tsv.gz", "rt", encoding="utf-8") as lines:
            catalog.write_text("".join(itertools.islice(lines, PRODUCTS + 1)), "utf-8")
        run("index", str(catalog))
        queries = real_queries(data, 200)
        return {
            "indexer": _kill_indexers(home, catalog),
            "workers": _kill_workers(queries),
            "server": _kill_servers(),
        }


def _kill_indexers(home: Path, catalog: Path) -> dict[str, int]:
    rng = random.Random(1)
    store = EmbeddedStore(home / "index")
    started = time.perf_counter()
    run("index", str(catalog))
    duration = time.perf_counter() - started
    killed = broken = 0
    for _ in range(INDEXER_KILLS):
        indexer = subprocess.Popen(
            [PROGRAM, "index", catalog], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(rng.uniform(0, 1.1 * duration))
        indexer.kill()
        killed += indexer.wait() == -signal.SIGKILL
        engine = store.open()
        whole = not find_damage(home / "index" / str(store.current()), fully=True)
        broken += not (whole and engine.generation.documents > PRODUCTS / 2)
        engine.close()
    run("index", str(catalog))
    left = [*home.glob("index/building-*"), *home.glob("lexicon/*/building-*"), *home.glob("index/CURRENT.*")]
    return {"killed": killed, "without_a_whole_index": broken, "left_behind": len(left)}


def _kill_workers(queries: list[str]) -> dict[str, int]:
    rng = random.Random(2)
    outcomes = {"answered": 0, "failed": 0}
    done = threading.Event()

    def search(port: int, first: int) -> None:
        for query in itertools.cycle(queries[first:] + queries[:first]):
            if done.is_set():
                return
            status, _ = _ask(port, "GET", f"/v1/search?q={quote(query)}")
            outcomes["answered" if status == 200 else "failed"] += 1

    with served(Settings()) as (port, server, _):
        clients = [threading.Thread(target=search, args=(port, 50 * number)) for number in range(4)]
        for client in clients:
            client.start()
        killed = 0
        while killed < WORKER_KILLS:
            time.sleep(rng.uniform(0.05, 0.6))
            if workers := children(server):
                os.kill(rng.choice(workers), signal.SIGKILL)
                killed += 1
        done.set()
        for client in clients:
            client.join()
    return {"killed": killed, **outcomes}


def _kill_servers() -> dict[str, int]:
    rng = random.Random(3)
    counts = {"killed": 0, "acknowledged": 0, "lost": 0, "half": 0, "searches_failed": 0}
    ids: list[str] = []
    number = itertools.count(1_000)
    while counts["killed"] < SERVER_KILLS:
        sent = _Sent()
        with served(Settings()) as (port, server, _), suppress(ProcessLookupError):
            if not ids:
                page = _ask(port, "GET", f"/v1/search?q={quote('连衣裙')}&size={BATCH}")[1]
                ids = [hit["product_id"] for hit in page["hits"]]
            supervisor = int(Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[1])
            # The server, which its supervisor starts again, then both.
            for victim in (server, supervisor):
                writer = threading.Thread(target=_write, args=(port, ids, number, sent))
                writer.start()
                time.sleep(rng.uniform(0.02, 0.6))
                os.kill(victim, signal.SIGKILL)
                writer.join()
                counts["killed"] += 1
                if victim == server:
                    _count(port, ids, sent, counts)
                    # What was counted is looked for again behind the second kill, and counted once.
                    counts["acknowledged"] -= bool(sent.price) + len(sent.events)
        with served(Settings()) as (port, _, _):
            _count(port, ids, sent, counts)
    return counts


class _Sent:
    """What a client was told that it is kept."""

    def __init__(self) -> None:
        self.price = 0
        self.events: list[str] = []


def _write(port: int, ids: list[str], number: "itertools.count[int]", sent: _Sent) -> None:
    """Send batches of changes and events until the server is gone."""
    for value in number:
        changes = [{"op": "patch", "product_id": one, "price": value / 100} for one in ids]
        event = {
            "event_id": f"event {os.getpid()} {value}",
            "action_name": "click",
            "timestamp": time.time(),
            "session_id": "session-of-a-shopper",
            "event_attributes": {"object": {"object_id": ids[0]}},
        }
        status, answer = _ask(port, "POST", "/v1/products:batch", {"operations": changes})
        if status != 200:
            return
        sent.price = value
        status, answer = _ask(port, "POST", "/v1/events", [event])
        if status != 200 or answer["accepted"] != 1:
            return
        sent.events.append(str(event["event_id"]))


def _count(port: int, ids: list[str], sent: _Sent, counts: dict[str, int]) -> None:
    """Count what of that which was acknowledged is not there any more."""
    until = time.monotonic() + 30
    while _ask(port, "GET", "/readyz")[0] != 200 and time.monotonic() < until:
        time.sleep(0.02)
    prices = {round(100 * _ask(port, "GET", f"/v1/products/{quote(one)}")[1]["price"]) for one in ids}
    held = _ask(port, "GET", "/v1/sessions/session-of-a-shopper/events")[1]
    known = {event["event_id"] for event in held["events"]}
    counts["acknowledged"] += bool(sent.price) + len(sent.events)
    counts["lost"] += (min(prices) < sent.price) + len(set(sent.events) - known)
    counts["half"] += bool(sent.price) and len(prices) > 1
    counts["searches_failed"] += _ask(port, "GET", f"/v1/search?q={quote('手机')}")[0] != 200


def _ask(port: int, method: str, path: str, body: object = None) -> tuple[int, Any]:
    """Return status and JSON of an answer, 0 where there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/json"}
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError):
        return 0, {}
    finally:
        connection.close()
