"""A shopper of the sample shop with strong preferences: what was searched for still comes first."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shangsou.behaviour.event import CLICK, Event
from shangsou.behaviour.history import NO_HISTORY, History
from shangsou.search.request import SearchRequest
from shangsou.search.response import SearchHit
from shangsou.search.search import search
from shangsou.search.service.searcher import Searcher

LOOKED_FOR = "连衣裙"
CLICKS = 9


def _find(searcher: Searcher, query: str, history: History, size: int = 10) -> list[SearchHit]:
    return list(search(SearchRequest(query, size=size), replace(searcher.context(), history=history)).hits)


@pytest.fixture(scope="module")
def loved(sample_searcher: Searcher) -> str:
    """The brand that most dresses have."""
    found = _find(sample_searcher, LOOKED_FOR, NO_HISTORY, size=60)
    [(brand, _)] = Counter(hit.product.brand for hit in found if hit.product.brand).most_common(1)
    return brand


@pytest.fixture(scope="module")
def history(sample_searcher: Searcher, loved: str) -> History:
    """Nine looks at dresses of this brand."""
    found = _find(sample_searcher, LOOKED_FOR, NO_HISTORY, size=60)
    ids = [hit.product.product_id for hit in found if hit.product.brand == loved][:CLICKS]
    now = datetime.now(UTC)
    return History(tuple(Event("", CLICK, now, "u", "s", "", LOOKED_FOR, one) for one in ids), "another")


def test_dresses_of_the_brand_come_up_among_dresses(sample_searcher: Searcher, history: History, loved: str):
    plain = [hit.product.brand for hit in _find(sample_searcher, LOOKED_FOR, NO_HISTORY, size=5)]
    personal = [hit.product.brand for hit in _find(sample_searcher, LOOKED_FOR, history, size=5)]
    assert plain != [loved] * 5
    assert personal == [loved] * 5


def test_a_search_for_skirts_shows_skirts(sample_searcher: Searcher, history: History):
    found = _find(sample_searcher, "半身裙", history)
    assert [hit.product.category[-1] for hit in found] == ["半身裙"] * 10


def test_a_search_for_another_brand_shows_that_brand(sample_searcher: Searcher, history: History, loved: str):
    other = "南枝有信"
    assert other not in loved
    found = _find(sample_searcher, f"{other}连衣裙", history, size=5)
    assert [hit.product.brand for hit in found] == [other] * 5
