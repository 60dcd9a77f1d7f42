"""What a history of 200 events adds to a search in one process: the same queries, plain and personal."""

import random
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.engines import engine_settings
from benchmarks.searching import FACETS, real_queries
from shangsou.behaviour.event import CLICK, Event
from shangsou.behaviour.history import MAX_HISTORY, NO_HISTORY, History
from shangsou.search.request import SearchRequest
from shangsou.search.search import search
from shangsou.search.searcher import SearchParts, open_searcher

QUERIES = 200
# Each history: what so many other searches found first.
SEARCHES = 20


def measure(data: Path, elastic_url: str) -> dict[str, object]:
    """Return p50 and p95 in ms of each engine: plain, personal, and what is added; and at first sight."""
    queries = real_queries(data, QUERIES)
    found: dict[str, object] = {}
    for name, settings in engine_settings(data, elastic_url).items():
        searcher = open_searcher(settings)
        try:
            found[name] = _latency(searcher.parts(), queries)
        finally:
            searcher.close()
    return found


def _latency(parts: SearchParts, queries: Sequence[str]) -> dict[str, object]:
    history = _history(parts, queries)
    first = [_took_ms(parts, query, history) for query in queries]
    plain, personal, added = [], [], []
    for query in queries:
        # One after the other, so that what else the machine does falls on both.
        without, within = _took_ms(parts, query, NO_HISTORY), _took_ms(parts, query, history)
        plain.append(without)
        personal.append(within)
        added.append(within - without)
    return {
        "first_sight": _percentiles(first),
        "plain": _percentiles(plain),
        "personal": _percentiles(personal),
        "added": _percentiles(added),
    }


def _took_ms(parts: SearchParts, query: str, history: History) -> float:
    started = time.perf_counter()
    search(
        SearchRequest(query, facets=FACETS),
        parts.engine,
        parts.encoder,
        parts.recipe,
        history,
        personaliser=parts.personaliser,
    )
    return 1000 * (time.perf_counter() - started)


def _history(parts: SearchParts, queries: Sequence[str]) -> History:
    """Return a history of clicks on what some of these queries found."""
    now = datetime.now(UTC)
    events: list[Event] = []
    for query in random.Random(5).sample(list(queries), SEARCHES):
        asked = SearchRequest(query, size=2 * MAX_HISTORY // SEARCHES)
        hits = search(asked, parts.engine, parts.encoder, parts.recipe).hits
        events += [Event("", CLICK, now, "u", "s", "", query, hit.product.product_id) for hit in hits]
    return History(tuple(events[:MAX_HISTORY]), "another")


def _percentiles(took_ms: Sequence[float]) -> dict[str, float]:
    percentiles = statistics.quantiles(took_ms, n=100)
    return {"p50_ms": round(percentiles[49], 2), "p95_ms": round(percentiles[94], 2)}
