"""Suggestions at every keystroke of real queries, over 200,000 known queries, in one process."""

import random
import statistics
import time
from pathlib import Path

from benchmarks.engines import engine_settings
from benchmarks.searching import real_queries
from indexer.query_logs import read_queries
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.search.request import SuggestRequest
from shangsou.search.service.searcher import open_searcher

QUERIES = 400
WARM_UP = 200


def measure(data: Path, elastic_url: str) -> dict[str, object]:
    """Return p50 and p95 in ms of the embedded engine, with products and without."""
    settings = engine_settings(data, elastic_url)["embedded"]
    known, _ = read_queries(data / "queries.tsv.gz")
    started = time.perf_counter()
    LexiconStore(settings).write_queries(known)
    seconds = time.perf_counter() - started
    # Suggestions are requested after every keystroke of a query.
    prefixes = [query[:end] for query in real_queries(data, QUERIES) for end in range(1, len(query) + 1)]
    random.Random(3).shuffle(prefixes)
    searcher = open_searcher(settings)
    try:
        latency = {}
        for name, products in (("with_products", 3), ("without_products", 0)):
            took_ms = []
            for text in prefixes:
                started = time.perf_counter()
                searcher.suggest(SuggestRequest(text, products=products))
                took_ms.append(1000 * (time.perf_counter() - started))
            percentiles = statistics.quantiles(took_ms[WARM_UP:], n=100)
            latency[name] = {"p50_ms": round(percentiles[49], 2), "p95_ms": round(percentiles[94], 2)}
    finally:
        searcher.close()
    return {"phrases": len(known.phrases), "writing_s": round(seconds, 1), **latency}
