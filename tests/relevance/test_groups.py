"""Judgements count by group: a hit has the best grade of the variants of its group."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from relevance.evaluation import Evaluation, evaluate, score
from relevance.groups import UNGROUPED, ProductGroups, products_to_judge, read_groups
from relevance.judgements import Query
from relevance.metrics import parse_measures
from relevance.reports.evaluation import EvaluationReport, listed
from relevance.reports.scores import remarks
from relevance.tuning.target import TuningTarget
from shangsou.engines.query import Hit
from shangsou.product import Product
from tests.fixtures.relevance import WrittenSearcher

# A dress and a coat in two colours each, and a single hat, whose id is that of the dress's group.
SHOP = [
    Product("red", "裙", group_id="dress"),
    Product("blue", "裙", group_id="dress"),
    Product("grey", "大衣", group_id="coat"),
    Product("black", "大衣", group_id="coat"),
    Product("dress", "帽"),
]
GROUPS = ProductGroups(SHOP)
QUERIES = [Query("q", "all", "裙")]


class VariantSearcher(WrittenSearcher):
    """Knows the groups of the shop."""

    def products(self, product_ids: Sequence[str]) -> list[Product]:
        return [product for product in SHOP if product.product_id in product_ids]


def run_of(*product_ids: str) -> dict[str, list[Hit]]:
    return {"q": [Hit(product_id, 1 / rank) for rank, product_id in enumerate(product_ids, start=1)]}


def values(
    found: Sequence[str], grades: dict[str, int], measures: str, **options: object
) -> dict[str, float]:
    scores = score(
        run_of(*found), QUERIES, {"q": grades}, measures=parse_measures(measures), groups=GROUPS, **options
    )
    return {name: pytest.approx(value) for name, value in scores.queries["q"].items()}


def test_a_hit_has_the_best_grade_of_the_variants_of_its_group() -> None:
    # Judged were the blue dress and, wrongly for this query, the red one: blue stands for both.
    judged = {"blue": 3, "red": 1}
    assert values(["red"], judged, "ndcg@10,type@1,exact@10") == {"ndcg@10": 1, "type@1": 1, "exact@10": 1}
    assert values(["blue"], judged, "ndcg@10") == {"ndcg@10": 1}
    # The red dress alone was judged, and the blue one is shown.
    assert values(["blue"], {"red": 1}, "judged@10,unjudged@1") == {"judged@10": 1, "unjudged@1": 0}


def test_the_ideal_ranking_holds_each_group_once_with_its_best_grade() -> None:
    judged = {"red": 3, "blue": 3, "grey": 1, "black": 2, "dress": 0}
    measured = values(["black", "dress", "blue"], judged, "ndcg@10,recall@10,map@10,f1@10", graded=True)
    # Ideal: 3 + 2/log2(3) = 4.261860. Found: 2 + 3/log2(4) = 3.5.
    assert measured["ndcg@10"] == pytest.approx(0.821238, abs=1e-6)
    # Two groups are relevant, at ranks 1 and 3: (1/1 + 2/3) / 2; F1 is 2 x 2 / (10 + 2).
    assert measured["recall@10"] == 1
    assert measured["map@10"] == 5 / 6
    assert measured["f1@10"] == 1 / 3


def test_of_several_hits_of_a_group_in_a_run_the_first_counts_and_the_others_are_passed_over() -> None:
    # As if the run were dress, hat, coat.
    measured = values(["red", "blue", "dress", "grey"], {"blue": 1, "black": 1}, "map@10,precision@10,mrr@10")
    assert measured == {"map@10": 5 / 6, "precision@10": 0.2, "mrr@10": 1}


def test_what_is_in_no_group_is_judged_as_without_groups() -> None:
    grades, found = {"dress": 2, "gone": 1}, run_of("gone", "other", "dress")
    both = [
        score(found, QUERIES, {"q": grades}, graded=True, groups=groups) for groups in (GROUPS, UNGROUPED)
    ]
    assert both[0] == both[1]


def test_a_group_is_not_mistaken_for_a_product_of_the_same_name() -> None:
    assert values(["dress"], {"red": 1}, "hit@10") == {"hit@10": 0}


def test_a_search_is_judged_by_the_groups_of_the_index() -> None:
    searcher = VariantSearcher({"裙": ["blue", "dress"]}, related={"裙": ["grey"]})
    judged = {"q": {"red": 3, "black": 1}, "never searched": {"gone": 1}}
    measures = parse_measures("ndcg@10,first_wrong,matched,junk@3")
    evaluation = evaluate(searcher, QUERIES, judged, measures=measures)
    # The run names the hits themselves.
    assert [hit.product_id for hit in evaluation.run["q"]] == ["blue", "dress", "grey"]
    # 1 + 1/log2(4) of 1 + 1/log2(3).
    assert evaluation.scores.queries["q"] == {
        "ndcg@10": pytest.approx(0.919721, abs=1e-6),
        "first_wrong": 0,
        "matched": 1,
        "junk@3": pytest.approx(1 / 3),
    }


def test_a_report_lists_each_group_once_with_the_rank_at_which_a_variant_stands() -> None:
    searcher = VariantSearcher({"裙": ["dress", "blue"]})
    qrels = {"q": {"red": 1, "blue": 2, "black": 3}}
    evaluation = evaluate(searcher, QUERIES, qrels)
    found, wanted = listed("q", EvaluationReport(evaluation, QUERIES, qrels, {}))
    assert [(hit.product_id, hit.grade) for hit in found] == [("dress", None), ("blue", 2)]
    assert [(hit.product_id, hit.grade, hit.rank) for hit in wanted] == [("black", 3, 0), ("blue", 2, 2)]


def test_a_variant_that_was_found_is_no_sign_of_another_catalog() -> None:
    evaluation = evaluate(VariantSearcher({"裙": ["blue"]}), QUERIES, {"q": {"red": 1}})
    assert remarks(evaluation, QUERIES, {"q": {"red": 1}}) == []
    ungrouped = Evaluation(evaluation.run, evaluation.scores, {})
    assert "is this the index" in remarks(ungrouped, QUERIES, {"q": {"red": 1}})[-1]


def test_tuning_gains_by_any_variant_of_a_group() -> None:
    target = TuningTarget(QUERIES, {"q": {"red": 1, "blue": 1}}, "recall@10")
    assert target.value(["blue"], QUERIES[0], GROUPS) == 1
    assert target.value(["blue"], QUERIES[0]) == 0.5


def test_groups_are_looked_up_once_for_each_product_in_batches() -> None:
    asked: list[Sequence[str]] = []

    class Many:
        def products(self, product_ids: Sequence[str]) -> list[Product]:
            asked.append(product_ids)
            return [replace(SHOP[0], product_id=product_id) for product_id in product_ids]

    qrels = {"q": {str(number): 1 for number in range(1500)}}
    groups = read_groups(Many(), products_to_judge(qrels, {"q": ["0", "1500"], "not judged": ["x"]}))
    assert [len(batch) for batch in asked] == [1000, 501]
    assert groups.distinct(["1500", "x", "0"]) == ["0", "x"]
