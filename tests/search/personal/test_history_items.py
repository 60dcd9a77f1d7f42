"""Items of a history, and their weights."""

from datetime import timedelta
from weakref import ref

import numpy as np
import pytest

from shangsou.behaviour.event import ADD_TO_CART, PURCHASE, Event
from shangsou.behaviour.history import History
from shangsou.search.personal.history_cache import HistoryCache, HistoryFeatures
from shangsou.search.personal.history_items import Attention, HistoryItem, collect_history_items
from tests.search.personal.trouser_catalog import MONDAY, PRODUCTS, click, reader

# Half at a cosine of .5 by another query.
ATTENTION = Attention(similarity=20, same_query=6, threshold=10)


def test_each_product_comes_once_the_last_one_dealt_with_first() -> None:
    events = [click("b", minute=3), click("a", minute=2), click("b", minute=1)]
    assert [item.product_id for item in collect_history_items(events, MONDAY)] == ["b", "a"]


def test_a_product_counts_by_the_most_that_was_done_to_it() -> None:
    bought = Event("e9", PURCHASE, MONDAY, product_id="a")
    carted = Event("e8", ADD_TO_CART, MONDAY, product_id="b")
    history = collect_history_items([bought, carted, click("a"), click("b"), click("c")], MONDAY)
    assert {item.product_id: item.strength for item in history} == {"a": 2.0, "b": 1.5, "c": 1.0}


def test_what_happened_in_this_session_weighs_double() -> None:
    events = [click("now", session_id="today"), click("then", session_id="last week")]
    assert [item.strength for item in collect_history_items(events, MONDAY, "today")] == [2.0, 1.0]


def test_queries_are_compared_as_they_are_normalized() -> None:
    [history] = collect_history_items([click("a", "ＮＩＫＥ 長褲")], MONDAY)
    assert history.queries == {"nike 长裤"}


def history_features(*found_by: tuple[str, str]) -> HistoryFeatures:
    """Return a history of products and the queries that found them."""
    return HistoryFeatures(
        [HistoryItem(product_id, frozenset({query}), 1.0) for product_id, query in found_by], reader()
    )


def test_the_same_query_counts_nearly_in_full_and_far_products_of_others_hardly() -> None:
    history = history_features(("plain-1", "长裤"), ("skirt", "茶叶"))
    same, far = history.attention_weights("长裤", np.array([0.6, 0.2]), ATTENTION)
    assert same == pytest.approx(1 / (1 + np.exp(-8)))  # 20 x .6 + 6 - 10
    assert far == pytest.approx(1 / (1 + np.exp(6)))  # 20 x .2 - 10


def test_a_history_that_is_all_far_away_is_attended_to_by_next_to_nothing() -> None:
    history = history_features(*((product.product_id, "茶叶") for product in PRODUCTS))
    assert history.attention_weights("长裤", np.full(len(PRODUCTS), 0.1), ATTENTION).sum() < 0.01


def test_without_cosines_only_the_same_query_speaks_for_a_product() -> None:
    history = history_features(("plain-1", "长裤"), ("skirt", "茶叶"))
    same, other = history.attention_weights("长裤", None, ATTENTION)
    assert same == pytest.approx(1 / (1 + np.exp(4)))
    assert other < 1e-4


def test_a_product_without_a_title_vector_counts_as_unrelated() -> None:
    [weight] = history_features(("plain-1", "茶叶")).attention_weights("长裤", np.array([np.nan]), ATTENTION)
    assert weight == pytest.approx(1 / (1 + np.exp(10)))


def test_products_that_have_gone_are_not_recalled() -> None:
    history = history_features(("gone", "长裤"), ("plain-1", "长裤"))
    assert history.product_ids == ["plain-1"]
    assert len(history.attention_weights("长裤", np.array([0.5]), ATTENTION)) == 1


def test_a_history_is_worked_out_once_for_each_generation() -> None:
    history, trait_reader = History((click("plain-1"), click("skirt"))), reader()
    history_cache = HistoryCache()
    first = history_cache.get(history, trait_reader)
    assert history_cache.get(history, trait_reader) is first
    # The numbers of words are those of a generation.
    another = history_cache.get(history, reader())
    assert another is not first
    assert another.product_ids == first.product_ids


def test_nothing_is_kept_of_a_history_that_has_gone() -> None:
    history_cache = HistoryCache()
    history = History((click("plain-1"),))
    features = ref(history_cache.get(history, reader()))
    del history
    assert features() is None


def test_what_was_clicked_a_season_ago_weighs_half() -> None:
    [today] = collect_history_items([click("a")], MONDAY)
    [before] = collect_history_items([click("a")], MONDAY + timedelta(days=90))
    assert (today.strength, before.strength) == (1.0, 0.5)
