"""Gamma-gamma against its paper, and what must hold of its expectations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.customers.gamma_gamma import GammaGamma, expected_amounts, fit_gamma_gamma, log_likelihoods
from insights.customers.recency_frequency import OrderValues, order_values
from shangsou.errors import UnusableInput
from tests.insights.customers.cdnow import CALIBRATION_END, needs_cdnow, read_cdnow


def values(*rows):
    """Rows of a count and a mean."""
    return OrderValues(*np.array(rows, float).T)


@needs_cdnow
def test_the_fit_to_cdnow_is_that_of_the_paper(tmp_path):
    amounts = order_values(read_cdnow(tmp_path).until(CALIBRATION_END), with_first=False)
    fit = fit_gamma_gamma(amounts)
    # Fader and Hardie (2013): p 6.25, q 3.74, gamma 15.44, of the 946 who bought again.
    assert [fit.model.p, fit.model.q, fit.model.gamma] == pytest.approx([6.25, 3.74, 15.44], abs=0.006)
    assert fit.customers == 946


def test_the_expected_amount_is_drawn_from_the_customers_mean_towards_that_of_all():
    # The mean of all is 2 x 30 / (4 - 1) = 20; with 3 orders of 50: 2 x (30 + 150) / (6 + 3) = 40.
    model = GammaGamma(p=2, q=4, gamma=30)
    assert model.mean == 20
    assert expected_amounts(model, values((3, 50), (0, 0))).tolist() == [40, 20]


def test_the_likelihood_of_one_amount_is_its_density():
    # p = 1, q = 2, gamma = 10: the density of z is q gamma^q / (gamma + z)^(q + 1) = 200 / 20^3 at z = 10.
    assert log_likelihoods(GammaGamma(1, 2, 10), values((1, 10))) == pytest.approx(np.log(200 / 8000))


@given(st.floats(0.1, 50), st.floats(1.1, 50), st.floats(0.1, 1e4), st.integers(1, 500), st.floats(0.01, 1e6))
def test_the_expected_amount_is_between_both_means(p, q, gamma, count, mean):
    model = GammaGamma(p, q, gamma)
    expected = expected_amounts(model, values((count, mean)))[0]
    low, high = sorted((model.mean, mean))
    assert low * (1 - 1e-9) <= expected <= high * (1 + 1e-9)


def test_amounts_in_fen_are_expected_to_be_a_hundred_times_those_in_yuan():
    rows = [(2, 30.0), (1, 80.0), (4, 25.0), (3, 60.0), (1, 10.0), (2, 45.0)]
    yuan, fen = values(*rows), values(*((count, mean * 100) for count, mean in rows))
    np.testing.assert_allclose(
        expected_amounts(fit_gamma_gamma(fen).model, fen),
        100 * expected_amounts(fit_gamma_gamma(yuan).model, yuan),
        rtol=1e-6,
    )


def test_without_a_second_amount_of_anybody_nothing_can_be_fitted():
    with pytest.raises(UnusableInput, match="2 customers have an amount, and none has two"):
        fit_gamma_gamma(values((1, 5), (1, 6), (0, 0)))
