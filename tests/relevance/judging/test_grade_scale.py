"""The scale of grades from clicks."""

import numpy as np
import pytest

from relevance.judging.grade_scale import fit_grade_scale, grade_by_scale

# Neighbouring steps of the scale are 500 ** (1 / 59) = 1.11 apart; a value lies within half of that.
A_STEP = 0.06


def arrays(*rows):
    return (np.array(column, float) for column in zip(*rows, strict=True))


def test_grades_are_thirds_of_the_best_rounded():
    # Limits at 1/6, 1/2 and 5/6.
    grades, _ = grade_by_scale(np.array([0, 0.16, 0.17, 0.49, 0.51, 0.83, 0.84, 1, 7]), np.full(9, 0.001))
    assert grades.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 3]


def test_the_error_of_a_grade_is_how_far_away_the_true_one_may_be():
    # On a limit one of two is wrong, by one: sqrt(1/2). In the middle of a grade with an error as large as
    # the distance of the limits, 16 % lie beyond each, and nearly none two grades away.
    _, errors = grade_by_scale(np.array([0.5, 1 / 3, 1 / 3]), np.array([0.01, 0.01, 1 / 6]))
    assert errors == pytest.approx([0.5**0.5, 0, 0.3173**0.5], abs=0.01)


def test_a_value_without_any_error_has_a_grade_without_error():
    assert grade_by_scale(np.array([1.0]), np.zeros(1))[1].tolist() == [0]


def test_the_best_is_what_the_best_products_attract_however_many_others_are_shown():
    """Ten products at .6 and ten at .1, or ninety: .6 either way."""
    for poor in (10, 90):
        clicks, examinations = arrays(*[(6_000, 10_000)] * 10, *[(1_000, 10_000)] * poor)
        scale = fit_grade_scale(np.zeros(10 + poor, np.int64), clicks, examinations)
        assert scale.best == pytest.approx(0.6, rel=A_STEP)
        assert scale.error == pytest.approx(0, abs=A_STEP)


def test_a_query_with_few_clicks_is_graded_between_its_own_best_and_that_of_all():
    clicks, examinations = arrays(*[(6_000, 10_000)] * 10, *[(1_500, 10_000)] * 10)
    scale = fit_grade_scale(np.repeat([0, 1], 10), clicks, examinations)
    # The geometric mean of .6 and .15; its error is ln(.6 / .15) / 2 / sqrt(3).
    assert scale.best[[0, -1]] == pytest.approx([0.6, 0.3], rel=A_STEP)
    assert scale.error[[0, -1]] == pytest.approx([0, 0.4], abs=A_STEP)


def test_one_lucky_product_does_not_make_the_best():
    """Among thirty at .1, one with its only look clicked."""
    clicks, examinations = arrays(*[(1_000, 10_000)] * 30, (1, 1))
    scale = fit_grade_scale(np.zeros(31, np.int64), clicks, examinations)
    assert scale.best[0] == pytest.approx(0.1, rel=0.1)


def test_products_at_unknown_positions_take_no_part():
    clicks, examinations = arrays(*[(500, 1_000)] * 3, (0, 0))
    scale = fit_grade_scale(np.array([0, 0, 0, 1]), clicks, examinations)
    # The query that has nothing else is measured by the best of all.
    assert scale.best == pytest.approx(0.5, rel=A_STEP)
    assert scale.error[3] == 0


def test_where_nobody_clicked_nothing_is_as_good_as_the_best():
    clicks, examinations = arrays(*[(600, 1_000)] * 10, (0, 1_000))
    scale = fit_grade_scale(np.array([0] * 10 + [1]), clicks, examinations)
    # The geometric mean of .6 and a sixth of it.
    assert scale.best[-1] == pytest.approx(0.6 * 6**-0.5, rel=A_STEP)
