"""Quotas of brands and types on a page: a taste moves products up to it, and takes nothing over."""

import numpy as np
import pytest

from shangsou.product import Product
from shangsou.search.personal.history_cache import HistoryFeatures
from shangsou.search.personal.history_items import HistoryItem
from shangsou.search.personal.page_quotas import Quota, count_signs, keep_within_quotas
from shangsou.search.personal.popularity import Popularity
from shangsou.search.personal.product_traits import TraitReader
from shangsou.search.personal.ranker import default_ranker
from shangsou.search.personal.rerank import Personalizer, features_for, load_candidates, rank
from tests.search.personal.trouser_catalog import StubEngine, pool

TEA, POT = 0, 1
# Twenty teas, and behind them ten pots.
CODES = [TEA] * 20 + [POT] * 10
POTS_FIRST = [*range(20, 30), *range(20)]
SAME_TIER = np.zeros(30, np.int64)


@pytest.mark.parametrize(("clicks", "expected"), [(0, 1), (1, 2), (3, 2), (4, 3), (9, 4), (100, 10)])
def test_a_type_gains_places_by_the_square_root_of_what_was_clicked(clicks: int, expected: int) -> None:
    # One pot is on the first page in the plain order as well.
    codes = [POT, *[TEA] * 20, *[POT] * 9]
    order = keep_within_quotas([0, *range(21, 30), *range(1, 21)], [Quota(codes, {POT: clicks})], SAME_TIER)
    assert sum(codes[position] == POT for position in order[:10]) == expected


@pytest.mark.parametrize(("clicks", "expected"), [(0, 0), (1, 0), (7, 0), (8, 1), (32, 2)])
def test_a_type_that_the_plain_page_has_none_of_takes_eight_times_as_many(clicks: int, expected: int) -> None:
    order = keep_within_quotas(POTS_FIRST, [Quota(CODES, {POT: clicks})], SAME_TIER)
    assert sum(CODES[position] == POT for position in order[:10]) == expected
    assert sorted(order) == list(range(30))


@pytest.mark.parametrize(("clicks", "expected"), [(0, 1), (5, 1), (8, 2), (32, 3)])
def test_so_does_one_that_the_query_does_not_ask_for(clicks: int, expected: int) -> None:
    codes = [POT, *[TEA] * 20, *[POT] * 9]
    quota = Quota(codes, {POT: clicks}, unasked=frozenset({POT}))
    order = keep_within_quotas([0, *range(21, 30), *range(1, 21)], [quota], SAME_TIER)
    assert sum(codes[position] == POT for position in order[:10]) == expected


def test_what_the_plain_order_gives_a_brand_no_quota_takes_away() -> None:
    # Eight of ten are of brand 7 in the plain order as well.
    codes = [7] * 8 + [1, 2] + list(range(10, 20))
    assert keep_within_quotas(range(20), [Quota(codes, {}, floor=4)], np.zeros(20, np.int64)) == list(
        range(20)
    )


def test_what_has_to_wait_comes_before_what_fits_less() -> None:
    tiers = np.array([0] * 10 + [1] * 10)
    codes = [3, 4] * 5 + [5] * 10
    order = keep_within_quotas([0, 2, 4, 6, 8, 1, 3, 5, 7, 9, *range(10, 20)], [Quota(codes, {})], tiers)
    assert sorted(order[:10]) == list(range(10))


def test_an_older_sign_counts_for_less() -> None:
    # Two clicks of this session weigh 2 each, and one of long ago .5.
    assert count_signs(np.array([5, 5, 6]), np.array([2.0, 2.0, 0.5])) == {5: 2, 6: 0}


# Sold together: who looked at the pot is asked for no pots when they search for tea.
SOLD_TOGETHER = [
    ("茶", "茶叶", "茶具", "功夫茶壶"),
    ("电脑", "笔记本电脑", "电脑椅", "人体工学电脑椅"),
    ("咖啡", "咖啡豆", "马克杯", "咖啡杯陶瓷"),
    ("鞋", "跑步鞋", "皮鞋", "商务皮鞋"),
]


@pytest.mark.parametrize("clicks", [1, 5])
@pytest.mark.parametrize(("query", "asked", "clicked", "title"), SOLD_TOGETHER)
def test_clicks_on_what_goes_with_a_thing_take_no_place_of_it(
    query: str, asked: str, clicked: str, title: str, clicks: int
) -> None:
    things = [Product(f"a{n}", f"{asked} 第{n}款", brand=f"乙{n}", category=(asked,)) for n in range(20)]
    others = [Product(f"c{n}", f"{title} {n}", brand="甲", category=(clicked,)) for n in range(12)]
    reader = TraitReader(StubEngine([*things, *others]))  # type: ignore[arg-type]
    candidates = load_candidates(pool(*(one.product_id for one in (*things, *others))), query, reader)
    assert candidates is not None
    items = [HistoryItem(product.product_id, frozenset({query}), 2.0) for product in others[:clicks]]
    personalizer = Personalizer(default_ranker(), Popularity(), reader)
    features = features_for(candidates, np.ones(4, np.float32), HistoryFeatures(items, reader), personalizer)
    order = rank(features, default_ranker(), 1.0)
    assert all(product_id.startswith("a") for product_id in order[:10])
