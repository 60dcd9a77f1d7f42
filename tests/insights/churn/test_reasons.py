"""Reasons: circumstances that mattered in the past by more than chance."""

import numpy as np
import pytest

from insights.churn.features import Features
from insights.churn.reasons import customer_reasons, significant_effects
from insights.churn.training_rows import Snapshot
from insights.churn.windows import Window
from insights.customers.activity import SEARCH
from tests.insights.churn.shops import day, make_activity, make_orders

ROWS = 2_000
EACH = np.arange(ROWS)


def holds_and_buys(seed, shares, log_odds):
    """Circumstances drawn with these shares, and who buys by them."""
    rng = np.random.default_rng(seed)
    holds = rng.random((ROWS, len(shares))) < shares
    return holds, rng.random(ROWS) < 1 / (1 + np.exp(1 - holds @ log_odds))


def test_effects_are_the_changes_of_the_log_odds_all_else_being_as_it_is():
    holds, buys = holds_and_buys(1, [0.5, 0.3], [1.5, -1.5])
    effects = significant_effects(holds, buys, EACH)
    # The standard errors are some .1.
    assert effects == {0: pytest.approx(1.5, abs=0.35), 1: pytest.approx(-1.5, abs=0.45)}


@pytest.mark.parametrize("customers", [50, 100, 200, 5_000])
def test_the_effect_of_a_rare_circumstance_is_as_large_as_that_of_a_common_one(customers):
    # Of 10,000 customers those in it buy with .5, others with .1: log(1) - log(1 / 9) = 2.197.
    holds = np.arange(10_000) < customers
    buys = np.where(holds, np.arange(10_000) % 2 == 0, np.arange(10_000) % 10 == 0)
    effects = significant_effects(holds[:, None], buys, np.arange(10_000))
    assert effects == {0: pytest.approx(np.log(9), abs=0.02)}


def test_a_weaker_circumstance_of_few_customers_is_not_weightier_than_a_stronger_one_of_many():
    # Half of 10,000 are in the first, and 1 % of each half in the second. Log odds: -2, -1 in the second
    # alone, 0 in the first alone and 1 in both, in whole customers of 4,950, 50, 4,950 and 50.
    holds = np.repeat([[False, False], [False, True], [True, False], [True, True]], [4950, 50, 4950, 50], 0)
    buys = np.concatenate(
        [np.arange(size) < count for size, count in [(4950, 590), (50, 13), (4950, 2475), (50, 37)]]
    )
    effects = significant_effects(holds, buys, np.arange(10_000))
    # The error of the second is the root of 1 / (50 * .26 * .74 + 50 * .74 * .26), some .23.
    assert effects == {0: pytest.approx(2, abs=0.1), 1: pytest.approx(1, abs=0.1)}


def test_what_only_goes_with_a_cause_is_no_reason():
    # The second holds for eight of ten in whom the first does, and else for two of ten; the first alone acts.
    rng = np.random.default_rng(2)
    holds, _ = holds_and_buys(2, [0.5, 0.5], [0, 0])
    holds[:, 1] = rng.random(ROWS) < np.where(holds[:, 0], 0.8, 0.2)
    buys = rng.random(ROWS) < np.where(holds[:, 0], 0.6, 0.2)
    assert buys[holds[:, 1]].mean() > buys[~holds[:, 1]].mean() + 0.15
    assert set(significant_effects(holds, buys, EACH)) == {0}


def test_a_circumstance_without_an_effect_is_a_reason_in_one_of_370_cases():
    # 300 columns: .8 are expected, and more than 5 have a probability of .0003.
    found = [
        significant_effects(*holds_and_buys(seed, [0.1, 0.3, 0.5], [0, 0, 0]), EACH) for seed in range(100)
    ]
    assert sum(map(len, found)) <= 5


def test_the_same_rows_in_several_windows_tell_no_more_than_in_one():
    holds, buys = holds_and_buys(3, [0.5, 0.5], [0.35, 1.5])
    four_times = significant_effects(np.tile(holds, (4, 1)), np.tile(buys, 4), np.tile(EACH, 4))
    assert set(four_times) == set(significant_effects(holds, buys, EACH))


def test_fewer_than_thirty_customers_tell_nothing():
    holds = np.zeros((ROWS, 1), np.bool_)
    holds[:29] = True
    buys = holds[:, 0] | (np.arange(ROWS) % 10 == 0)
    assert significant_effects(holds, buys, EACH) == {}
    holds[29] = buys[29] = True
    assert set(significant_effects(holds, buys, EACH)) == {0}


@pytest.mark.parametrize("outcome", [True, False])
def test_one_outcome_alone_has_no_reasons(outcome):
    holds, _ = holds_and_buys(4, [0.5], [0])
    assert significant_effects(holds, np.full(ROWS, outcome), EACH) == {}


def searchers():
    """400 customers of one order, on which day of ten the half of them searched; the searchers buy next."""
    rows = [(f"c{number:03}", number % 5) for number in range(400)]
    searches = [(f"c{number:03}", 9, SEARCH) for number in range(200)]
    known = make_orders(rows, 9)
    nothing = Features((), np.empty((400, 0)), np.zeros(400), np.zeros(400))
    bought = (np.arange(400) % 10 < np.where(np.arange(400) < 200, 8, 1)).astype(np.int64)
    return known, make_activity(searches), Snapshot(Window(day(9), 5), known, nothing, bought)


def test_customers_get_the_reasons_that_hold_for_them_with_their_own_figures():
    orders, activity, snapshot = searchers()
    reasons = customer_reasons(orders, activity, [snapshot])
    assert {(one.code, one.is_risk, one.english, one.chinese) for one in reasons[0]} == {
        ("searched", False, "searched on the last day", "当天搜索过商品")
    }
    assert reasons[399] == ()
    assert len(reasons) == 400


def test_without_a_past_nobody_has_a_reason():
    orders, activity, _ = searchers()
    assert customer_reasons(orders, activity, []) == ((),) * 400


def test_a_rare_circumstance_in_which_nobody_bought_by_chance_is_no_reason():
    # Of 40 customers none buys with a probability of .98 ** 40 = .45 though it changes nothing.
    found = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        found.append(significant_effects(EACH[:, None] < 40, rng.random(ROWS) < 0.02, EACH))
    # By chance .2 are expected, and more than 2 have a probability of .0006.
    assert sum(map(len, found)) <= 2
