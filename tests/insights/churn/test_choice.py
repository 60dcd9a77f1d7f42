"""The choice of a method by the last days of the records."""

import numpy as np
import pytest

from insights.churn.choice import MethodLoss, choose_method, log_losses, usual_method, validate_methods
from insights.churn.methods import BG_NBD, BOOSTING, CALIBRATED, METHODS, REGRESSION, FittedMethod
from tests.insights.churn.shops import day, make_orders, random_activity, random_orders


def methods(*names):
    return [FittedMethod(name, lambda features: features.probability) for name in names]


def chosen(*losses, of=METHODS, compared_with=REGRESSION):
    """Losses of a method, its mean, the difference and its standard error."""
    found = [MethodLoss(name, mean, compared_with, *difference) for name, mean, *difference in losses]
    return choose_method(methods(*of), found).name


def test_the_loss_is_minus_the_logarithm_of_what_happened():
    losses = log_losses(np.array([0.8, 0.8, 1.0, 0.0]), np.array([True, False, True, True]))
    assert losses == pytest.approx([-np.log(0.8), -np.log(0.2), 0, -np.log(1e-9)])


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (METHODS, REGRESSION),
        ((BG_NBD, CALIBRATED), CALIBRATED),
        ((BG_NBD,), BG_NBD),
    ],
)
def test_the_usual_method_is_the_regression_or_the_last_before_it(names, expected):
    assert usual_method(methods(*names)).name == expected
    # Nothing is known of the last days.
    assert chosen(of=names) == expected


def test_another_method_is_used_only_where_it_is_better_by_two_standard_errors():
    usual = (REGRESSION, 0.50, 0.0, 0.0)
    assert chosen(usual, (BOOSTING, 0.49, -0.01, 0.006)) == REGRESSION
    assert chosen(usual, (BOOSTING, 0.49, -0.01, 0.004)) == BOOSTING
    assert chosen(usual, (BG_NBD, 0.52, 0.02, 0.001)) == REGRESSION


def test_of_several_better_ones_the_best_is_used():
    losses = [(REGRESSION, 0.50, 0.0, 0.0), (BG_NBD, 0.48, -0.02, 0.001), (BOOSTING, 0.47, -0.03, 0.01)]
    assert chosen(*losses) == BOOSTING


def test_a_method_that_cannot_be_fitted_now_is_not_used():
    losses = [(CALIBRATED, 0.5, 0.0, 0.0), (BOOSTING, 0.4, -0.1, 0.001)]
    assert chosen(*losses, of=(BG_NBD, CALIBRATED), compared_with=CALIBRATED) == CALIBRATED


def test_the_regression_is_displaced_by_no_method_that_was_compared_with_another():
    # There was too little for the regression then: BG/NBD beat what took its place.
    losses = [(BG_NBD, 0.40, -0.05, 0.01), (CALIBRATED, 0.45, 0.0, 0.0)]
    assert chosen(*losses, compared_with=CALIBRATED) == REGRESSION
    # Now, too, there is too little for it.
    assert chosen(*losses, of=(BG_NBD, CALIBRATED), compared_with=CALIBRATED) == BG_NBD
    # Now there is less to learn from than then.
    assert chosen((BG_NBD, 0.4, -0.05, 0.01), of=(BG_NBD, CALIBRATED)) == CALIBRATED


def test_losses_are_those_of_the_last_days_by_what_was_known_before():
    orders = random_orders(1, 200, 300)
    losses = validate_methods(orders, 30, None, 1)
    assert [one.method for one in losses] == list(METHODS)
    assert {one.compared_with for one in losses} == {REGRESSION}
    by_name = {one.method: one for one in losses}
    assert (by_name[REGRESSION].difference, by_name[REGRESSION].standard_error) == (0, 0)
    for one in losses:
        assert one.difference == pytest.approx(one.log_loss - by_name[REGRESSION].log_loss)
    # Better than to say the same of all, whose loss is the entropy of the share that buys.
    known = orders.until(day(269))
    bought = np.isin(
        known.customers, np.array(orders.customers)[orders.customer[orders.day > day(269).toordinal()]]
    )
    share = bought.mean()
    assert by_name[REGRESSION].log_loss < -share * np.log(share) - (1 - share) * np.log(1 - share)


def test_validation_knows_nothing_of_the_activity_of_its_own_days():
    orders = random_orders(2, 150, 300)
    activity = random_activity(2, orders, 10)
    past = activity.take(activity.day <= day(269).toordinal())
    assert validate_methods(orders, 30, activity, 1) == validate_methods(orders, 30, past, 1)


@pytest.mark.parametrize("rows", [[("a", 0)], [("a", 0), ("b", 0), ("a", 20), ("b", 20)]])
def test_records_that_are_too_short_have_no_losses(rows):
    assert validate_methods(make_orders(rows, max(at for _, at in rows)), 30, None, 1) == ()
