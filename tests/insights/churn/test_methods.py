"""Methods, by how much there is to learn from."""

import numpy as np
import pytest

from insights.churn.features import BG_NBD_FEATURES, Features
from insights.churn.methods import BG_NBD, BOOSTING, CALIBRATED, METHODS, REGRESSION, fit_methods
from insights.churn.training_rows import TrainingRows

COLUMNS = 5


def rows_of(buyers, others):
    """Rows of noise, whose first column is higher for buyers."""
    buys = np.repeat([True, False], [buyers, others])
    values = np.random.default_rng(1).normal(size=(buyers + others, COLUMNS))
    values[:, 0] += buys
    return TrainingRows(values, buys)


def names(rows):
    return [one.name for one in fit_methods(rows, 1)]


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
    assert names(rows_of(buyers, others)) == expected


def test_without_a_past_bg_nbd_speaks_as_it_is():
    methods = fit_methods(None, 1)
    probability = np.array([0.1, 0.7])
    features = Features((), np.zeros((2, COLUMNS)), probability, probability)
    assert [one.name for one in methods] == [METHODS[0]]
    np.testing.assert_array_equal(methods[0].predict(features), probability)


def test_what_is_learned_is_calibrated_and_ranks_buyers_higher():
    rows = rows_of(400, 800)
    features = Features((), rows.values, np.full(1200, 0.9), np.full(1200, 2.0))
    bg_nbd, *learned = fit_methods(rows, 1)
    assert set(bg_nbd.predict(features)) == {0.9}
    for method in learned:
        probability = method.predict(features)
        assert probability.mean() == pytest.approx(1 / 3, abs=0.01), method.name
        assert probability[:400].mean() > probability[400:].mean() + 0.1, method.name
        assert ((probability > 0) & (probability < 1)).all()


def test_the_calibration_of_bg_nbd_looks_at_its_own_columns_alone():
    rows = rows_of(100, 200)
    calibrated = fit_methods(rows, 1)[1]
    changed = rows.values.copy()
    changed[:, BG_NBD_FEATURES:] = 99
    before, after = (
        calibrated.predict(Features((), one, rows.buys, rows.buys)) for one in (rows.values, changed)
    )
    np.testing.assert_array_equal(before, after)
