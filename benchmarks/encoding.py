"""Titles encoded per second, by each installed runtime."""

import gzip
import random
import time
from pathlib import Path

from shangsou.encoding.encoders import open_encoder
from shangsou.encoding.product_texts import title_text
from shangsou.product import Product
from shangsou.settings import Settings

# Enough for a steady rate, few enough to take a minute; drawn with a fixed seed from all sources.
SAMPLE = 4_000
QUERY_REPEATS = 300


def measure(data: Path, _elastic_url: str) -> dict[str, object]:
    """Return titles/s and ms per query for float32 and int8, measured in turn."""
    with gzip.open(data / "catalog.tsv.gz", "rt", encoding="utf-8") as lines:
        titles = [line.split("\t")[1] for line in lines][1:]
    sample = [title_text(Product("", title)) for title in random.Random(1).sample(titles, SAMPLE)]
    results: dict[str, object] = {"titles": SAMPLE}
    for precision in ("float32", "int8"):
        settings = Settings(precision=precision)
        encoder = open_encoder(settings, fetch=True)
        encoder.encode(sample[:64])
        started = time.perf_counter()
        encoder.encode(sample)
        titles_per_s = SAMPLE / (time.perf_counter() - started)
        single_thread_encoder = open_encoder(settings, threads=1)
        started = time.perf_counter()
        for title in sample[:QUERY_REPEATS]:
            single_thread_encoder.encode([title[:8]])
        query_ms = 1000 * (time.perf_counter() - started) / QUERY_REPEATS
        results[precision] = {"titles_per_s": round(titles_per_s), "query_ms": round(query_ms, 2)}
    return results
