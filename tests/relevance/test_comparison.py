from relevance.comparison import compare_sets
from relevance.evaluate import score
from relevance.judgements import Query
from shangsou.engines.query import Hit

QUERIES = [Query(f"q{number}", "手机", "手机") for number in range(6)] + [Query("x", "女装", "裙")]
QRELS = {f"q{number}": {"phone": 1} for number in range(6)}
FOUND = score({qid: [Hit("phone", 1.0)] for qid in QRELS}, QUERIES, QRELS)
LOST = score({}, QUERIES, QRELS)


def test_six_queries_that_all_fell_are_a_significant_loss():
    differences = compare_sets(LOST, FOUND, QUERIES)
    # Two of the 64 sign flips are as far from 0. The set of x has nothing to measure.
    assert list(differences) == ["手机"]
    ndcg = differences["手机"]["ndcg@10"]
    assert (ndcg.mean, ndcg.p, ndcg.interval, ndcg.fell) == (-1, 2 / 64, (-1, -1), True)


def test_a_gain_is_no_fall():
    assert not compare_sets(FOUND, LOST, QUERIES)["手机"]["ndcg@10"].fell
