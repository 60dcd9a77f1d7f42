"""Differences of shares and of means with their intervals, and margins."""

import math

import numpy as np
import pytest

from insights.winback.margin import order_margin
from insights.winback.mean_difference import TwoGroups, mean_difference, standard_error
from insights.winback.share_difference import detectable_share, share_difference


def test_intervals_of_shares_are_those_that_newcombe_published():
    # Table II of Newcombe (1998), method 10: 56/70 - 48/80, 9/10 - 3/10, 6/7 - 2/7 and 5/56 - 0/29.
    for counts, low, high in [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
    ]:
        assert share_difference(*counts)[1:] == pytest.approx((low, high), abs=1e-4)


def test_the_detectable_share_is_2_8_standard_errors():
    # sqrt(.1 x .9 x (1/500 + 1/4500)) = .01414; times 1.960 + .842.
    assert detectable_share(0.1, 4500, 500) == pytest.approx(0.0396, abs=1e-4)


def test_the_cost_of_goods_is_the_same_at_a_discount():
    assert order_margin(np.array([100.0, 90.0]), 0.3, np.array([0, 0.1])).tolist() == pytest.approx([30, 20])


def test_the_error_of_a_difference_is_that_of_welch():
    # Variances 2 and 8 of 2 each: sqrt(2/2 + 8/2).
    assert standard_error(TwoGroups(np.array([0.0, 2]), np.array([0.0, 4]))) == pytest.approx(math.sqrt(5))


def test_without_buyers_there_is_no_interval():
    estimate = mean_difference([TwoGroups(np.array([0.0, 0, 9]), np.array([0.0, 0]))])
    assert estimate.value == 3
    assert math.isnan(estimate.low)
    assert math.isnan(estimate.high)


def test_campaigns_count_by_their_customers():
    # Differences 2 of 4 customers and 5 of 8: (4 x 2 + 8 x 5) / 12 = 4.
    small = TwoGroups(np.array([1.0, 3]), np.array([-1.0, 1]))
    large = TwoGroups(np.array([5.0, 6, 4, 5]), np.array([1.0, -1, 1, -1]))
    assert mean_difference([small, large]).value == pytest.approx(4)


def test_an_effect_without_doubt_is_found_and_its_side_reported():
    treated, held_out = np.tile([10.0, 11], 50), np.tile([0.0, 1], 10)
    assert mean_difference([TwoGroups(treated, held_out)]).low > 9
    assert mean_difference([TwoGroups(held_out, treated)]).high < -9


def test_groups_drawn_at_random_differ_in_one_of_20():
    # Heavy-tailed amounts, 20 held out of 200, and nothing happens: 2.5 of 50 are expected.
    generator = np.random.default_rng(3)
    found = 0
    for _ in range(50):
        amounts = np.exp(1.5 * generator.standard_normal(200)) * (generator.random(200) < 0.2)
        estimate = mean_difference([TwoGroups(amounts[20:], amounts[:20])])
        found += estimate.low > 0 or estimate.high < 0
    assert found <= 7
