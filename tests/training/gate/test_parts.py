"""Parts of judged, personal and pair figures, worked by hand."""

import numpy as np
import pytest

from relevance.groups import UNGROUPED
from relevance.judgements import Query
from relevance.model_gate import WHOLE
from shangsou.engines.query import Hit
from training.gate.answers import Answers
from training.gate.judged_sets import JudgedSets
from training.gate.pair_outcomes import JudgedPairs, PairFigures, PairOutcomes
from training.gate.parts import judged_parts, pair_parts
from training.gate.seen import Seen, TrainedPairs


def hits(text):
    return [Hit(product_id, 1.0) for product_id in text.split()]


def answers(**by_qid):
    run = {qid: hits(text) for qid, text in by_qid.items()}
    return Answers({"encoder": run, "hybrid": run}, (), ())


def parts_of(before, after, judged, seen):
    made = judged_parts(before, after, judged, UNGROUPED, seen, graded=False)
    return {part.name: part for part in made if part.leg == "hybrid"}


JUDGED = JudgedSets(
    [Query("q1", "女装", "红裙", ("brand",)), Query("q2", "厨房", "锅"), Query("q3", "厨房", "盘")],
    {"q1": {"a": 3, "b": 1}, "q2": {"c": 1, "d": 0}, "q3": {}},
)


def test_sets_tags_unknown_queries_and_the_mean_are_measured():
    before, after = answers(q1="a b", q2="c d"), answers(q1="x a b", q2="c d")
    seen = Seen(TrainedPairs({"锅"}, set(), {}))
    parts = parts_of(before, after, JUDGED, seen)
    assert list(parts) == ["女装", "厨房", WHOLE, "unknown queries", "#brand"]
    assert {name: part.after["mrr@10"] for name, part in parts.items()} == {
        "女装": 0.5,
        "厨房": 1.0,
        # Of two sets with equal weight; the query without a relevant product counts nowhere.
        WHOLE: 0.75,
        "unknown queries": 0.5,
        "#brand": 0.5,
    }
    assert parts[WHOLE].is_tested
    assert parts[WHOLE].queries == 2


def test_old_products_are_passed_over_where_new_ones_are_measured():
    # a is old and b is new: behind a, which is right as well, b is first.
    seen = Seen(old_products={"a", "c"})
    parts = parts_of(answers(q1="a b", q2="c"), answers(q1="a x b", q2="c"), JUDGED, seen)
    new = parts["new products"]
    assert new.queries == 1
    assert (new.before["mrr@10"], new.after["mrr@10"]) == (1.0, 0.5)
    # Of two relevant products one is new.
    assert new.before["recall@100"] == 1.0


def test_where_all_is_new_or_all_is_unknown_there_is_no_slice():
    seen = Seen(TrainedPairs(set(), set(), {}), old_products=set())
    run = answers(q1="a", q2="c")
    assert {"new products", "unknown queries"}.isdisjoint(parts_of(run, run, JUDGED, seen))


def test_one_set_is_its_own_mean():
    judged = JudgedSets([JUDGED.queries[0]], {"q1": {"a": 1}})
    run = answers(q1="a")
    assert not parts_of(run, run, judged, Seen())[WHOLE].is_tested


def test_pairs_of_a_query_count_as_one_and_the_mean_is_that_of_pairs():
    pairs = JudgedPairs(("红",) * 4 + ("锅",) * 2, ("",) * 6, np.array([True, False] * 3))

    def outcomes(*is_right):
        return PairOutcomes(0.5, np.array(is_right, np.bool_), PairFigures(0, 0, 0, 0))

    part, _ = pair_parts(pairs, outcomes(1, 1, 1, 1, 0, 0), outcomes(1, 1, 0, 0, 1, 1))
    assert (part.before["accuracy"], part.after["accuracy"]) == pytest.approx((4 / 6, 4 / 6))
    # Two were lost of one query and two gained of the other: -2 and +2 of six, times two queries.
    assert part.gains["accuracy"][0] == pytest.approx([-4 / 6, 4 / 6])
