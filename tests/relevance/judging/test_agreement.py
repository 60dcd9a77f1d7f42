"""Agreement between judges, worked by hand."""

import numpy as np
import pytest

from relevance.judging.agreement import Disagreement, agreement, agreements, kappa, mean_kappa
from relevance.judging.agreement_report import agreement_lines
from relevance.judging.consensus import consensus
from shangsou.errors import UnusableInput


def grades(*values):
    return {"q1": {f"d{number}": grade for number, grade in enumerate(values)}}


def test_cohens_kappa_of_a_table_worked_by_hand():
    # 20 + 15 of 50 agree: .7. By chance (25 x 30 + 25 x 20) / 50**2 = .5. So (.7 - .5) / (1 - .5) = .4.
    table = np.array([[20, 5], [10, 15]])
    assert kappa(table, (0, 1), "none") == pytest.approx(0.4)


def test_weighted_kappas_of_a_table_worked_by_hand():
    # Ten pairs; rows 4, 3, 3, columns 3, 4, 3. Differences: 0 | 1 twice, 0 | 2 once, 1 | 0 once.
    table = np.array([[1, 2, 1], [1, 2, 0], [1, 0, 2]])
    # Expected counts are row x column / 10. Linear cost: (4x4 + 2x4x3 + 3x3 + 3x3 + 2x3x3 + 3x4) / 10 = 8.8;
    # observed 2 + 2x1 + 1 + 2x1 = 7. Quadratic: (16 + 4x12 + 9 + 9 + 4x9 + 12) / 10 = 13; 2 + 4 + 1 + 4 = 11.
    assert kappa(table, (0, 1, 2), "linear") == pytest.approx(1 - 7 / 8.8)
    assert kappa(table, (0, 1, 2), "quadratic") == pytest.approx(1 - 11 / 13)


def test_two_grades_make_all_kappas_the_same():
    found = agreement(("a", "b"), grades(0, 0, 1, 1, 1), grades(0, 1, 1, 1, 0))
    assert found.kappa["none"] == found.kappa["linear"] == found.kappa["quadratic"]


def test_those_who_agree_in_all_have_one_and_chance_alone_has_none():
    assert agreement(("a", "b"), grades(0, 1, 2, 3), grades(0, 1, 2, 3)).kappa["quadratic"] == 1
    assert agreement(("a", "b"), grades(0, 0, 1, 1), grades(0, 1, 0, 1)).kappa["quadratic"] == 0


def test_kappa_is_undefined_where_both_give_one_grade_to_everything():
    found = agreement(("甲", "乙"), grades(3, 3), grades(3, 3))
    assert found.raw == 1
    assert found.kappa == {"none": None, "linear": None, "quadratic": None}
    assert found.interval is None
    assert any("undefined: both gave one and the same grade" in line for line in agreement_lines(found, 5))


def test_only_what_both_judged_counts():
    found = agreement(("a", "b"), {"q1": {"x": 1, "y": 0}, "q2": {"x": 3}}, {"q1": {"x": 2, "z": 1}})
    assert (found.pairs, found.grades, found.table) == (1, (1, 2), ((0, 1), (0, 0)))


def test_the_pairs_furthest_apart_come_first():
    found = agreement(("a", "b"), grades(0, 3, 1), grades(1, 0, 1))
    assert found.disagreements == (Disagreement("q1", "d1", (3, 0)), Disagreement("q1", "d0", (0, 1)))


def test_the_interval_holds_the_kappa_and_narrows_with_more_pairs():
    few = agreement(("a", "b"), grades(0, 1, 2, 3, 0, 1), grades(0, 1, 2, 3, 1, 2))
    many = agreement(("a", "b"), grades(*[0, 1, 2, 3, 0, 1] * 50), grades(*[0, 1, 2, 3, 1, 2] * 50))
    widths = []
    for found in (few, many):
        low, high = found.interval
        assert low < found.kappa["quadratic"] < high
        widths.append(high - low)
    assert widths[1] < widths[0] / 3


def test_more_judges_are_taken_two_by_two():
    found = agreements({"a": grades(0, 1), "b": grades(0, 1), "c": grades(1, 0)})
    assert [one.judges for one in found] == [("a", "b"), ("a", "c"), ("b", "c")]
    # 1 between a and b; the others differ in all, where half is expected: 1 - 2 / 1 = -1.
    assert mean_kappa(found) == pytest.approx((1 - 1 - 1) / 3)


def test_judges_without_a_pair_in_common_are_reported():
    with pytest.raises(UnusableInput, match="a and b judged no pair of query and product in common"):
        agreements({"a": {"q1": {"x": 1}}, "b": {"q1": {"y": 1}}})


def test_the_consensus_is_the_median_and_the_lower_of_two_in_the_middle():
    judges = {"a": grades(3, 0, 1), "b": grades(2, 3, 1), "c": {"q1": {"d0": 0}, "q2": {"x": 2}}}
    assert consensus(judges) == {"q1": {"d0": 2, "d1": 0, "d2": 1}, "q2": {"x": 2}}


def test_the_lines_show_table_and_differences():
    lines = agreement_lines(agreement(("甲", "乙"), grades(0, 3, 1), grades(1, 0, 1)), 1)
    assert lines[0] == "甲 and 乙: 3 pairs judged by both"
    assert "same grade                0.333" in lines
    assert lines[-2:] == ["furthest apart (1 of 2)", "  q1  3 | 0  d1"]
