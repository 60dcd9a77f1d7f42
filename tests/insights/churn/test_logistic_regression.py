"""Logistic regression against scipy, and against fits that are known in closed form."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from insights.churn.logistic_regression import fit_logistic_regression


def test_one_binary_column_without_weight_of_the_penalty_has_the_log_odds_of_both_groups():
    # 3,000 of 10,000 with it and 1,000 of 10,000 without: log(3/7) and log(1/9).
    values = np.repeat([1.0, 0.0], 10_000)[:, None]
    model = fit_logistic_regression(values, np.tile(np.arange(10_000), 2) < np.repeat([3_000, 1_000], 10_000))
    # The penalty of one customer in 20,000 draws both together by some 1e-3.
    assert model.log_odds(np.array([[1.0], [0.0]])) == pytest.approx(np.log([3 / 7, 1 / 9]), abs=2e-3)
    # Woolf (1955): the error of the log odds ratio is the root of the sum of 1 / count over the four cells.
    woolf = np.sqrt(1 / 3_000 + 1 / 7_000 + 1 / 1_000 + 1 / 9_000)
    assert model.standard_errors[0] / model.scale[0] == pytest.approx(woolf, rel=1e-3)


def test_of_four_rows_the_fit_is_that_of_the_equation_worked_by_hand():
    # Standardized 1, 1, -1, -1 with 2 and 0 of 2 true. By symmetry the intercept is 0, and the coefficient w
    # solves 4 / (1 + e^w) = w: at w = 1.0 the left is 1.0758, at 1.1 it is .9989, at 1.05 it is 1.0369;
    # by the secant of 1 and 1.05 it is 1.0426.
    model = fit_logistic_regression(
        np.array([[1.0], [1.0], [0.0], [0.0]]), np.array([True, True, False, False])
    )
    assert (model.mean.tolist(), model.scale.tolist()) == ([0.5], [0.5])
    assert model.intercept == pytest.approx(0, abs=1e-6)
    assert model.coefficients == pytest.approx([1.0426], abs=2e-4)


@pytest.mark.parametrize("seed", range(5))
def test_the_fit_is_the_optimum_that_scipy_finds(seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(300, 4)) * [1, 10, 0.1, 5] + [0, 100, 3, -7]
    is_true = rng.random(300) < 1 / (1 + np.exp(-values[:, 0] - 0.3 * values[:, 3]))
    standardized = np.clip((values - values.mean(0)) / values.std(0), -4, 4)

    def loss(weights):
        log_odds = weights[0] + standardized @ weights[1:]
        return (np.logaddexp(0, log_odds) - is_true * log_odds).sum() + (weights[1:] ** 2).sum() / 2

    best = minimize(loss, np.zeros(5), method="BFGS", options={"gtol": 1e-6}).x
    model = fit_logistic_regression(values, is_true)
    assert [model.intercept, *model.coefficients] == pytest.approx(best, abs=1e-4)


def test_columns_that_say_the_same_share_the_coefficient():
    rng = np.random.default_rng(1)
    column = rng.normal(size=500)
    is_true = rng.random(500) < 1 / (1 + np.exp(-column))
    model = fit_logistic_regression(np.column_stack([column, 3 * column]), is_true)
    assert model.coefficients[0] == pytest.approx(model.coefficients[1])
    assert model.coefficients[0] > 0.3


def test_a_column_that_is_the_same_for_all_rows_changes_nothing():
    rng = np.random.default_rng(2)
    column = rng.normal(size=(200, 1))
    is_true = column[:, 0] + rng.normal(size=200) > 0
    alone, with_constant = (
        fit_logistic_regression(values, is_true)
        for values in (column, np.column_stack([column, np.full(200, 0.1)]))
    )
    assert with_constant.coefficients.tolist() == pytest.approx([alone.coefficients[0], 0])
    far = with_constant.log_odds(np.array([[0.5, 1e9]]))
    assert far == pytest.approx(alone.log_odds(np.array([[0.5]])), abs=1e-6)


def test_a_value_beyond_all_that_was_learned_from_is_treated_as_four_deviations():
    values = np.array([[0.0], [2.0], [0.0], [2.0]])
    model = fit_logistic_regression(values, np.array([False, True, False, True]))
    # The mean is 1 and the deviation 1: 5 is at the edge.
    assert model.log_odds(np.array([[5.0], [1e30], [-1e30], [-3.0]])).tolist() == pytest.approx(
        [4 * model.coefficients[0]] * 2 + [-4 * model.coefficients[0]] * 2, abs=1e-6
    )


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(2, 60), st.integers(1, 5))
def test_the_gradient_is_0_at_the_fit(seed, count, columns):
    rng = np.random.default_rng(seed)
    values, is_true = rng.normal(size=(count, columns)), rng.random(count) < 0.3
    is_true[0], is_true[-1] = True, False
    model = fit_logistic_regression(values, is_true)
    standardized = np.clip((values - model.mean) / model.scale, -4, 4)
    residual = 1 / (1 + np.exp(-model.log_odds(values))) - is_true
    assert residual.sum() == pytest.approx(0, abs=0.01)
    assert standardized.T @ residual + model.coefficients == pytest.approx(np.zeros(columns), abs=0.01)


@pytest.mark.parametrize("outcome", [True, False])
def test_one_outcome_alone_is_nearly_certain(outcome):
    model = fit_logistic_regression(np.arange(20.0)[:, None], np.full(20, outcome))
    probability = 1 / (1 + np.exp(-model.log_odds(np.array([[3.0]]))))
    assert np.abs(probability - outcome) < 1e-5


def test_errors_of_a_group_of_equal_rows_are_those_of_one_row():
    rng = np.random.default_rng(5)
    values = rng.normal(size=(2_000, 2))
    is_true = rng.random(2_000) < 1 / (1 + np.exp(-values[:, 0]))
    once = fit_logistic_regression(values, is_true)
    group = np.tile(np.arange(2_000), 3)
    grouped = fit_logistic_regression(np.tile(values, (3, 1)), np.tile(is_true, 3), group)
    alone = fit_logistic_regression(np.tile(values, (3, 1)), np.tile(is_true, 3))
    # Of rows that are independent both estimators are alike, but for chance.
    assert grouped.standard_errors == pytest.approx(once.standard_errors, rel=0.05)
    assert alone.standard_errors == pytest.approx(once.standard_errors / np.sqrt(3), rel=0.05)
