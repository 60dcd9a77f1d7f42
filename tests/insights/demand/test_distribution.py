"""Distributions given by three quantiles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.demand.distribution import Calibration, calibrate, mean_of, moved, quantity_at, scores

Z90 = 1.2815515655446004
NO_CHANGE = Calibration(0, 0, 1)
sizes = st.floats(0.1, 100)


def column(*quantiles):
    return np.array(quantiles, float)[:, None]


def test_the_quantity_at_the_score_of_a_quantile_is_that_quantile():
    z = np.array([-Z90, -Z90 / 2, 0, Z90, 2 * Z90])
    # 3 below the median to the tenth percentile, 5 above it to the ninetieth, and straight on.
    assert quantity_at(column(7, 10, 15), z).tolist() == pytest.approx([7, 8.5, 10, 15, 20])


def test_no_quantity_is_negative():
    assert quantity_at(column(1, 2, 3), np.array([-4.0])).tolist() == [0]


@given(sizes, sizes, sizes, st.floats(-3.9, 3.9))
def test_scores_invert_quantities(q10, below, above, z):
    quantiles = column(q10, q10 + below, q10 + below + above)
    quantity = quantity_at(quantiles, np.array([z]))
    score = scores(quantiles, quantity, np.random.default_rng(0))
    if quantity[0] > 0:
        assert score[0] == pytest.approx(z, abs=1e-6)
    else:
        assert quantity_at(quantiles, score)[0] == pytest.approx(0, abs=1e-9)


def test_scores_of_nothing_sold_are_drawn_from_all_that_is_cut_off():
    # The median is 0: half of the distribution, from -4 to 0, with a mean of -sqrt(2 / pi).
    count = 20_000
    quantiles = np.repeat(column(0, 0, 2), count, axis=1)
    drawn = scores(quantiles, np.zeros(count), np.random.default_rng(1))
    assert drawn.max() <= 0
    assert drawn.mean() == pytest.approx(-((2 / np.pi) ** 0.5), abs=0.02)
    assert drawn.min() >= -4


def test_scores_of_what_no_distribution_expects_are_at_most_4():
    quantity = np.array([50.0])
    assert scores(column(1, 1, 1), quantity, np.random.default_rng(0)).tolist() == [4]


def test_outer_quantiles_are_moved_by_shares_of_the_spread():
    assert moved(column(1, 2, 4), -0.1, 0.5)[:, 0].tolist() == pytest.approx([0.7, 2, 5.5])


def test_outer_quantiles_never_pass_the_median_nor_0():
    assert moved(column(1, 2, 4), 5, -5)[:, 0].tolist() == [2, 2, 2]
    assert moved(column(1, 2, 4), -5, 0)[:, 0].tolist() == [0, 2, 4]


def test_quantiles_without_spread_can_be_widened():
    assert moved(column(0, 0, 0), 0, 3)[2, 0] > 0


def test_calibration_brings_coverage_of_skewed_sales_to_nine_tenths():
    generator = np.random.default_rng(2)
    sold = generator.lognormal(0, 1, (2, 20_000))
    # Far too narrow: of these sales 41 % are below .8 and 43 % above 1.2.
    quantiles = np.repeat(column(0.8, 1, 1.2), 20_000, axis=1)
    calibration = calibrate(quantiles, sold[0], np.ones(20_000))
    q10, q50, q90 = moved(quantiles, calibration.low, calibration.high)
    # The standard error of a share of .1 of 20,000, twice, is .003.
    assert (sold[1] <= q90).mean() == pytest.approx(0.9, abs=0.012)
    assert (sold[1] >= q10).mean() == pytest.approx(0.9, abs=0.012)
    assert (q50 == 1).all()


def test_calibration_narrows_what_is_too_wide():
    sold = np.random.default_rng(3).normal(10, 1, 5_000)
    calibration = calibrate(np.repeat(column(0, 10, 20), 5_000, axis=1), sold, np.ones(5_000))
    q10, _, q90 = moved(column(0, 10, 20), calibration.low, calibration.high)[:, 0]
    assert q10 == pytest.approx(10 - Z90, abs=0.1)
    assert q90 == pytest.approx(10 + Z90, abs=0.1)


def test_the_mean_of_a_symmetric_distribution_is_its_median():
    assert mean_of(column(5, 10, 15), NO_CHANGE).tolist() == pytest.approx([10], abs=0.01)


def test_the_mean_of_a_skewed_distribution_is_above_its_median():
    assert 10 < mean_of(column(8, 10, 30), NO_CHANGE)[0] < 30


@pytest.mark.parametrize(("sold", "sign"), [(10, 0), (12, 1), (8, -1)])
def test_the_mean_follows_what_held_out_days_sold_more_or_less(sold, sign):
    quantiles = np.repeat(column(5, 10, 15), 100, axis=1)
    calibration = calibrate(quantiles, np.full(100, float(sold)), np.ones(100))
    change = mean_of(quantiles, calibration)[0] - 10
    assert abs(change) <= abs(sold - 10) + 0.02
    assert np.sign(round(change, 1)) == sign


def test_held_out_days_weigh_by_the_scale_of_their_item():
    quantiles = np.repeat(column(5, 10, 15), 2, axis=1)
    large_sold_more = calibrate(quantiles, np.array([12.0, 8.0]), np.array([100.0, 1.0]))
    assert large_sold_more.factor > 1.05


@settings(max_examples=50)
@given(st.lists(st.tuples(*[st.floats(0, 50)] * 4), min_size=1, max_size=20))
def test_calibrated_quantiles_are_in_order_and_finite(rows):
    table = np.array(rows).T
    quantiles = np.sort(table[:3], axis=0)
    calibration = calibrate(quantiles, table[3], np.ones(len(rows)))
    result = moved(quantiles, calibration.low, calibration.high)
    mean = mean_of(result, calibration)
    assert np.isfinite(result).all()
    assert (result >= 0).all()
    assert (np.diff(result, axis=0) >= 0).all()
    assert np.isfinite(mean).all()
    assert (mean >= 0).all()
