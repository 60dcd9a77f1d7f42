"""Head, torso and tail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevance.sampling.search_counts import QueryCount
from relevance.sampling.strata import allocate, split_by_traffic


def counted(**searches: int) -> list[QueryCount]:
    return [QueryCount(text, count, count) for text, count in searches.items()]


def test_each_stratum_has_a_third_of_the_searches():
    # Of 90 searches the 1st and the 26th are for 雨伞 and 帽子, within the first third; the 46th for 袜子.
    strata = split_by_traffic(counted(裙=8, 雨伞=25, 鞋=10, 帽子=20, 裤=12, 袜子=15))
    assert [
        (stratum.name, [query.text for query in stratum.queries], stratum.searches) for stratum in strata
    ] == [
        ("head", ["雨伞", "帽子"], 45),
        ("torso", ["袜子"], 15),
        ("tail", ["裤", "鞋", "裙"], 30),
    ]


def test_a_query_that_makes_half_of_the_searches_leaves_the_torso_smaller():
    strata = split_by_traffic(counted(雨伞=50, 帽子=30, 裙=20))
    assert [[query.text for query in stratum.queries] for stratum in strata] == [["雨伞"], ["帽子"], ["裙"]]
    strata = split_by_traffic(counted(雨伞=90, 裙=10))
    assert [[query.text for query in stratum.queries] for stratum in strata] == [["雨伞"], [], ["裙"]]


def test_which_of_equally_frequent_queries_are_of_the_head_does_not_follow_the_order_of_the_log():
    queries = [QueryCount(f"q{number}", 1, 1) for number in range(300)]
    strata = split_by_traffic(queries)
    assert split_by_traffic(reversed(queries)) == strata
    assert [len(stratum.queries) for stratum in strata] == [100, 100, 100]
    # Of a third of the alphabet about a third is of the head: 33, with a standard error below 5.
    first = {query.text for query in queries[:100]}
    assert 18 <= sum(query.text in first for query in strata[0].queries) <= 48


@given(st.lists(st.integers(1, 1_000), min_size=1, max_size=60))
def test_strata_divide_the_queries_by_frequency(counts: list[int]):
    queries = [QueryCount(str(number), count, count) for number, count in enumerate(counts)]
    strata = split_by_traffic(queries)
    together = [query for stratum in strata for query in stratum.queries]
    assert sorted(together, key=lambda query: int(query.text)) == queries
    assert [query.searches for query in together] == sorted(counts, reverse=True)


@pytest.mark.parametrize(
    ("size", "shares", "limits", "counts"),
    [
        pytest.param(200, (1, 1, 1), (999, 999, 999), [67, 67, 66], id="alike"),
        pytest.param(100, (2, 1, 1), (999, 999, 999), [50, 25, 25], id="by share"),
        pytest.param(200, (1, 1, 1), (45, 999, 999), [45, 78, 77], id="a small head leaves the rest more"),
        pytest.param(10, (0, 1, 1), (999, 999, 999), [0, 5, 5], id="none of the head"),
        pytest.param(10, (1, 1, 1), (2, 0, 3), [2, 0, 3], id="fewer than wanted"),
        pytest.param(2, (1, 1, 1), (9, 9, 9), [1, 1, 0], id="fewer than strata"),
    ],
)
def test_queries_fall_to_strata_by_share(size, shares, limits, counts):
    assert allocate(size, shares, limits) == counts
