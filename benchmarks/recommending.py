"""Every shelf for SIMULATED shoppers over the real catalog, in one process of the embedded engine."""

import random
import statistics
import time
from pathlib import Path

from benchmarks.engines import environment
from benchmarks.program import run
from shangsou.behaviour.event import Event
from shangsou.behaviour.read import read_events
from shangsou.behaviour.stores import open_event_store
from shangsou.engines.stores import open_store
from shangsou.product import CATEGORY_SEPARATOR
from shangsou.recommend.model import build_model, telling_events
from shangsou.recommend.model_file import write_model
from shangsou.recommend.shelf import BESIDE_A_PRODUCT, KINDS, RecommendRequest
from shangsou.search.searcher import open_searcher
from shangsou.settings import Settings

ASKED = 300
WARM_UP = 30
_AT_ONCE = 500


def measure(data: Path, _elastic_url: str) -> dict[str, object]:
    """Return p50 and p95 in ms of each shelf; those beside a product are each asked for the first time."""
    settings = Settings(engine="embedded")
    if not run("generations", **environment(settings))["generations"]:
        run("index", str(data / "catalog.tsv.gz"), **environment(settings))
    events = list(read_events([data / "behaviour/simulated_shoppers/events.tsv.gz"]))
    store = open_event_store(settings)
    for start in range(0, len(events), _AT_ONCE):
        store.add(events[start : start + _AT_ONCE])
    store.close()
    started = time.perf_counter()
    _build(settings, events)
    seconds = time.perf_counter() - started
    rng = random.Random(5)
    users = rng.sample(sorted({event.user_id for event in events}), ASKED)
    products = rng.sample(sorted({event.product_id for event in events if event.product_id}), ASKED)
    searcher = open_searcher(settings)
    latency = {}
    try:
        searcher.recommend(RecommendRequest("trending"))
        for kind in KINDS:
            # Products of their own for each kind: what one shelf has looked up is kept for the others.
            rng.shuffle(products)
            took_ms = []
            for user, product in zip(users, products, strict=True):
                request = RecommendRequest(kind, product if kind in BESIDE_A_PRODUCT else "", user)
                started = time.perf_counter()
                searcher.recommend(request)
                took_ms.append(1000 * (time.perf_counter() - started))
            percentiles = statistics.quantiles(took_ms[WARM_UP:], n=100)
            latency[kind] = {"p50_ms": round(percentiles[49], 2), "p95_ms": round(percentiles[94], 2)}
    finally:
        searcher.close()
    return {"simulated_events": len(events), "building_s": round(seconds, 1), **latency}


def _build(settings: Settings, events: list[Event]) -> None:
    engine = open_store(settings).open()
    telling = telling_events(events)
    ids = list({event.product_id for event in telling})
    categories = {
        product.product_id: CATEGORY_SEPARATOR.join(product.category)
        for start in range(0, len(ids), _AT_ONCE)
        for product in engine.products(ids[start : start + _AT_ONCE])
        if product.category
    }
    write_model(settings.home, build_model(telling, categories))
