"""Comparison of two rankings."""

import pytest

from relevance.comparison import compare
from relevance.evaluation import score
from relevance.judgements import Query
from relevance.metrics import parse_measures
from shangsou.engines.query import Hit

QUERIES = [Query(f"q{number}", "手机", "手机") for number in range(6)] + [Query("x", "女装", "裙")]
QRELS = {f"q{number}": {"phone": 1} for number in range(6)}
FOUND = score({qid: [Hit("phone", 1.0)] for qid in QRELS}, QUERIES, QRELS)
LOST = score({}, QUERIES, QRELS)


def test_six_queries_that_all_fell_are_a_significant_loss():
    differences = compare(LOST, FOUND, QUERIES).sets
    # Two of the 64 sign flips are as far from 0. The set of x has nothing to measure.
    assert list(differences) == ["手机"]
    ndcg = differences["手机"]["ndcg@10"]
    assert (ndcg.mean, ndcg.p, ndcg.interval, ndcg.regressed) == (-1, 2 / 64, (-1, -1), True)


def test_a_gain_is_no_fall():
    assert not compare(FOUND, LOST, QUERIES).sets["手机"]["ndcg@10"].regressed


TAGGED = [
    Query("a", "女装", "裙", ("brand",)),
    Query("b", "女装", "裤"),
    Query("c", "手机", "机", ("brand",)),
]
TAGGED_QRELS = {"a": {"1": 1}, "b": {"1": 1}, "c": {"1": 1}}


def first(*qids):
    """Scores of a run that answers these queries right at once, and the others not at all."""
    return score({qid: [Hit("1", 1.0)] for qid in qids}, TAGGED, TAGGED_QRELS)


def test_the_mean_counts_each_set_the_same_and_a_tag_each_of_its_queries():
    compared = compare(first("a", "c"), first("b"), TAGGED)
    # 女装: a gained 1, b lost 1; 手机: c gained 1.
    assert compared.sets["女装"]["ndcg@10"].mean == 0
    assert compared.mean["ndcg@10"].mean == 0.5
    assert compared.tags["brand"]["ndcg@10"].mean == 1


def test_queries_come_with_the_greatest_loss_first():
    compared = compare(first("a"), first("a", "b"), TAGGED)
    assert [(change.query.qid, change.gain) for change in compared.queries] == [("b", -1), ("a", 0), ("c", 0)]


def test_the_interval_of_the_mean_draws_each_set_by_itself():
    # The only query of 手机 gained, and those of 女装 did not change: no draw can differ.
    difference = compare(first("c"), first(), TAGGED).mean["ndcg@10"]
    assert difference.interval == (0.5, 0.5)


def test_a_query_of_a_small_set_weighs_more_in_the_test_of_the_mean():
    # Signs of c (weight 1), a and b (1/2 each): as far from 0 as 1 + 1/2 + 1/2 are two of eight.
    assert compare(first("a", "b", "c"), first(), TAGGED).mean["ndcg@10"].p == 2 / 8


def test_without_the_gated_measure_there_is_nothing_to_compare_by():
    scores = score({}, TAGGED, TAGGED_QRELS, measures=parse_measures("map@10"))
    with pytest.raises(ValueError, match="ndcg@10 was not measured"):
        compare(scores, scores, TAGGED)
