"""Uplift models: who can be won back, and whether that was found."""

import numpy as np
import pytest

from insights.winback.base_learners import boosting, ridge
from insights.winback.meta_learners import fit_meta_learners
from insights.winback.qini import qini, qini_coefficient
from insights.winback.uplift import fit_uplift
from insights.winback.uplift_rows import UpliftRows


def rows(margin, is_treated, campaign=None, features=None):
    margin = np.array(margin, np.float64)
    size = len(margin)
    return UpliftRows(
        np.zeros((size, 1)) if features is None else features,
        np.array(is_treated, np.bool_),
        margin,
        np.zeros(size, np.int64) if campaign is None else np.array(campaign),
        np.arange(size),
    )


def responders(customers, effect, seed=0):
    """Every second customer is held out; half of the treated with a feature above 0 earn `effect` more."""
    generator = np.random.default_rng(seed)
    features = generator.uniform(-1, 1, (customers, 3))
    is_treated = np.arange(customers) % 2 == 0
    margin = 10.0 * (generator.random(customers) < 0.3)
    margin += effect * is_treated * (features[:, 0] > 0) * (generator.random(customers) < 0.5)
    return rows(margin, is_treated, features=features)


def test_the_qini_curve_is_the_margin_of_the_treated_less_that_of_as_many_held_out():
    # In order: treated 8, held out 0, treated 2, held out 2. Each stands for two, of four.
    # Gains 16/4, 16/4, 20/4 and (20 - 4)/4; the area .25 x (2 + 4 + 4.5 + 4.5) less 4/2.
    one = rows([8, 0, 2, 2], [True, False, True, False])
    curve = qini(np.array([4.0, 3, 2, 1]), one)
    assert curve.gain[[0, 25, 50, 75, 100]].tolist() == pytest.approx([0, 4, 4, 5, 4])
    assert curve.coefficient.value == pytest.approx(1.75)
    assert qini_coefficient(np.array([4.0, 3, 2, 1]), one) == pytest.approx(1.75)


def test_a_score_that_is_the_same_for_all_gains_nothing():
    assert qini_coefficient(np.zeros(4), rows([8, 0, 2, 2], [True, False, True, False])) == 0


def test_campaigns_with_other_hold_outs_are_weighted_to_stand_for_all():
    # Three of four and one of two treated.
    one = rows([0] * 6, [True, True, True, False, True, False], [0, 0, 0, 0, 1, 1])
    assert one.propensity().tolist() == [0.75] * 4 + [0.5] * 2
    assert one.weights().tolist() == pytest.approx([4 / 3] * 3 + [4, 2, 2])
    assert [(len(part.treated), len(part.held_out)) for part in one.groups()] == [(3, 1), (1, 1)]


def test_ridge_on_a_feature_without_noise_orders_by_it_and_an_unknown_one_is_in_the_middle():
    values = np.linspace(0, 1, 101)[:, None]
    fitted = ridge(values, 10 * values[:, 0], np.ones(101))
    low, high, unknown = fitted(np.array([[0.0], [1.0], [np.nan]]))
    assert (low, high, unknown) == (pytest.approx(0, abs=0.2), pytest.approx(10, abs=0.2), pytest.approx(5))


def test_a_feature_that_never_differs_predicts_the_weighted_mean():
    fitted = ridge(np.ones((3, 1)), np.array([0.0, 0, 8]), np.array([1.0, 1, 2]))
    assert fitted(np.ones((1, 1))).tolist() == [4]


@pytest.mark.parametrize("base", [ridge, boosting])
def test_both_learners_find_who_responds(base):
    for learner in fit_meta_learners(responders(2000, 20.0), base):
        effect = learner(np.array([[-0.8, 0, 0], [0.8, 0, 0]]))
        assert effect[1] - effect[0] > 5


def test_a_response_that_differs_is_found_and_predicted():
    uplift = fit_uplift(responders(1600, 20.0))
    assert uplift.is_usable
    assert uplift.average.low > 0
    # True: 0 and half of 20.
    low, high = uplift.predict(np.array([[-0.8, 0, 0], [0.8, 0, 0]]))
    assert low < 3
    assert 7 < high < 15


def test_a_model_without_uplift_may_not_be_used():
    uplift = fit_uplift(responders(1600, 0.0))
    assert not uplift.is_usable
    with pytest.raises(ValueError, match="no uplift was found"):
        uplift.predict(np.zeros((1, 3)))


def test_too_few_customers_have_an_average_and_no_model():
    uplift = fit_uplift(responders(300, 20.0))
    assert (uplift.qini, uplift.learner, uplift.is_usable) == (None, "", False)
    assert uplift.average.low > 0
