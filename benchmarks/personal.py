"""The cost of a history of 200 events in one process: the same queries, plain and personal."""

import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from benchmarks.engines import engine_settings
from benchmarks.searching import FACETS, real_queries
from shangsou.behaviour.event import CLICK, Event
from shangsou.behaviour.history import MAX_HISTORY, NO_HISTORY, History
from shangsou.search.context import SearchContext
from shangsou.search.request import SearchRequest
from shangsou.search.search import search
from shangsou.search.service.searcher import open_searcher

QUERIES = 200
# Each history: clicks on the first results of this many other searches.
SEARCHES = 20


def measure(data: Path, elastic_url: str) -> dict[str, object]:
    """Return p50 and p95 in ms of each engine: plain, personal, their difference, and the first search.

    `added_processor` is the thread's own processor time: meaningful on a busy machine, too.
    """
    queries = real_queries(data, QUERIES)
    results: dict[str, object] = {}
    for name, settings in engine_settings(data, elastic_url).items():
        searcher = open_searcher(settings)
        try:
            results[name] = _latency(searcher.context(), queries)
        finally:
            searcher.close()
    return results


def _latency(context: SearchContext, queries: Sequence[str]) -> dict[str, object]:
    history = _history(context, queries)
    first = [_measure_latency(context, query, history) for query in queries]
    # Alternately, so that other load on the machine affects both.
    pairs = [
        (_measure_latency(context, query, NO_HISTORY), _measure_latency(context, query, history))
        for query in queries
    ]
    return {
        "first_sight": _percentiles([latency.wall for latency in first]),
        "plain": _percentiles([plain.wall for plain, _ in pairs]),
        "personal": _percentiles([personal.wall for _, personal in pairs]),
        "added": _percentiles([personal.wall - plain.wall for plain, personal in pairs]),
        "added_processor": _percentiles([personal.thread - plain.thread for plain, personal in pairs]),
    }


class _Latency(NamedTuple):
    """Milliseconds of one search."""

    wall: float
    thread: float


def _measure_latency(context: SearchContext, query: str, history: History) -> _Latency:
    started, worked = time.perf_counter(), time.thread_time()
    search(SearchRequest(query, facets=FACETS), replace(context, history=history))
    return _Latency(1000 * (time.perf_counter() - started), 1000 * (time.thread_time() - worked))


def _history(context: SearchContext, queries: Sequence[str]) -> History:
    """Return a history of clicks on results of some of these queries."""
    now = datetime.now(UTC)
    events: list[Event] = []
    for query in random.Random(5).sample(list(queries), SEARCHES):
        request = SearchRequest(query, size=2 * MAX_HISTORY // SEARCHES)
        hits = search(request, context).hits
        events += [Event("", CLICK, now, "u", "s", "", query, hit.product.product_id) for hit in hits]
    return History(tuple(events[:MAX_HISTORY]), "another")


def _percentiles(took_ms: Sequence[float]) -> dict[str, float]:
    percentiles = statistics.quantiles(took_ms, n=100)
    return {"p50_ms": round(percentiles[49], 2), "p95_ms": round(percentiles[94], 2)}
