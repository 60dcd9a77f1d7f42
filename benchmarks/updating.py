"""Changes of products while the server serves: until they are found, and what searches take beside them."""

import gzip
import http.client
import json
import random
import statistics
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.engines import engine_settings
from benchmarks.searching import FACETS, real_queries
from benchmarks.serving import served
from shangsou.settings import Settings

CHANGES, BATCH = 10_000, 1_000
# As a busy shop's, and how many are sent at once.
CHANGES_A_SECOND, AT_ONCE = 100, 10
ROUNDS, SEARCHES_A_ROUND = 6, 100
# Searches in a row that must find a change: more than there are workers, each with its own index.
ALL_WORKERS = 40


def measure(data: Path, elastic_url: str) -> dict[str, object]:
    """Return seconds until changes are found, and the ratio of searches with changes to those without."""
    engines = engine_settings(data, elastic_url)
    return {name: _measure(settings, data) for name, settings in engines.items()}


def _measure(settings: Settings, data: Path) -> dict[str, float]:
    queries = real_queries(data, 2 * ROUNDS * SEARCHES_A_ROUND + 50)
    titles = _titles(data)
    ids = list(titles)
    rng = random.Random(1)
    with served(settings) as (port, _, _):
        shop = _Shop(port)
        shop.search(queries[:50])
        changes = [_price(rng.choice(ids), rng) for _ in range(CHANGES)]
        started = time.perf_counter()
        for start in range(0, CHANGES, BATCH):
            shop.change(changes[start : start + BATCH])
        acknowledged = time.perf_counter() - started
        shop.wait_for(changes[-1], titles)
        searchable = time.perf_counter() - started
        one = _price(ids[0], rng)
        started = time.perf_counter()
        shop.change([one])
        shop.wait_for(one, titles)
        one_searchable = time.perf_counter() - started
        ratios = _ratios(shop, _Shop(port), queries[50:], ids)
    return {
        "changes_acknowledged_s": round(acknowledged, 2),
        "changes_searchable_s": round(searchable, 2),
        "one_change_in_all_workers_s": round(one_searchable, 3),
        "p50_beside_changes_over_without": round(statistics.median(ratios), 3),
    }


def _ratios(shop: "_Shop", changing: "_Shop", queries: Sequence[str], ids: Sequence[str]) -> list[float]:
    """Return the ratio of the medians of each round, taken in turns."""
    ratios = []
    for number in range(ROUNDS):
        part = queries[2 * number * SEARCHES_A_ROUND :][: 2 * SEARCHES_A_ROUND]
        without = shop.search(part[:SEARCHES_A_ROUND])
        with _changes_beside(changing, ids):
            beside = shop.search(part[SEARCHES_A_ROUND:])
        ratios.append(statistics.median(beside) / statistics.median(without))
    return ratios


@contextmanager
def _changes_beside(shop: "_Shop", ids: Sequence[str]) -> Iterator[None]:
    done = threading.Event()
    rng = random.Random(2)

    def change() -> None:
        while not done.wait(AT_ONCE / CHANGES_A_SECOND):
            shop.change([_price(rng.choice(ids), rng) for _ in range(AT_ONCE)])

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


class _Shop:
    """One connection to the server."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def change(self, operations: Sequence[dict[str, object]]) -> None:
        outcome = self._post("/v1/products:batch", {"operations": operations})
        if outcome["rejected"]:
            raise RuntimeError(f"rejected: {outcome['items']}")

    def search(self, queries: Sequence[str]) -> list[float]:
        """Return how many ms each took."""
        took = []
        for query in queries:
            started = time.perf_counter()
            self._post("/v1/search", {"query": query, "facets": list(FACETS)})
            took.append(1000 * (time.perf_counter() - started))
        return took

    def wait_for(self, change: Mapping[str, object], titles: Mapping[str, str]) -> None:
        """Wait until every one of many searches shows a price: all workers have it."""
        product_id = str(change["product_id"])
        body = {
            "query": titles[product_id],
            "collapse": False,
            "mode": "lexical",
            "size": 100,
            "correct": False,
        }
        seen = 0
        while seen < ALL_WORKERS:
            products = [hit["product"] for hit in self._post("/v1/search", body)["hits"]]
            prices = [product.get("price") for product in products if product["product_id"] == product_id]
            if not prices:
                raise RuntimeError(f"{product_id} is not found by its title")
            seen = seen + 1 if prices == [change["price"]] else 0

    def _post(self, path: str, body: dict[str, object]) -> dict[str, Any]:
        self._connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        response = self._connection.getresponse()
        text = response.read()
        if response.status != 200:
            raise RuntimeError(f"{response.status}: {text[:300]!r}")
        answer: dict[str, Any] = json.loads(text)
        return answer


def _titles(data: Path) -> dict[str, str]:
    """Return the title of each product by its id."""
    with gzip.open(data / "catalog.tsv.gz", "rt", encoding="utf-8") as lines:
        next(lines)
        return dict(line.split("\t", 2)[:2] for line in lines)


def _price(product_id: str, rng: random.Random) -> dict[str, object]:
    return {"op": "patch", "product_id": product_id, "price": rng.randrange(100, 100_000) / 100}
