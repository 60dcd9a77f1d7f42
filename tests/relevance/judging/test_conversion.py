"""Conversion of clicks, worked out by hand."""

import numpy as np
import pytest

from relevance.judging.conversion import relative_conversion


def conversion(*pairs):
    clicks, conversions = (np.array(column, float) for column in zip(*pairs, strict=True))
    return relative_conversion(clicks, conversions)


def test_rates_that_differ_widely_are_shrunk_by_ten_clicks():
    factor, error = conversion((100, 50), (100, 0))
    # The mean is .25: (50 + 2.5) / 110 and 2.5 / 110 of it.
    assert factor == pytest.approx([52.5 / 110 / 0.25, 2.5 / 110 / 0.25])
    # sqrt(100 x .5227 / .4773) / 110.
    assert error[0] == pytest.approx(0.0951, abs=1e-4)


def test_rates_that_hardly_differ_are_shrunk_by_as_many_clicks_as_fit():
    factor, _ = conversion((1000, 60), (1000, 40))
    # Excess 2 x 1000 x .01^2 - .0475 = .1525; .0475 x 999 / .1525 - 1 = 310.2 clicks at the mean of .05.
    assert factor[0] == pytest.approx((60 + 310.2 * 0.05) / 1310.2 / 0.05, rel=1e-4)


@pytest.mark.parametrize(
    "pairs", [[(100, 5), (100, 6)], [(9, 0), (4, 0)], [(5, 5), (3, 3)], [(1, 1), (1, 0)]]
)
def test_rates_that_differ_by_chance_or_not_at_all_count_alike(pairs):
    factor, error = conversion(*pairs)
    assert factor.tolist() == [1, 1]
    assert error.tolist() == [0, 0]


def test_a_product_without_clicks_converts_like_the_mean():
    factor, error = conversion((100, 50), (100, 0), (0, 0))
    assert (factor[2], error[2]) == (1, 0)
