"""Every shelf for SIMULATED shoppers over the real catalog, in one process of the embedded engine."""

import random
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.engines import environment
from benchmarks.run_program import run
from shangsou.behaviour.event import Event
from shangsou.behaviour.event_files import read_events
from shangsou.behaviour.stores import open_event_store
from shangsou.engines.stores import open_store
from shangsou.product import CATEGORY_SEPARATOR
from shangsou.recommend.model import build_model, select_preference_events
from shangsou.recommend.model_file import write_model
from shangsou.recommend.shelf import KINDS, PRODUCT_KINDS, RecommendRequest
from shangsou.search.service.searcher import Searcher, open_searcher
from shangsou.settings import Settings

REQUESTS = 300
WARM_UP = 30
_BATCH_SIZE = 500


def measure(data: Path, _elastic_url: str) -> dict[str, object]:
    """Return p50 and p95 in ms of each shelf; no product's shelf is requested twice.

    `processor` is the thread's own processor time: meaningful on a busy machine, too. `first` is one
    `trending` shelf in a process that has read nothing yet, `first_on_offer` one `on-offer` shelf after it.
    """
    settings = Settings(engine="embedded")
    if not run("generations", **environment(settings))["generations"]:
        run("index", str(data / "catalog.tsv.gz"), **environment(settings))
    events = list(read_events([data / "behaviour/simulated_shoppers/events.tsv.gz"]))
    store = open_event_store(settings)
    for start in range(0, len(events), _BATCH_SIZE):
        store.add(events[start : start + _BATCH_SIZE])
    store.close()
    started = time.perf_counter()
    _build(settings, events)
    seconds = time.perf_counter() - started
    rng = random.Random(5)
    users = rng.sample(sorted({event.user_id for event in events}), REQUESTS)
    products = rng.sample(sorted({event.product_id for event in events if event.product_id}), REQUESTS)
    searcher = open_searcher(settings)
    latency: dict[str, object] = {}
    try:
        first = _measure_latency(searcher, RecommendRequest("trending"))
        first_on_offer = _measure_latency(searcher, RecommendRequest("on-offer"))
        for kind in KINDS:
            # Different products for each kind, since lookups of one shelf are cached for the others.
            rng.shuffle(products)
            latencies = [
                _measure_latency(
                    searcher, RecommendRequest(kind, product if kind in PRODUCT_KINDS else "", user)
                )
                for user, product in zip(users, products, strict=True)
            ][WARM_UP:]
            latency[kind] = {
                **_percentiles([request_latency.wall for request_latency in latencies]),
                "processor": _percentiles([request_latency.thread for request_latency in latencies]),
            }
    finally:
        searcher.close()
    return {
        "simulated_events": len(events),
        "building_s": round(seconds, 1),
        "first": first._asdict(),
        "first_on_offer": first_on_offer._asdict(),
        **latency,
    }


class _Latency(NamedTuple):
    """Milliseconds of one shelf."""

    wall: float
    thread: float


def _measure_latency(searcher: Searcher, request: RecommendRequest) -> _Latency:
    started, worked = time.perf_counter(), time.thread_time()
    searcher.recommend(request)
    wall, thread = time.perf_counter() - started, time.thread_time() - worked
    return _Latency(round(1000 * wall, 2), round(1000 * thread, 2))


def _percentiles(took_ms: Sequence[float]) -> dict[str, float]:
    percentiles = statistics.quantiles(took_ms, n=100)
    return {"p50_ms": round(percentiles[49], 2), "p95_ms": round(percentiles[94], 2)}


def _build(settings: Settings, events: list[Event]) -> None:
    engine = open_store(settings).open()
    preference_events = select_preference_events(events)
    ids = list({event.product_id for event in preference_events})
    categories = {
        product.product_id: CATEGORY_SEPARATOR.join(product.category)
        for start in range(0, len(ids), _BATCH_SIZE)
        for product in engine.products(ids[start : start + _BATCH_SIZE])
        if product.category
    }
    write_model(settings.home, build_model(preference_events, categories))
