"""Prometheus metrics of one application."""

import time
from collections import Counter as CountOf
from collections.abc import Callable, Iterable, Iterator

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from shangsou.behaviour.ingest import IngestOutcome
from shangsou.engines.elastic.breaker import CircuitBreaker
from shangsou.engines.engine import Generation
from shangsou.search.ranking.recipe import RankingRecipe, needs_reindex
from shangsou.search.request import SearchRequest
from shangsou.search.response import SearchResponse

# Buckets from a lookup in memory to a search that times out.
BUCKETS_S = (0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# Fewer products than this are few. A convention: from here on version 0.1 widened a search.
FEW_RESULTS = 5
UNMATCHED_ROUTE = "unmatched"
# The methods of RFC 9110. A client can invent others, and each label is kept forever.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """The counters of one application, in a registry of their own."""

    def __init__(
        self,
        generation: Callable[[], Generation | None],
        ranking: Callable[[], RankingRecipe | None],
        warnings: Callable[[], list[str]],
        breaker: CircuitBreaker | None = None,
    ) -> None:
        """`breaker` is that of the Elasticsearch that is searched in, if one is."""
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "shangsou_http_requests",
            "HTTP requests answered.",
            ["route", "method", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "shangsou_http_request_seconds",
            "Time from a request's arrival to its answer.",
            ["route"],
            buckets=BUCKETS_S,
            registry=self.registry,
        )
        self._searches = Counter("shangsou_searches", "Searches answered.", ["mode"], registry=self.registry)
        self._zero_results = Counter(
            "shangsou_searches_without_results",
            "Searches that no product matches.",
            ["mode"],
            registry=self.registry,
        )
        self._few_results = Counter(
            "shangsou_searches_with_few_results",
            f"Searches that 1 to {FEW_RESULTS - 1} products match.",
            ["mode"],
            registry=self.registry,
        )
        self._degraded = Counter(
            "shangsou_searches_degraded",
            "Searches answered without a part that failed.",
            ["part"],
            registry=self.registry,
        )
        self._events = Counter(
            "shangsou_events", "Events by what became of them.", ["outcome"], registry=self.registry
        )
        self._unknown_products = Counter(
            "shangsou_events_unknown_products",
            "Products in events that the index does not have.",
            registry=self.registry,
        )
        self._lost_searches = Counter(
            "shangsou_searches_not_recorded",
            "Searches answered but not recorded, since the store of events failed.",
            registry=self.registry,
        )
        self._wrong_keys = Counter(
            "shangsou_wrong_keys",
            "Requests with a key that is unknown, or has ended.",
            registry=self.registry,
        )
        self._pruned = Counter(
            "shangsou_events_pruned", "Events removed for their age.", registry=self.registry
        )
        ProcessCollector(registry=self.registry)
        self.registry.register(_GenerationCollector(generation, ranking, warnings))
        if breaker is not None:
            self.registry.register(_BreakerCollector(breaker))

    def count_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request and its duration."""
        self._requests.labels(route, method if method in METHODS else "other", str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def count_search(self, search_request: SearchRequest, response: SearchResponse) -> None:
        """Count one search, with its results and its degraded parts."""
        self._searches.labels(search_request.mode).inc()
        if response.total == 0:
            self._zero_results.labels(search_request.mode).inc()
        elif response.total < FEW_RESULTS:
            self._few_results.labels(search_request.mode).inc()
        for degradation in response.degraded:
            self._degraded.labels(degradation.part).inc()

    def count_events(self, outcomes: Iterable[IngestOutcome], unknown_products: int = 0) -> None:
        """Count the outcomes of events, and the products in them that are not in the index."""
        for status, count in CountOf(outcome.status for outcome in outcomes).items():
            self._events.labels(status).inc(count)
        self._unknown_products.inc(unknown_products)

    def count_lost_search(self) -> None:
        """Count a search that was answered but could not be recorded."""
        self._lost_searches.inc()

    def count_wrong_key(self) -> None:
        """Count a request with a key that is unknown, or has ended."""
        self._wrong_keys.inc()

    def count_pruned(self, events: int) -> None:
        """Count events that were removed because of their age."""
        self._pruned.inc(events)

    def text(self) -> bytes:
        """Return all metrics in the Prometheus text format."""
        return generate_latest(self.registry)


def matched_route() -> str:
    """Return the URL rule of the current request, never its path, which may contain product ids."""
    return request.url_rule.rule if request.url_rule else UNMATCHED_ROUTE


def register(app: Flask, metrics: Metrics) -> None:
    """Count every request of `app`."""

    @app.after_request
    def count(response: Response) -> Response:
        metrics.count_request(
            matched_route(), request.method, response.status_code, time.perf_counter() - g.started
        )
        return response


class _GenerationCollector(Collector):
    """Collects the searched generation, the ranking recipe and the warnings at each scrape."""

    def __init__(
        self,
        generation: Callable[[], Generation | None],
        ranking: Callable[[], RankingRecipe | None],
        warnings: Callable[[], list[str]],
    ) -> None:
        self._generation, self._ranking, self._warnings = generation, ranking, warnings

    def collect(self) -> Iterator[Metric]:
        generation, ranking = self._generation(), self._ranking()
        info = InfoMetricFamily("shangsou_generation", "The generation that is searched.")
        documents = GaugeMetricFamily("shangsou_documents", "Products in the generation that is searched.")
        if generation is not None:
            recipe = generation.recipe
            info.add_metric(
                [], {"generation": generation.name, "model": recipe.model, "model_hash": recipe.model_hash}
            )
            documents.add_metric([], generation.documents)
        yield info
        yield documents
        recipe_info = InfoMetricFamily("shangsou_ranking", "The ranking recipe that is live.")
        if ranking is not None:
            missing_from_index = needs_reindex(ranking, generation.recipe) if generation is not None else ""
            recipe_info.add_metric([], {"version": str(ranking.version), "awaits_index": missing_from_index})
        yield recipe_info
        yield GaugeMetricFamily(
            "shangsou_warnings",
            "What /readyz warns of, as a new generation that cannot be opened.",
            value=len(self._warnings()),
        )


class _BreakerCollector(Collector):
    """Collects at each scrape whether requests to Elasticsearch are held back."""

    def __init__(self, breaker: CircuitBreaker) -> None:
        self._breaker = breaker

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "shangsou_elastic_breaker_open",
            "Whether requests to Elasticsearch fail at once, since it let others wait in vain.",
            value=int(self._breaker.is_open),
        )
        yield CounterMetricFamily(
            "shangsou_elastic_requests_refused",
            "Requests to Elasticsearch that failed at once for that.",
            value=self._breaker.refused,
        )
