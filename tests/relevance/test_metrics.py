"""Ranking metrics, worked by hand."""

import random
from math import log2

import pytest

from relevance.metrics import DEFAULT_MEASURES, Measure, measure, parse_measure, parse_measures
from shangsou.errors import UnusableInput


def value(name, ranking, grades, *, graded=False):
    return measure(ranking, grades, [parse_measure(name)], graded=graded)[name]


def test_ndcg_is_the_discounted_gain_over_that_of_the_best_order():
    # Found at rank 2 of two relevant ones: 1/log2(3) against 1/log2(2) + 1/log2(3).
    assert value("ndcg@10", ["壳", "手机", "膜"], {"手机": 1, "耳机": 1}) == pytest.approx(
        0.63093 / 1.63093, abs=1e-5
    )


def test_ndcg_of_the_best_order_is_1():
    assert value("ndcg@10", ["a", "b", "c"], {"a": 3, "b": 1}, graded=True) == 1


def test_a_grade_counts_as_the_gain():
    # 1 at rank 1 and 3 at rank 2, best the other way round.
    assert value("ndcg@10", ["b", "a"], {"a": 3, "b": 1}, graded=True) == pytest.approx(
        (1 + 3 / log2(3)) / (3 + 1 / log2(3))
    )


def test_ndcg_needs_only_k_of_many_relevant_products_to_be_perfect():
    assert value("ndcg@2", ["a", "b"], {"a": 1, "b": 1, "c": 1}) == 1


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
    assert value("mrr@10", ranking, {"手机": 1, "耳机": 1}) == expected


def test_average_precision_counts_a_relevant_product_that_is_not_found_as_0():
    # Precision 1/1 at rank 1 and 2/3 at rank 3; c is not found.
    assert value("map@10", ["a", "x", "b"], {"a": 1, "b": 1, "c": 1}) == pytest.approx((1 + 2 / 3) / 3)


def test_recall_is_the_share_of_the_relevant_products_found():
    assert value("recall@3", ["a", "x", "b", "c"], {"a": 1, "b": 1, "c": 1, "d": 1}) == 0.5


def test_an_empty_place_is_not_precise():
    assert value("precision@10", ["a", "x", "b"], {"a": 1, "b": 1, "c": 1}) == 0.2


def test_f1_is_the_harmonic_mean_of_precision_and_recall():
    # Precision 2/4 and recall 2/3: 2 * (1/2 * 2/3) / (1/2 + 2/3).
    assert value("f1@4", ["a", "x", "b", "y"], {"a": 1, "b": 1, "c": 1}) == pytest.approx(4 / 7)


def test_a_hit_is_any_relevant_product():
    assert value("hit@10", ["x", "a"], {"a": 1}) == 1
    assert value("hit@1", ["x", "a"], {"a": 1}) == 0


def test_err_is_where_a_shopper_is_expected_to_stop():
    # Grade 2 satisfies 3/16 of all shoppers at rank 1; grade 4 then 15/16 of the other 13/16 at rank 2.
    assert value("err@10", ["b", "a"], {"a": 4, "b": 2}) == pytest.approx(3 / 16 + 13 / 16 * 15 / 16 / 2)


def test_judged_is_of_what_was_found_and_counts_those_judged_not_relevant():
    assert value("judged@10", ["a", "bad", "x", "y"], {"a": 1, "bad": 0}) == 0.5
    assert value("judged@1", ["x", "a"], {"a": 1}) == 0


# Of six graded products three are exact; d4 is of another type, d5 was not asked for.
GRADED = {"a3": 3, "b3": 3, "c3": 3, "d2": 2, "d4": 1, "d5": 0}


def test_exponential_gains_are_2_to_the_grade_less_1():
    # Gains 3, 7, 0 and 1 against the best order, 7, 7, 7, 3 and 1.
    best = 7 + 7 / log2(3) + 7 / 2 + 3 / log2(5) + 1 / log2(6)
    found = ["d2", "a3", "d5", "d4"]
    assert value("ndcg_exp@10", found, GRADED) == pytest.approx((3 + 7 / log2(3) + 1 / log2(5)) / best)
    assert value("ndcg_exp@10", found, GRADED, graded=True) == value("ndcg_exp@10", found, GRADED)
    assert value("ndcg_exp@2", ["a3", "b3"], GRADED) == 1


def test_exact_has_as_many_places_as_there_are_exact_products():
    # Three places for three exact products, of which two are filled; then two.
    assert value("exact@10", ["a3", "d2", "b3", "c3"], GRADED) == pytest.approx(2 / 3)
    assert value("exact@2", ["a3", "d2", "b3", "c3"], GRADED) == 0.5


def test_the_type_is_right_from_grade_2_and_junk_is_grade_0_or_not_judged():
    found = ["a3", "d2", "d4", "d5", "new"]
    assert value("type@10", found, GRADED) == 0.2
    assert value("junk@10", found, GRADED) == 0.2
    assert value("unjudged@10", found, GRADED) == 0.1
    # Of the first four places: a3 and d2; d5.
    assert (value("type@4", found, GRADED), value("junk@4", found, GRADED)) == (0.5, 0.25)


@pytest.mark.parametrize(
    ("matches", "first_wrong", "matched", "none"),
    [
        pytest.param(["a3", "d5"], 0, 1 / 3, 0, id="right"),
        pytest.param(["d2", "a3", "b3", "c3"], 0, 1, 0, id="of the right type"),
        pytest.param(["d4", "a3"], 1, 1 / 3, 0, id="of another type"),
        pytest.param(["new"], 1, 0, 0, id="not judged"),
        pytest.param([], 0, 0, 1, id="nothing"),
    ],
)
def test_measures_of_the_matches_do_not_count_what_comes_near(matches, first_wrong, matched, none):
    measures = parse_measures("first_wrong,matched,none")
    # Whatever the ranking shows besides.
    assert measure(["c3", "d5"], GRADED, measures, matches=matches) == {
        "first_wrong": first_wrong,
        "matched": pytest.approx(matched),
        "none": none,
    }


def test_a_query_without_an_exact_product_has_no_share_of_them():
    measures = parse_measures("exact@10,matched,type@10")
    assert measure(["d2"], {"d2": 2, "d4": 1}, measures, matches=["d2"]) == {"type@10": 0.1}


def test_what_needs_the_matches_is_not_measured_on_a_ranking_alone():
    with pytest.raises(ValueError, match="matched needs the matches of the search"):
        measure(["a3"], GRADED, parse_measures("matched"))


def test_nothing_found_is_0_throughout():
    assert measure([], {"a": 1}, parse_measures(ALL)) == dict.fromkeys(ALL.split(","), 0)


def test_gains_are_binary_unless_asked_otherwise():
    assert value("ndcg@10", ["b", "a"], {"a": 3, "b": 1, "c": 0, "d": -1}) == 1


def test_a_product_judged_not_relevant_is_as_one_that_is_not_judged():
    assert measure(["c", "d", "a"], {"a": 2, "c": 0, "d": -1}) == measure(["x", "y", "a"], {"a": 2})


def test_a_query_without_a_relevant_product_cannot_be_measured():
    with pytest.raises(ValueError, match="no product is relevant"):
        measure(["a"], {"a": 0})


def test_measures_go_by_their_names_in_ir_measures_too_in_any_case():
    assert parse_measures(" nDCG@5,RR@10,AP@100, P@3,R@50,Success@1,ndcg@5") == tuple(
        Measure(kind, k)
        for kind, k in [("ndcg", 5), ("mrr", 10), ("map", 100), ("precision", 3), ("recall", 50), ("hit", 1)]
    )


def test_measures_of_matches_have_no_depth():
    assert parse_measures("Matched, none,exact@5") == (
        Measure("matched"),
        Measure("none"),
        Measure("exact", 5),
    )
    assert [one.name for one in parse_measures("first_wrong,junk@3")] == ["first_wrong", "junk@3"]


@pytest.mark.parametrize(
    "wrong",
    ["", "ndcg", "ndcg@0", "ndcg@101", "bpref@10", "ndcg@x", "ndcg@-1", "exact", "matched@10", "none@1"],
)
def test_what_is_no_measure_is_refused_with_those_that_are(wrong):
    with pytest.raises(
        UnusableInput, match=r"there are ndcg@K, .* from 1 to 100, and without one first_wrong, matched, none"
    ):
        parse_measure(wrong)


# Each measure of ours, and the one of ir-measures, which asks trec_eval, gdeval and MS MARCO's script.
THEIRS = {
    "ndcg@10": "nDCG@10",
    "mrr@10": "RR@10",
    "map@100": "AP@100",
    "precision@10": "P@10",
    "recall@100": "R@100",
    "hit@10": "Success@10",
    "err@10": "ERR@10",
    "judged@10": "Judged@10",
}
ALL = ",".join([*THEIRS, "f1@10"])


def random_queries():
    """Grades and ranking of 50 queries; something is found for each."""
    source = random.Random(20261123)
    documents = [f"d{number}" for number in range(300)]
    for number in range(50):
        judged = source.sample(documents, source.randint(1, 40))
        grades = {doc_id: source.choice([0, 1, 2, 3]) for doc_id in judged} | {"sure": 1}
        # Numbers: gdeval takes no other query ids.
        yield str(number), grades, source.sample([*documents, "sure"], source.randint(1, 150))


@pytest.mark.parametrize("graded", [False, True], ids=["binary", "graded"])
def test_the_measures_are_those_of_trec_eval(graded):
    import ir_measures

    queries = list(random_queries())
    theirs = {ir_measures.parse_measure(name): ours for ours, name in THEIRS.items()}
    run = {qid: {doc_id: 1000.0 - rank for rank, doc_id in enumerate(found)} for qid, _, found in queries}
    # ERR and the share of judged products read grades as they are; the others gains.
    for reads_grades in (True, False):
        chosen = [one for one, ours in theirs.items() if ours.startswith(("err", "judged")) == reads_grades]
        shown = {
            qid: {
                doc_id: grade if graded or reads_grades else int(grade > 0)
                for doc_id, grade in grades.items()
            }
            for qid, grades, _ in queries
        }
        for one in ir_measures.iter_calc(chosen, shown, run):
            _, grades, ranking = queries[int(one.query_id)]
            name = theirs[one.measure]
            # gdeval prints five digits.
            assert value(name, ranking, grades, graded=graded) == pytest.approx(one.value, abs=1e-5)


def test_f1_is_that_of_trec_eval_where_exactly_k_were_found():
    import ir_measures

    # trec_eval's own has no depth: it is of all that was found.
    queries = [(qid, grades, ranking[:10]) for qid, grades, ranking in random_queries() if len(ranking) >= 10]
    expected = ir_measures.iter_calc(
        [ir_measures.parse_measure("SetF")],
        {qid: {doc_id: int(grade > 0) for doc_id, grade in grades.items()} for qid, grades, _ in queries},
        {qid: {doc_id: 100.0 - rank for rank, doc_id in enumerate(found)} for qid, _, found in queries},
    )
    by_qid = {one.query_id: one.value for one in expected}
    assert len(by_qid) > 30
    for qid, grades, ranking in queries:
        assert value("f1@10", ranking, grades) == pytest.approx(by_qid[qid])


def test_the_default_measures_are_those_of_the_contract_and_two_more():
    assert [one.name for one in DEFAULT_MEASURES][:3] == ["ndcg@10", "mrr@10", "recall@100"]
