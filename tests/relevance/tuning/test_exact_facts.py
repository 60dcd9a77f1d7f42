"""Facts that queries state, on their first pages."""

import math

import numpy as np
import pytest

from relevance.judgements import Query
from relevance.tuning.exact_facts import FactHolders, fact_share, find_fact_losses
from relevance.tuning.recording import record
from relevance.tuning.replay import Replay
from shangsou.engines.engine import Engine
from shangsou.lexicon.lexicon import Lexicon
from shangsou.search.context import SearchContext
from tests.fixtures.fact_shop import PLAIN
from tests.fixtures.hash_encoder import HashEncoder

ALL = np.ones(6, bool)
TEXTS = [f"查询{number}" for number in range(6)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("黑色毛衣", [{"black"}]),
        ("羊毛毛衣", [{"black", "grey"}]),
        # 10斤 is 5公斤. Of rice the one that states no weight does not hold it.
        ("5公斤大米", [{"rice-5kg", "rice-10jin"}]),
        ("耐克跑鞋 42码", [{"nike-42", "nike-41", "nike"}, {"nike-42", "adidas-42"}]),
        # Either colour will do.
        ("黑色或白色毛衣", [{"black", "white"}]),
        ("毛衣", []),
    ],
)
def test_a_recording_knows_which_products_of_the_type_hold_what_the_query_states(
    fact_engine: Engine,
    fact_lexicon: Lexicon,
    hash_encoder: HashEncoder,
    text: str,
    expected: list[set[str]],
) -> None:
    replay = Replay(
        record(Query("q", "all", text), SearchContext(fact_engine, hash_encoder, PLAIN, fact_lexicon))
    )
    held = [set(fact.product_ids) for fact in replay.fact_holders]
    assert sorted(held, key=sorted) == sorted(expected, key=sorted)


def test_the_share_is_of_as_many_as_there_are_and_at_most_ten() -> None:
    few = FactHolders(frozenset({"a", "b"}), 2)
    assert fact_share(["a", "x", "b"], [few]) == 1.0
    assert fact_share(["x", "a"], [few]) == 0.5
    many = FactHolders(frozenset(f"p{number}" for number in range(40)), 40)
    assert fact_share([f"p{number}" for number in range(7)], [many]) == 0.7
    # Behind the first page nothing counts.
    assert fact_share([*(["x"] * 10), "a", "b"], [few]) == 0.0


def test_several_facts_count_alike_and_one_that_nothing_holds_not_at_all() -> None:
    held, half = FactHolders(frozenset("a"), 1), FactHolders(frozenset("ab"), 2)
    assert fact_share(["a"], [held, half, FactHolders(frozenset(), 0)]) == 0.75
    assert math.isnan(fact_share(["a"], []))
    assert math.isnan(fact_share(["a"], [FactHolders(frozenset(), 0)]))


def test_variants_of_one_product_fill_one_place() -> None:
    assert fact_share(["red-m"], [FactHolders(frozenset({"red-m", "red-l"}), 1)]) == 1.0


def test_a_first_page_that_loses_the_last_product_with_what_is_stated_is_a_loss() -> None:
    before = np.array([0.1, 0.5, np.nan, 0.5, 0.5, 0.5])
    after = np.array([0.0, 0.9, 0.0, 0.9, 0.9, 0.9])
    assert find_fact_losses(before, after, TEXTS, ALL) == [
        "no product of the first page holds what is stated in 查询0"
    ]
    # Of queries that do not count, none is one.
    assert find_fact_losses(before, after, TEXTS, np.arange(6) > 0) == []


def test_a_mean_that_falls_by_more_than_chance_is_a_loss() -> None:
    before = np.full(6, 0.5)
    # Five that fall alike: one toss of 32. Four: one of 16, above 5 %.
    assert find_fact_losses(before, np.array([0.4, 0.4, 0.4, 0.4, 0.4, 0.5]), TEXTS, ALL) == [
        "first pages hold less of what 6 queries state: facts@10 0.500 → 0.417, p 0.031"
    ]
    assert find_fact_losses(before, np.array([0.4, 0.4, 0.4, 0.4, 0.5, 0.5]), TEXTS, ALL) == []
    assert find_fact_losses(before, before + 0.1, TEXTS, ALL) == []


def test_queries_that_state_nothing_veto_nothing() -> None:
    unstated = np.full(6, np.nan)
    assert find_fact_losses(unstated, unstated, TEXTS, ALL) == []
