"""Whether reasons are true."""

import math

import numpy as np

from insights.churn.evaluation.reason_outcomes import reason_names, reason_outcomes
from insights.churn.scores import Reason


def silent(days):
    return Reason("silent", f"silent for {days} days", f"已经 {days} 天没有下单", is_risk=True)


def outcomes(reasons, bought, frequency=None):
    """Return the outcomes of customers, of one order each by default."""
    repeats = np.zeros(len(bought)) if frequency is None else np.array(frequency, np.float64)
    return reason_outcomes(reasons, np.array(bought), repeats)


REGULAR = Reason("regular", "buys regularly", "定期购买", is_risk=False)


def test_customers_with_a_reason_are_compared_with_all_others():
    reasons = [(silent(30),), (silent(50), REGULAR), (), (silent(70),), (REGULAR,)]
    first, second = outcomes(reasons, [False, True, True, False, True])
    assert (first.code, first.customers, first.left, first.others, first.others_left) == (
        "silent",
        3,
        2,
        2,
        0,
    )
    assert first.is_true
    assert (second.code, second.share_left, second.others_share_left) == ("regular", 0, 2 / 3)
    assert second.is_true


def test_a_risk_whose_customers_bought_as_often_as_others_is_not_true():
    (found,) = outcomes([(silent(1),), ()], [True, True])
    assert not found.is_true


def test_a_circumstance_that_speaks_for_either_side_at_two_origins_is_two_reasons():
    other = Reason("silent", "", "已经 9 天没有下单", is_risk=False)
    first, second = outcomes([(silent(1),), (other,), (other,)], [False, True, False])
    assert (first.is_risk, first.customers, first.left) == (False, 2, 1)
    assert (second.is_risk, second.customers, second.left) == (True, 1, 1)
    assert first.is_true
    assert second.is_true


def test_a_reason_that_all_have_is_compared_with_nobody():
    (found,) = outcomes([(silent(1),)], [True])
    assert math.isnan(found.others_share_left)
    assert not found.is_true


def test_peers_are_others_who_ordered_as_often():
    # The silent have one repeat order: one of two left. Of their peers none of two did, of all others two of
    # four, since those who ordered once left.
    reasons = [(silent(9),), (silent(9),), (), (), (), ()]
    (found,) = outcomes(reasons, [True, False, True, True, False, False], [1, 1, 1, 1, 0, 0])
    assert (found.share_left, found.others_share_left, found.peers_share_left) == (0.5, 0.5, 0)
    assert found.is_true


def test_peers_weigh_as_the_customers_with_the_reason():
    # Three with the reason ordered once and one twice; of their peers all and none left: 3/4.
    reasons = [(silent(9),)] * 4 + [(), ()]
    (found,) = outcomes(reasons, [False] * 5 + [True], [0, 0, 0, 1, 0, 1])
    assert (found.peers, found.peers_left, found.peers_share_left) == (2, 1, 0.75)


def test_without_peers_all_others_stand_for_them():
    (found,) = outcomes([(silent(9),), ()], [False, True], [0, 3])
    assert math.isnan(found.peers_share_left)
    assert found.is_true


def test_names_of_reasons_hold_no_figures_of_a_customer():
    reasons = [(silent(74),), (silent("1,074"),), (Reason("silent", "", "沉默很久", is_risk=True),)]
    assert reason_names(reasons) == {"silent": "已经 N 天没有下单"}
