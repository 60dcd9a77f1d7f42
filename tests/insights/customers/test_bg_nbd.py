"""BG/NBD against its paper, the integral it stands for, and what must hold of any such model."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta, rankdata

from insights.customers.bg_nbd import (
    BgNbd,
    alive_probabilities,
    expected_purchases,
    fit_bg_nbd,
    log_likelihoods,
)
from insights.customers.orders import days_bought
from insights.customers.recency_frequency import RecencyFrequency, recency_frequency
from shangsou.errors import UnusableInput
from tests.insights.customers.cdnow import CALIBRATION_END, END, HOLDOUT_START, needs_cdnow, read_cdnow

PUBLISHED = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
RNG = np.random.default_rng(1)
MODELS = st.builds(BgNbd, *[st.floats(0.05, 20)] * 4)


def summary(*rows):
    """Rows of frequency, recency and age."""
    return RecencyFrequency(*np.array(rows, float).T)


def auc(scores, is_positive):
    positives = is_positive.sum()
    ranks = rankdata(scores)[is_positive].sum()
    return (ranks - positives * (positives + 1) / 2) / (positives * (~is_positive).sum())


def expected_while_alive(model, frequency, age, weeks):
    """The mean of (1 - (1 + p t / (alpha + T))^-(r + x)) / p over the probability p to leave."""

    def inner(quantile):
        p = beta(model.a, model.b + frequency).ppf(quantile)
        growth = np.log1p(p * weeks / (model.alpha + age))
        return -np.expm1(-(model.r + frequency) * growth) / p

    return quad(inner, 1e-9, 1, limit=200)[0]


@needs_cdnow
def test_the_fit_to_cdnow_is_that_of_the_paper(tmp_path):
    orders = read_cdnow(tmp_path)
    known = orders.until(CALIBRATION_END)
    customers = recency_frequency(known)
    fit = fit_bg_nbd(customers)
    model = fit.model
    assert [model.r, model.alpha, model.a, model.b] == pytest.approx([0.243, 4.414, 0.793, 2.426], abs=5e-4)
    assert (fit.log_likelihood, fit.customers) == (pytest.approx(-9582.4, abs=0.05), 2357)
    assert log_likelihoods(PUBLISHED, customers).sum() == pytest.approx(-9582.4, abs=0.05)

    bought = days_bought(orders, known.customers, HOLDOUT_START, END)
    expected = expected_purchases(model, customers, 39)
    assert auc(expected, bought > 0) == pytest.approx(0.773, abs=5e-4)
    # P(alive) is no score: it is 1 for all who bought once.
    assert auc(alive_probabilities(model, customers), bought > 0) == pytest.approx(0.316, abs=5e-4)
    assert expected.sum() / bought.sum() == pytest.approx(0.88, abs=0.005)


def test_the_example_of_the_paper_is_expected_to_buy_1_226_times_in_39_weeks():
    assert expected_purchases(PUBLISHED, summary((2, 30.43, 38.86)), 39) == pytest.approx(1.226, abs=5e-4)


def test_the_likelihood_of_one_order_is_that_no_other_came_in_the_time():
    # (alpha / (alpha + T))^r = (4 / (4 + 12))^0.5 = 1/2.
    assert log_likelihoods(BgNbd(0.5, 4, 1, 1), summary((0, 0, 12))) == pytest.approx(np.log(0.5))


def test_the_likelihood_of_two_orders_counts_those_who_left_and_those_who_stayed():
    # r = alpha = a = b = 1, x = 1, t = 1, T = 3. The likelihood of those who stayed
    # is B(1, 2) / B(1, 1) / (1 + 3)^2 = 1/32, and of those who left B(2, 1) / B(1, 1) / (1 + 1)^2 = 1/8.
    assert log_likelihoods(BgNbd(1, 1, 1, 1), summary((1, 1, 3))) == pytest.approx(np.log(1 / 32 + 1 / 8))
    # Of them those who stayed are (1/32) / (5/32).
    assert alive_probabilities(BgNbd(1, 1, 1, 1), summary((1, 1, 3))) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("a", "b"), [(0.8, 2.4), (0.3, 0.4), (0.3, 0.7), (1.0, 2.0), (1.000001, 2.0), (20.0, 200.0), (3e4, 3e5)]
)
@pytest.mark.parametrize("frequency", [0, 1, 300])
def test_expected_purchases_are_the_integral_that_the_formula_solves(a, b, frequency):
    model = BgNbd(0.25, 4.4, a, b)
    rows = summary((frequency, 30.0 if frequency else 0.0, 30))
    while_alive = expected_while_alive(model, frequency, 30, 39)
    expected = while_alive * alive_probabilities(model, rows)
    assert expected_purchases(model, rows, 39) == pytest.approx(expected, rel=1e-4)


@given(MODELS, st.floats(0.1, 100), st.floats(0.1, 200))
def test_customers_of_one_order_have_finite_expectations_that_grow_with_the_time(model, age, weeks):
    rows = summary((0, 0, age))
    short, long = expected_purchases(model, rows, weeks)[0], expected_purchases(model, rows, 2 * weeks)[0]
    # At most what comes by the rate alone, if nobody ever left.
    assert 0 < short <= long * (1 + 1e-9)
    assert long <= model.r / (model.alpha + age) * 2 * weeks * (1 + 1e-6)
    assert alive_probabilities(model, rows) == 1


@given(MODELS, st.integers(1, 200))
def test_of_customers_who_ordered_just_now_the_more_frequent_is_expected_to_buy_more(model, frequency):
    rows = summary((frequency, 30, 30), (frequency + 1, 30, 30))
    fewer, more = expected_purchases(model, rows, 39)
    assert 0 < fewer < more < np.inf


@given(MODELS, st.integers(1, 50), st.floats(0, 49))
def test_of_equal_frequencies_the_more_recent_is_expected_to_buy_more(model, frequency, recency):
    rows = summary((frequency, recency, 50), (frequency, recency + 1, 50))
    long_ago, recent = expected_purchases(model, rows, 39)
    assert 0 <= long_ago <= recent
    assert np.diff(alive_probabilities(model, rows)) >= 0


def test_no_time_has_no_purchases_and_a_negative_one_is_refused():
    assert expected_purchases(PUBLISHED, summary((2, 10, 20)), 0) == 0
    with pytest.raises(ValueError, match="-1 weeks is negative"):
        expected_purchases(PUBLISHED, summary((2, 10, 20)), -1)


def test_the_order_of_customers_does_not_change_the_fit():
    # Ages in weeks have no exact sum. Customers who order on any day alike: many models fit nearly as well.
    frequency, recency, age = (
        RNG.integers(0, 4, 60),
        RNG.integers(1, 50, 60) / 7,
        RNG.integers(50, 90, 60) / 7,
    )
    rows = list(zip(frequency, recency * (frequency > 0), age, strict=True))
    first = fit_bg_nbd(summary(*rows)).model
    for _ in range(5):
        RNG.shuffle(rows)
        assert fit_bg_nbd(summary(*rows)).model == first


def test_customers_of_one_order_each_cannot_be_fitted():
    with pytest.raises(UnusableInput, match="none of 2 customers ordered on a second day"):
        fit_bg_nbd(summary((0, 0, 10), (0, 0, 20)))
