"""Splits of pairs: what judges is in no training."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.pairs.pair import Pair
from training.pairs.splits import leaks, split_pairs


def pair(query, group, shopper=""):
    return Pair(
        query, f"p{group}", f"标题{group}", 1.0, "click" if shopper else "written", group, None, shopper
    )


PAIRS = [pair(f"q{number % 97}", number % 89) for number in range(97 * 89)]


def test_training_shares_no_query_and_no_product_with_what_judges():
    kept, counts = split_pairs(PAIRS, seed=1)
    assert leaks(kept) == []
    assert counts.train + counts.validation + counts.test == len(kept)
    assert counts.train + counts.validation + counts.test + counts.dropped == len(PAIRS)
    # A fifth of 97 queries and of 89 groups is held out: .64 train and .04 judge, give or take.
    assert 0.55 < counts.train / len(PAIRS) < 0.73
    assert 0.01 < (counts.validation + counts.test) / len(PAIRS) < 0.09
    assert min(counts.validation, counts.test) > 0


def test_of_shoppers_only_later_pairs_judge():
    pairs = [pair(f"q{number % 29}", number % 23, f"s{number % 41}") for number in range(29 * 23 * 41)]
    none, counts = split_pairs(pairs, seed=4)
    assert {one.split for one in none} == {"train"}
    kept, later = split_pairs(pairs, pairs, seed=4)
    assert leaks(kept) == []
    assert later.train == counts.train
    assert later.validation + later.test > 0


def test_queries_and_products_of_judgements_are_in_no_pair():
    kept, counts = split_pairs(PAIRS, excluded_queries={"q3"}, excluded_groups={5}, seed=1)
    assert not any(one.query == "q3" or one.group == 5 for one in kept)
    # 89 pairs of the query, 97 of the group, one of both.
    assert counts.excluded == 89 + 97 - 1


def test_queries_of_the_same_words_go_the_same_way():
    pairs = [one for number in range(300) for one in (pair(f"红{number} 裙", 1), pair(f"裙 红{number}", 1))]
    kept, counts = split_pairs(pairs, excluded_queries=["裙红7"], seed=1)
    assert leaks(kept) == []
    assert counts.excluded == 2
    assert counts.train % 2 == counts.validation % 2 == counts.test % 2 == 0


def test_the_product_whose_title_is_a_query_is_held_out_too():
    pairs = [
        Pair(f"标题{one}", f"p{other}", f"标题{other}", 1.0, "co-purchase", other, one)
        for one in range(40)
        for other in range(40)
    ]
    kept, counts = split_pairs(pairs, excluded_groups={3}, seed=1)
    assert leaks(kept) == []
    assert counts.excluded == 40 + 40 - 1
    assert counts.train > 0


def test_another_seed_deals_otherwise_and_the_same_one_alike():
    assert split_pairs(PAIRS, seed=1) == split_pairs(PAIRS, seed=1)
    assert split_pairs(PAIRS, seed=1)[0] != split_pairs(PAIRS, seed=2)[0]


@pytest.mark.parametrize(
    ("judging", "words"),
    [
        (Pair("a", "p9", "t", 1, "click", 9, None, "s9", "test"), "1 queries"),
        (Pair("z", "p1", "t", 1, "click", 1, None, "s9", "validation"), "1 product groups"),
        (Pair("z", "p9", "t", 1, "variant", 9, 1, "", "test"), "1 product groups"),
        (Pair("z", "p9", "t", 1, "click", 9, None, "s1", "test"), "1 shoppers"),
    ],
)
def test_what_training_and_judging_share_is_named(judging, words):
    assert leaks([Pair("a", "p1", "t", 1, "click", 1, None, "s1"), judging]) == [
        f"{words} are in training and in what judges"
    ]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.sampled_from(["", "s", "t"]))))
def test_no_pairs_leak_whatever_they_share(rows):
    pairs = [pair(f"q{query}", group, shopper) for query, group, shopper in rows]
    kept, counts = split_pairs(pairs, pairs, seed=0)
    assert leaks(kept) == []
    assert len(kept) + counts.dropped == len(pairs)
