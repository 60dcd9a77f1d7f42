"""Evaluation of a searcher against judged queries."""

import pytest

from relevance.evaluation import evaluate, score
from relevance.judgements import Query
from shangsou.degradation import Degradation
from shangsou.engines.query import Hit
from shangsou.search.request import SearchRequest
from tests.fixtures.relevance import WrittenSearcher

QUERIES = [
    Query("q1", "手机", "手机"),
    Query("q2", "手机", "手机壳"),
    Query("q3", "女装", "连衣裙"),
    Query("q4", "女装", "蓝色的梦"),
]
QRELS = {"q1": {"phone": 2}, "q2": {"case": 1}, "q3": {"dress": 1}, "q4": {"dress": 0}}
FOUND = {"手机": ["phone", "case"], "手机壳": ["phone", "case"], "连衣裙": ["dress"]}


def test_each_query_is_searched_once_to_100_hits_and_for_nobody_in_particular():
    searcher = WrittenSearcher(FOUND)
    evaluate(searcher, QUERIES[:2], QRELS, "lexical")
    assert searcher.requests == [
        SearchRequest("手机", mode="lexical", size=100, personalize=False),
        SearchRequest("手机壳", mode="lexical", size=100, personalize=False),
    ]


def test_the_run_holds_what_was_found_in_its_order():
    evaluation = evaluate(WrittenSearcher(FOUND), QUERIES, QRELS)
    assert evaluation.run["q2"] == [Hit("phone", 1.0), Hit("case", 0.5)]
    assert evaluation.run["q4"] == []


def test_the_mean_is_over_sets_and_not_over_queries():
    scores = evaluate(WrittenSearcher(FOUND), QUERIES, QRELS).scores
    # 手机: found at ranks 1 and 2. 女装: one query at rank 1, the other has nothing to find.
    assert scores.sets["手机"].values["mrr@10"] == 0.75
    assert scores.sets["女装"].values["mrr@10"] == 1
    assert scores.mean["mrr@10"] == 0.875


def test_a_query_without_a_relevant_product_is_left_out_and_counted():
    scores = evaluate(WrittenSearcher(FOUND), QUERIES, QRELS).scores
    assert (scores.sets["女装"].queries, scores.sets["女装"].left_out) == (1, 1)
    assert "q4" not in scores.queries


def test_a_set_in_which_nothing_can_be_measured_is_no_part_of_the_mean():
    scores = score({}, [Query("q1", "a", "x"), Query("q2", "b", "y")], {"q1": {"d": 1}})
    assert scores.sets["b"].values == {}
    assert scores.mean == dict.fromkeys(scores.mean, 0)


def test_a_query_that_a_run_does_not_have_found_nothing():
    scores = score({"q1": [Hit("phone", 1.0)]}, QUERIES[:2], QRELS)
    assert scores.sets["手机"].values["recall@100"] == 0.5


def test_grades_count_as_gains_where_asked():
    queries, qrels = [Query("q1", "all", "手机")], {"q1": {"phone": 1, "case": 3}}
    searcher = WrittenSearcher(FOUND)
    assert evaluate(searcher, queries, qrels).scores.mean["ndcg@10"] == 1
    # 1 + 3/log2(3) = 2.8928 against 3 + 1/log2(3) = 3.6309.
    graded = evaluate(searcher, queries, qrels, graded=True)
    assert graded.scores.mean["ndcg@10"] == pytest.approx(0.79671, abs=1e-5)


def test_a_degraded_search_is_remembered_with_its_reason():
    searcher = WrittenSearcher(FOUND, degraded={"手机壳": "encoder: out of memory"})
    assert evaluate(searcher, QUERIES, QRELS).degraded == {"q2": (Degradation("encoder", "out of memory"),)}
