"""Methods, by how much there is to learn from."""

import numpy as np
import pytest

from insights.churn.features import BG_NBD_FEATURES, Features
from insights.churn.methods import BG_NBD, BOOSTING, CALIBRATED, METHODS, REGRESSION, fit_methods
from insights.churn.training_rows import Snapshot
from insights.churn.windows import Window
from tests.insights.churn.shops import day, make_orders

COLUMNS = 5


def snapshot_of(buyers, others, seed=1):
    """Customers with features of noise, of which the first is higher for buyers; these come first."""
    buys = np.repeat([1, 0], [buyers, others])
    values = np.random.default_rng(seed).normal(size=(len(buys), COLUMNS))
    values[:, 0] += buys
    orders = make_orders([(f"c{number:04}", 0) for number in range(len(buys))], 9)
    return Snapshot(Window(day(9), 5), orders, features_of(values), buys)


def features_of(values):
    return Features((), values, np.full(len(values), 0.9), np.full(len(values), 2.0))


def names(*snapshots):
    return [one.name for one in fit_methods(snapshots, 1)]


@pytest.mark.parametrize(
    ("buyers", "others", "expected"),
    [
        # Ten of the rarer outcome for each of three columns, and for each of five.
        (29, 500, [BG_NBD]),
        (30, 500, [BG_NBD, CALIBRATED]),
        (500, 49, [BG_NBD, CALIBRATED]),
        (500, 50, [BG_NBD, CALIBRATED, REGRESSION, BOOSTING]),
        (0, 500, [BG_NBD]),
        (500, 0, [BG_NBD]),
    ],
)
def test_a_method_needs_ten_buyers_and_ten_others_for_each_feature(buyers, others, expected):
    assert names(snapshot_of(buyers, others)) == expected


def test_customers_of_several_windows_are_no_more_customers():
    # 27 buyers in each of four windows are 108 rows.
    assert names(*(snapshot_of(27, 500, seed) for seed in range(4))) == [BG_NBD]
    # 27 others likewise. Of 50 there are ten for each of five columns.
    assert names(*(snapshot_of(500, 27, seed) for seed in range(4))) == [BG_NBD]
    assert names(*(snapshot_of(500, 50, seed) for seed in range(4))) == list(METHODS)


def test_who_buys_after_one_day_and_not_after_another_is_a_buyer_and_one_who_does_not_buy():
    assert names(snapshot_of(30, 0), snapshot_of(0, 30)) == [BG_NBD, CALIBRATED]
    assert names(snapshot_of(30, 0), snapshot_of(1, 29)) == [BG_NBD]


def test_without_a_past_bg_nbd_speaks_as_it_is():
    methods = fit_methods([], 1)
    probability = np.array([0.1, 0.7])
    features = Features((), np.zeros((2, COLUMNS)), probability, probability)
    assert [one.name for one in methods] == [METHODS[0]]
    np.testing.assert_array_equal(methods[0].predict(features), probability)


def test_what_is_learned_is_calibrated_and_ranks_buyers_higher():
    past = snapshot_of(400, 800)
    features = past.features
    bg_nbd, *learned = fit_methods([past], 1)
    assert set(bg_nbd.predict(features)) == {0.9}
    for method in learned:
        probability = method.predict(features)
        assert probability.mean() == pytest.approx(1 / 3, abs=0.01), method.name
        assert probability[:400].mean() > probability[400:].mean() + 0.1, method.name
        assert ((probability > 0) & (probability < 1)).all()


def test_the_calibration_of_bg_nbd_looks_at_its_own_columns_alone():
    past = snapshot_of(100, 200)
    calibrated = fit_methods([past], 1)[1]
    changed = past.features.values.copy()
    changed[:, BG_NBD_FEATURES:] = 99
    before, after = (calibrated.predict(features_of(one)) for one in (past.features.values, changed))
    np.testing.assert_array_equal(before, after)
