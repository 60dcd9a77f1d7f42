"""The sample shop after clicks on what goes with a thing: a search for the thing still shows the thing."""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from statistics import fmean

import pytest

from shangsou.behaviour.event import CLICK, Event
from shangsou.behaviour.history import NO_HISTORY, History
from shangsou.product import Product
from shangsou.search.request import SearchRequest
from shangsou.search.search import search
from shangsou.search.service.searcher import Searcher

COMPUTERS = {"笔记本电脑", "游戏本"}
PHONES = {"智能手机", "老人手机"}
# What was searched for, the categories that answer it, and the category that was clicked in before.
SOLD_TOGETHER = [
    ("茶", {"绿茶", "红茶乌龙"}, "茶具"),
    ("茶", {"绿茶", "红茶乌龙"}, "马克杯"),
    ("电脑", COMPUTERS, "电脑椅"),
    ("笔记本电脑", COMPUTERS, "鼠标"),
    ("咖啡", {"咖啡"}, "马克杯"),
    ("手机", PHONES, "手机壳"),
    ("手机", PHONES, "移动电源"),
    ("手机", PHONES, "充电器"),
    ("牙膏", {"牙膏"}, "电动牙刷"),
    ("洗发水", {"洗发水"}, "护发素"),
    ("帐篷", {"帐篷"}, "睡袋"),
    ("被子", {"被子"}, "四件套"),
]
# What may be lost of the first ten after so many clicks, in the mean of the pairs.
MAX_MEAN_LOST = {1: 0.01, 5: 0.015}
MAX_LOST = 0.2


@pytest.fixture(scope="module")
def by_category(sample_searcher: Searcher) -> dict[str, list[Product]]:
    """The products of each category, by the last name of its path."""
    found = defaultdict(list)
    for page in range(1, 60):
        for hit in search(SearchRequest("", size=100, page=page), sample_searcher.context()).hits:
            found[hit.product.category[-1]].append(hit.product)
    return found


def share(searcher: Searcher, query: str, asked: set[str], history: History) -> float:
    """Return the share of the asked categories among the first ten."""
    request = SearchRequest(query, size=10)
    hits = search(request, replace(searcher.context(), history=history)).hits
    return sum(hit.product.category[-1] in asked for hit in hits) / 10


@pytest.mark.parametrize("clicks", MAX_MEAN_LOST)
def test_who_looked_at_what_goes_with_a_thing_and_searches_for_the_thing_finds_it(
    sample_searcher: Searcher, by_category: dict[str, list[Product]], clicks: int
):
    lost = []
    now = datetime.now(UTC)
    for query, asked, clicked in SOLD_TOGETHER:
        chosen = random.Random(1).sample(by_category[clicked], clicks)
        events = tuple(Event("", CLICK, now, "", "s", "", "", product.product_id) for product in chosen)
        plain = share(sample_searcher, query, asked, NO_HISTORY)
        lost.append(max(0.0, plain - share(sample_searcher, query, asked, History(events, "s"))))
    assert fmean(lost) <= MAX_MEAN_LOST[clicks]
    assert max(lost) <= MAX_LOST
