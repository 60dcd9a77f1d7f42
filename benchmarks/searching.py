"""Hybrid searches in one process, with facets, no query repeated; both engines in the same run."""

import gzip
import random
import statistics
import time
from pathlib import Path

from benchmarks.engines import engine_settings
from shangsou.search.request import SearchRequest
from shangsou.search.service.searcher import open_searcher
from shangsou.settings import Settings

QUERIES = 600
WARM_UP = 100
FACETS = ("category", "brand", "price", "attributes")


def measure(data: Path, elastic_url: str) -> dict[str, object]:
    """Return p50 and p95 in ms of each engine, and the ratio of the medians."""
    queries = real_queries(data, QUERIES + WARM_UP)
    engines = engine_settings(data, elastic_url)
    latency = {name: _latency(settings, queries) for name, settings in engines.items()}
    ratio = latency["elastic"]["p50_ms"] / latency["embedded"]["p50_ms"]
    return {**latency, "elastic_over_embedded_p50": round(ratio, 1)}


def real_queries(data: Path, count: int) -> list[str]:
    """Return distinct real queries, drawn with a fixed seed."""
    with gzip.open(data / "queries.tsv.gz", "rt", encoding="utf-8") as lines:
        queries = sorted({line.strip() for line in lines} - {"query", ""})
    return random.Random(2).sample(queries, count)


def _latency(settings: Settings, queries: list[str]) -> dict[str, float]:
    searcher = open_searcher(settings)
    try:
        took_ms = []
        for query in queries:
            started = time.perf_counter()
            response = searcher.search(SearchRequest(query, facets=FACETS))
            took_ms.append(1000 * (time.perf_counter() - started))
            if response.degraded:
                raise RuntimeError(f"degraded: {response.degraded}")
    finally:
        searcher.close()
    percentiles = statistics.quantiles(took_ms[WARM_UP:], n=100)
    return {"p50_ms": round(percentiles[49], 2), "p95_ms": round(percentiles[94], 2)}
