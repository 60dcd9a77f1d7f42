"""Evaluation of a searcher against judged queries."""

import pytest

from relevance.evaluation import evaluate, score
from relevance.judgements import Query
from relevance.metrics import parse_measures
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


def test_what_comes_near_follows_what_matches_in_a_run():
    searcher = WrittenSearcher({"手机": ["phone"]}, related={"手机": ["case", "film"]})
    evaluation = evaluate(searcher, QUERIES[:1], {"q1": {"phone": 3, "case": 1, "film": 0}})
    assert [hit.product_id for hit in evaluation.run["q1"]] == ["phone", "case", "film"]


def test_graded_measures_tell_matches_from_what_comes_near():
    queries = [Query("q1", "all", "手机"), Query("q2", "all", "手机壳"), Query("q3", "all", "连衣裙")]
    searcher = WrittenSearcher(
        {"手机": ["phone", "case"], "手机壳": ["phone", "case"]},
        related={"手机": ["new"], "连衣裙": ["skirt"]},
    )
    qrels = {
        "q1": {"phone": 3, "phone 2": 3, "case": 0},
        "q2": {"case": 2, "phone": 1},
        "q3": {"dress": 3, "skirt": 2},
    }
    names = "exact@10,type@10,first_wrong,junk@10,matched,none,unjudged@10"
    scores = evaluate(searcher, queries, qrels, measures=parse_measures(names)).scores
    # q1: phone, case, new. Exact 1 of 2 places, type 1 of 10, junk 2 of 10, matched 1 of 2.
    assert scores.queries["q1"] == {
        "exact@10": 0.5,
        "type@10": 0.1,
        "first_wrong": 0,
        "junk@10": 0.2,
        "matched": 0.5,
        "none": 0,
        "unjudged@10": 0.1,
    }
    # q2 has no product of grade 3, and the phone is of another type than its case.
    assert scores.queries["q2"] == {
        "type@10": 0.1,
        "first_wrong": 1,
        "junk@10": 0,
        "none": 0,
        "unjudged@10": 0,
    }
    # q3: nothing matches, and the skirt only comes near; the one place of exact has no dress.
    assert scores.queries["q3"]["none"] == 1
    assert scores.queries["q3"]["first_wrong"] == scores.queries["q3"]["matched"] == 0
    assert scores.mean == {
        "exact@10": 0.25,  # of q1 and q3
        "type@10": pytest.approx(0.1),
        "first_wrong": pytest.approx(1 / 3),
        "junk@10": pytest.approx(0.2 / 3),
        "matched": 0.25,
        "none": pytest.approx(1 / 3),
        "unjudged@10": pytest.approx(0.1 / 3),
    }
    assert scores.sets["all"].queries == 3


def test_all_pages_of_matches_are_read_where_they_are_measured_and_nowhere_else():
    ids = [f"p{number}" for number in range(250)]
    searcher = WrittenSearcher({"手机": ids})
    qrels = {"q1": {"p0": 3, "p99": 3, "p249": 3, "p250": 3}}
    scores = evaluate(searcher, QUERIES[:1], qrels, measures=parse_measures("matched")).scores
    assert scores.mean == {"matched": 0.75}
    assert [request.page for request in searcher.requests] == [1, 2, 3]
    assert {request.size for request in searcher.requests} == {100}
    searcher.requests.clear()
    evaluate(searcher, QUERIES[:1], qrels, measures=parse_measures("none,first_wrong,exact@10"))
    assert [request.page for request in searcher.requests] == [1]
