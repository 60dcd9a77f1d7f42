"""What of a history counts, and how much."""

import numpy as np
import pytest

from shangsou.behaviour.event import ADD_TO_CART, PURCHASE, Event
from shangsou.search.personal.past import Attention, Past, attention_weights, past_products
from tests.search.personal.shelf import MONDAY, click

# Half at a cosine of .5 by another query.
ATTENTION = Attention(similarity=20, same_query=6, nothing=10)


def test_each_product_comes_once_the_last_one_dealt_with_first() -> None:
    events = [click("b", minute=3), click("a", minute=2), click("b", minute=1)]
    assert [one.product_id for one in past_products(events)] == ["b", "a"]


def test_a_product_counts_by_the_most_that_was_done_to_it() -> None:
    bought = Event("e9", PURCHASE, MONDAY, product_id="a")
    carted = Event("e8", ADD_TO_CART, MONDAY, product_id="b")
    past = past_products([bought, carted, click("a"), click("b"), click("c")])
    assert {one.product_id: one.strength for one in past} == {"a": 2.0, "b": 1.5, "c": 1.0}


def test_what_happened_in_this_session_weighs_double() -> None:
    events = [click("now", session_id="today"), click("then", session_id="last week")]
    assert [one.strength for one in past_products(events, "today")] == [2.0, 1.0]


def test_queries_are_compared_as_they_are_normalised() -> None:
    [past] = past_products([click("a", "ＮＩＫＥ 長褲")])
    assert past.queries == {"nike 长裤"}


def test_the_same_query_counts_nearly_in_full_and_far_products_of_others_hardly() -> None:
    past = [Past("same", frozenset({"长裤"}), 1.0), Past("far", frozenset({"茶叶"}), 1.0)]
    same, far = attention_weights(past, "长裤", {"same": 0.6, "far": 0.2}, ATTENTION)
    assert same == pytest.approx(1 / (1 + np.exp(-8)))  # 20 x .6 + 6 - 10
    assert far == pytest.approx(1 / (1 + np.exp(6)))  # 20 x .2 - 10


def test_a_history_that_is_all_far_away_is_attended_to_by_next_to_nothing() -> None:
    past = [Past(str(number), frozenset({"茶叶"}), 1.0) for number in range(20)]
    weights = attention_weights(past, "长裤", {one.product_id: 0.1 for one in past}, ATTENTION)
    assert weights.sum() < 0.01


def test_without_cosines_only_the_same_query_speaks_for_a_product() -> None:
    past = [Past("same", frozenset({"长裤"}), 1.0), Past("other", frozenset({"茶叶"}), 1.0)]
    same, other = attention_weights(past, "长裤", {}, ATTENTION)
    assert same == pytest.approx(1 / (1 + np.exp(4)))
    assert other < 1e-4
