"""Counters of searches."""

import pytest

from searchapi.metrics import Metrics
from shangsou.engines.elastic.breaker import TIMEOUTS, CircuitBreaker
from shangsou.product import Product
from shangsou.search.request import Mode, SearchRequest
from shangsou.search.response import RelatedHit, SearchHit, SearchResponse
from shangsou.search.understood import Understood


def response(total: int) -> SearchResponse:
    """A search with so many matches, and one product that comes near."""
    hits = tuple(SearchHit(Product(f"P{number}", "裙"), 1.0, {}) for number in range(min(total, 3)))
    near = RelatedHit(SearchHit(Product("near", "裤"), 0.5, {}), ())
    return SearchResponse("q", total, hits, (near,), {}, Understood("裙", "裙", (), ()), {}, (), 1.0)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(lambda: None, lambda: None, list)


def counted(metrics: Metrics, name: str, mode: Mode) -> float | None:
    return metrics.registry.get_sample_value(f"shangsou_searches_{name}_total", {"mode": mode})


def test_searches_without_a_match_and_with_few_are_counted_apart_by_mode(metrics: Metrics) -> None:
    for mode, totals in (("hybrid", (0, 0, 1, 4, 5, 900)), ("lexical", (0, 5))):
        for total in totals:
            metrics.count_search(SearchRequest("裙", mode=mode), response(total))
    # What comes near is no match; 1 and 4 are few, 5 are enough.
    assert counted(metrics, "without_results", "hybrid") == 2
    assert counted(metrics, "with_few_results", "hybrid") == 2
    assert counted(metrics, "without_results", "lexical") == 1
    assert counted(metrics, "with_few_results", "lexical") is None
    assert metrics.registry.get_sample_value("shangsou_searches_total", {"mode": "hybrid"}) == 6


def test_the_breaker_before_elasticsearch_is_shown_where_there_is_one(metrics: Metrics) -> None:
    breaker = CircuitBreaker()
    guarded = Metrics(lambda: None, lambda: None, list, breaker).registry
    assert guarded.get_sample_value("shangsou_elastic_breaker_open") == 0
    attempts = [breaker.begin() for _ in range(TIMEOUTS)]
    for attempt in attempts:
        assert attempt is not None
        breaker.end(attempt, timed_out=True)
    assert breaker.begin() is None
    assert guarded.get_sample_value("shangsou_elastic_breaker_open") == 1
    assert guarded.get_sample_value("shangsou_elastic_requests_refused_total") == 1
    assert metrics.registry.get_sample_value("shangsou_elastic_breaker_open") is None
