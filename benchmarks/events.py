"""Event throughput over HTTP and from a file, and reading histories back; embedded engine."""

import http.client
import json
import os
import random
import shutil
import statistics
import subprocess
import time
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

from benchmarks.engines import environment
from benchmarks.run_program import PROGRAM, run
from benchmarks.serving import served
from shangsou.behaviour.event import Event
from shangsou.behaviour.history import MAX_HISTORY, Histories
from shangsou.behaviour.sqlite.store import SqliteEventStore
from shangsou.settings import Settings

CLIENTS = 2
BATCH = 100
BATCHES_A_CLIENT = 100
SINGLES_A_CLIENT = 500
READS = 2_000


def measure(data: Path, _elastic_url: str) -> dict[str, object]:
    """Return events per second in batches, one at a time and imported, and ms for a history of 200 events.

    `processor_us` is the server's own processor time for an event: meaningful on a busy machine, too.
    """
    settings = Settings(engine="embedded")
    if not run("generations", **environment(settings))["generations"]:
        run("index", str(data / "catalog.tsv.gz"), **environment(settings))
    folder = settings.home / "events"
    shutil.rmtree(folder, ignore_errors=True)
    results: dict[str, object] = {}
    with served(settings) as (port, server, _), get_context("spawn").Pool(CLIENTS) as clients:
        for name, size, requests in (
            ("batches_of_100", BATCH, BATCHES_A_CLIENT),
            ("singles", 1, SINGLES_A_CLIENT),
        ):
            clients.map(_send, [(port, f"warm {client} {name}", size, 5) for client in range(CLIENTS)])
            started, worked = time.perf_counter(), _processor_s(server)
            clients.map(_send, [(port, f"{client} {name}", size, requests) for client in range(CLIENTS)])
            seconds, processor_s = time.perf_counter() - started, _processor_s(server) - worked
            events = CLIENTS * size * requests
            results[f"events_per_s_{name}"] = round(events / seconds)
            results[f"processor_us_{name}"] = round(1_000_000 * processor_s / events)
    shutil.rmtree(folder, ignore_errors=True)
    started = time.perf_counter()
    subprocess.run(
        [PROGRAM, "events", "import", str(data / "behaviour/simulated_shoppers/events.tsv.gz")],
        env=os.environ | environment(settings),
        stdout=subprocess.DEVNULL,
        check=True,
    )
    results["import_140132_s"] = round(time.perf_counter() - started, 1)
    results |= _read_histories(folder / "events.sqlite")
    shutil.rmtree(folder)
    return results


def _processor_s(pid: int) -> float:
    """Return the processor time that a process has used so far, on Linux."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _send(share: tuple[int, str, int, int]) -> None:
    port, name, size, requests = share
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    shoppers = random.Random(name)
    for request in range(requests):
        batch = [
            {
                "event_id": f"{name} {request} {number}",
                "action_name": "click",
                "timestamp": datetime.now(UTC).isoformat(),
                "session_id": f"session-of-{shoppers.randrange(2_000):08}",
                "user_query": "连衣裙",
                "event_attributes": {
                    "object": {"object_id": f"d{shoppers.randrange(74_362)}"},
                    "position": {"ordinal": 1 + number % 24},
                },
            }
            for number in range(size)
        ]
        connection.request("POST", "/v1/events", json.dumps(batch), {"Content-Type": "application/json"})
        response = connection.getresponse()
        outcome = json.loads(response.read())
        if response.status != 200 or outcome["accepted"] != size:
            raise RuntimeError(f"{response.status}: {outcome}")
    connection.close()


def _read_histories(path: Path) -> dict[str, float]:
    """Measure reading among the imported events: a cached history, and one after a new click."""
    store = SqliteEventStore(path)
    now = datetime.now(UTC)
    store.add(
        [
            Event(f"b{number}", "click", now - timedelta(minutes=number), "busy", product_id=f"d{number}")
            for number in range(2 * MAX_HISTORY)
        ]
    )
    histories = Histories(store)
    kept, changed = [], []
    for number in range(READS):
        started = time.perf_counter()
        histories.of("busy", "")
        kept.append(1000 * (time.perf_counter() - started))
        if number % 20 == 0:
            store.add([Event(f"c{number}", "click", now, "busy", product_id="d1")])
            started = time.perf_counter()
            histories.of("busy", "")
            changed.append(1000 * (time.perf_counter() - started))
    store.close()
    return {
        "history_kept_p50_ms": round(statistics.median(kept), 3),
        "history_changed_p50_ms": round(statistics.median(changed), 3),
    }
