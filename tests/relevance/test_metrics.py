import random
from math import log2

import pytest

from relevance.metrics import MEASURES, hit, measure, ndcg, precision, recall, reciprocal_rank


def test_ndcg_is_the_discounted_gain_over_that_of_the_best_order():
    # Found at rank 2 of two relevant ones: 1/log2(3) against 1/log2(2) + 1/log2(3).
    assert ndcg(["壳", "手机", "膜"], {"手机": 1, "耳机": 1}, 10) == pytest.approx(
        0.63093 / 1.63093, abs=1e-5
    )


def test_ndcg_of_the_best_order_is_1():
    assert ndcg(["a", "b", "c"], {"a": 3, "b": 1}, 10) == 1


def test_a_grade_counts_as_the_gain():
    # 1 at rank 1 and 3 at rank 2, best the other way round.
    assert ndcg(["b", "a"], {"a": 3, "b": 1}, 10) == pytest.approx((1 + 3 / log2(3)) / (3 + 1 / log2(3)))


def test_ndcg_needs_only_k_of_many_relevant_products_to_be_perfect():
    assert ndcg(["a", "b"], {"a": 1, "b": 1, "c": 1}, 2) == 1


@pytest.mark.parametrize(
    ("rank", "expected"),
    [
        pytest.param(1, 1, id="first"),
        pytest.param(4, 0.25, id="fourth"),
        pytest.param(10, 0.1, id="last that counts"),
        pytest.param(11, 0, id="too late"),
    ],
)
def test_the_reciprocal_rank_is_of_the_first_relevant_product(rank, expected):
    ranking = [f"other-{place}" for place in range(1, rank)] + ["手机", "耳机"]
    assert reciprocal_rank(ranking, {"手机": 1, "耳机": 1}, 10) == expected


def test_recall_is_the_share_of_the_relevant_products_found():
    assert recall(["a", "x", "b", "c"], {"a": 1, "b": 1, "c": 1, "d": 1}, 3) == 0.5


def test_an_empty_place_is_not_precise():
    assert precision(["a", "x", "b"], {"a": 1, "b": 1, "c": 1}, 10) == 0.2


def test_a_hit_is_any_relevant_product():
    assert hit(["x", "a"], {"a": 1}, 10) == 1
    assert hit(["x", "a"], {"a": 1}, 1) == 0


def test_nothing_found_is_0_throughout():
    assert measure([], {"a": 1}) == dict.fromkeys(MEASURES, 0)


def test_gains_are_binary_unless_asked_otherwise():
    grades = {"a": 3, "b": 1, "c": 0, "d": -1}
    assert measure(["b", "a"], grades)["ndcg@10"] == 1
    assert measure(["b", "a"], grades, graded=True)["ndcg@10"] == pytest.approx(
        (1 + 3 / log2(3)) / (3 + 1 / log2(3))
    )


def test_a_product_judged_not_relevant_is_as_one_that_is_not_judged():
    assert measure(["c", "d", "a"], {"a": 2, "c": 0, "d": -1}) == measure(["x", "y", "a"], {"a": 2})


def test_a_query_without_a_relevant_product_cannot_be_measured():
    with pytest.raises(ValueError, match="no product is relevant"):
        measure(["a"], {"a": 0})


@pytest.mark.parametrize("graded", [False, True], ids=["binary", "graded"])
def test_the_measures_are_those_of_trec_eval(graded):
    import ir_measures

    names = {"ndcg@10": "nDCG@10", "mrr@10": "RR@10", "recall@100": "R@100", "precision@10": "P@10"} | {
        "hit@10": "Success@10"
    }
    theirs = {name: ir_measures.parse_measure(names[name]) for name in MEASURES}
    random_source = random.Random(20261123)
    documents = [f"d{number}" for number in range(300)]
    for _ in range(50):
        judged = random_source.sample(documents, random_source.randint(1, 40))
        grades = {doc_id: random_source.choice([0, 1, 2, 3]) for doc_id in judged} | {"sure": 1}
        ranking = random_source.sample([*documents, "sure"], random_source.randint(0, 150))
        shown = {doc_id: grade if graded else int(grade > 0) for doc_id, grade in grades.items()}
        expected = ir_measures.calc_aggregate(
            theirs.values(),
            {"q": shown},
            {"q": {doc_id: 1000.0 - rank for rank, doc_id in enumerate(ranking)} or {"none": 0.0}},
        )
        assert measure(ranking, grades, graded=graded) == pytest.approx(
            {name: expected[theirs[name]] for name in MEASURES}
        )
