"""Models of quantiles."""

import numpy as np

from insights.demand.quantile_models import fit_quantiles, in_order
from insights.demand.training_rows import TrainingRows


def rows_of(feature, quantity, day) -> TrainingRows:
    count = len(quantity)
    return TrainingRows(
        np.array(feature, np.float32).reshape(count, -1),
        np.array(quantity, float),
        np.ones(count),
        np.array(day, np.int64),
        np.zeros(count, np.intp),
        np.array(day, np.int64),
    )


def test_quantiles_are_put_in_order_without_negative_ones():
    assert in_order(np.array([[3, -2.0], [1, -1.0], [2, 4.0]])).tolist() == [[1, 0], [2, 0], [3, 4]]


def test_held_out_quantiles_know_nothing_of_their_own_eight_weeks():
    # The first 56 days sell 1, the next 56 sell 5: a model of either alone knows no other number.
    day = np.repeat(np.arange(112), 4)
    fitted = fit_quantiles(rows_of(day >= 56, np.where(day < 56, 1, 5), day), 1)
    np.testing.assert_allclose(fitted.held_out[:, day < 56], 5)
    np.testing.assert_allclose(fitted.held_out[:, day >= 56], 1)


def test_quantiles_are_learned_by_the_features():
    # Evenly from 0 to 1 without the feature, and from 4 to 6 with it.
    generator = np.random.default_rng(3)
    feature = np.arange(4000) % 2
    quantity = generator.random(4000) * np.where(feature, 2, 1) + 4 * feature
    fitted = fit_quantiles(rows_of(feature, quantity, np.arange(4000) // 20), 1)
    quantiles = fitted.predict(np.array([[0], [1]], np.float32))
    # The standard error of a tenth percentile of 2000 is .3 / 44.7 of the range, and of a median .5 / 44.7.
    np.testing.assert_allclose(quantiles, [[0.1, 4.2], [0.5, 5], [0.9, 5.8]], atol=0.06)


def test_rows_within_one_block_of_weeks_are_judged_by_what_they_taught():
    fitted = fit_quantiles(rows_of(np.zeros(100), np.full(100, 3), np.arange(100) % 50), 1)
    np.testing.assert_allclose(fitted.held_out, 3)


def test_nothing_is_learned_from_a_single_row_in_other_weeks():
    day = np.array([0] * 60 + [56])
    fitted = fit_quantiles(rows_of(np.zeros(61), np.full(61, 2), day), 1)
    np.testing.assert_allclose(fitted.held_out, 2)
