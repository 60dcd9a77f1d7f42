"""Measures of scores of who buys again."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.churn.evaluation.measures import (
    CalibrationBin,
    Confusion,
    auc,
    average_precision,
    brier_score,
    buyer_lift,
    calibration_bins,
    calibration_error,
    confusion,
    errors,
    leaver_lift,
    mean_known,
    weighted_auc,
)

CUSTOMERS = st.lists(st.tuples(st.booleans(), st.integers(0, 4)), min_size=2, max_size=40)


def flags(text):
    """Return whether customers bought, as B for one who did."""
    return np.array([letter == "B" for letter in text], np.bool_)


def numbers(*values):
    return np.array(values, np.float64)


def test_auc_is_the_share_of_pairs_in_which_the_buyer_is_scored_higher():
    # Of the pairs of a buyer (.9, .4) and another (.6, .1) three of four are right.
    assert auc(flags("B-B-"), numbers(0.9, 0.6, 0.4, 0.1)) == 0.75


def test_a_tie_is_half_a_pair():
    # .5 against .5 is half right, .5 against .1 is right: 1.5 of 2.
    assert auc(flags("B--"), numbers(0.5, 0.5, 0.1)) == 0.75
    assert auc(flags("B-B-"), numbers(1, 1, 1, 1)) == 0.5


@pytest.mark.parametrize("bought", ["BB", "--", ""])
def test_auc_is_not_known_without_both_kinds_of_customers(bought):
    assert math.isnan(auc(flags(bought), np.arange(len(bought), dtype=np.float64)))


@given(CUSTOMERS)
def test_auc_counts_all_pairs(customers):
    bought, score = (np.array(column) for column in zip(*customers, strict=True))
    pairs = [
        (mine > other) + (mine == other) / 2
        for mine in score[bought].tolist()
        for other in score[~bought].tolist()
    ]
    expected = sum(pairs) / len(pairs) if pairs else math.nan
    assert auc(bought, score.astype(np.float64)) == pytest.approx(expected, nan_ok=True)


def test_a_customer_of_weight_two_counts_as_two():
    bought, rank = flags("B--"), np.array([1, 0, 2])
    assert weighted_auc(bought, rank, numbers(1, 2, 1)) == auc(flags("B---"), numbers(1, 0, 0, 2))


def test_average_precision_is_the_mean_of_the_precision_at_each_buyer():
    # Buyers at ranks 1 and 3: (1/1 + 2/3) / 2.
    assert average_precision(flags("B-B-"), numbers(4, 3, 2, 1)) == pytest.approx(5 / 6)
    # Where all scores are equal there is one step, at which half of the customers are buyers.
    assert average_precision(flags("B-B-"), numbers(1, 1, 1, 1)) == 0.5
    assert math.isnan(average_precision(flags("--"), numbers(1, 2)))


def test_the_lift_compares_the_top_tenth_with_all():
    # Of 20 customers 4 buy. The top tenth are two, one of them a buyer: 1/2 over 4/20.
    bought = flags("B-BBB" + "-" * 15)
    score = np.arange(20, 0, -1, dtype=np.float64)
    assert buyer_lift(bought, score) == pytest.approx(2.5)
    # The bottom tenth are two who left, of 16 in 20.
    assert leaver_lift(bought, score) == pytest.approx(1 / 0.8)


def test_customers_of_equal_score_share_the_places_in_the_top_tenth():
    # One place of ten, and five customers with the highest score, of whom two bought; three of ten in all.
    score = numbers(1, 1, 1, 1, 1, 0, 0, 0, 0, 0)
    assert buyer_lift(flags("B-B---B---"), score) == pytest.approx((2 / 5) / (3 / 10))


def test_the_lift_is_not_known_where_nobody_bought():
    assert math.isnan(buyer_lift(flags("--"), numbers(1, 2)))
    assert math.isnan(leaver_lift(flags("BB"), numbers(1, 2)))


def test_bins_have_equal_sizes_and_begin_with_the_lowest_probability():
    bought = flags("-B-BB")
    probability = numbers(0.1, 0.3, 0.2, 0.9, 0.7)
    # In order: .1 -, .2 -, .3 B | .7 B, .9 B.
    assert calibration_bins(bought, probability, bins=2) == (
        CalibrationBin(3, pytest.approx(0.2), pytest.approx(1 / 3)),
        CalibrationBin(2, pytest.approx(0.8), 1.0),
    )


def test_the_calibration_error_is_the_mean_distance_over_bins():
    # Ten bins of two: nine are right, one says .5 where both bought.
    bought = flags("--" * 9 + "BB")
    probability = numbers(*[0] * 18, 0.5, 0.5)
    assert calibration_error(bought, probability) == pytest.approx(0.05)


def test_customers_of_equal_probability_count_with_their_mean_in_any_order():
    # All have .5, and half bought: in whichever order, no bin is off.
    assert calibration_error(flags("B" * 10 + "-" * 10), np.full(20, 0.5)) == 0


@given(CUSTOMERS, st.randoms(use_true_random=False))
def test_no_measure_depends_on_the_order_of_customers(customers, random):
    shuffled = random.sample(customers, len(customers))
    for measure in (auc, average_precision, buyer_lift, leaver_lift, calibration_error, brier_score):
        one, other = (
            measure(np.array([bought for bought, _ in rows]), np.array([score / 4 for _, score in rows]))
            for rows in (customers, shuffled)
        )
        assert one == pytest.approx(other, nan_ok=True)


def test_fewer_customers_than_bins_make_a_bin_each():
    assert len(calibration_bins(flags("B--"), numbers(0.1, 0.2, 0.3))) == 3
    assert math.isnan(calibration_error(flags(""), numbers()))


def test_the_brier_score_is_the_mean_square():
    assert brier_score(flags("B-"), numbers(0.8, 0.4)) == pytest.approx((0.04 + 0.16) / 2)


def test_the_cut_itself_counts_as_buying():
    table = confusion(flags("BB-B--"), numbers(0.9, 0.5, 0.5, 0.4, 0.3, 0.2), 0.5)
    assert table == Confusion(2, 1, 1, 2)
    assert table.accuracy == pytest.approx(4 / 6)
    assert (table.precision, table.recall) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert Confusion(3, 1, 2, 4).f1 == pytest.approx(6 / 9)


def test_shares_of_nobody_are_not_known():
    nobody = Confusion(0, 0, 0, 5)
    assert nobody.accuracy == 1
    assert all(math.isnan(one) for one in (nobody.precision, nobody.recall, nobody.f1))


def test_errors_are_of_those_customers_of_whom_both_is_known():
    found = errors(numbers(1, 3, math.nan, 4), numbers(2, 3, 9, math.nan))
    assert found is not None
    assert (found.rmse, found.expected, found.true) == (pytest.approx(math.sqrt(1 / 2)), 5, 4)
    assert found.bias == 0.25
    assert errors(numbers(math.nan), numbers(1)) is None


def test_a_mean_leaves_out_what_is_not_known():
    assert mean_known([1, math.nan, 2]) == 1.5
    assert math.isnan(mean_known([math.nan]))


def test_auc_average_precision_and_brier_score_are_those_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(3)
    score = random.integers(0, 20, 500) / 20
    bought = random.random(500) < score
    assert auc(bought, score) == pytest.approx(metrics.roc_auc_score(bought, score))
    assert average_precision(bought, score) == pytest.approx(metrics.average_precision_score(bought, score))
    assert brier_score(bought, score) == pytest.approx(metrics.brier_score_loss(bought, score))
