"""Trees on top of what another model says."""

import numpy as np
import pytest

from insights.churn.boosting import boosted_log_odds, fit_boosting


def far_from_zero(seed):
    """Who buys has a first column beyond 1 or below -1: as many on both sides."""
    values = np.random.default_rng(seed).normal(size=(2_000, 2))
    return values, np.abs(values[:, 0]) > 1


def test_trees_find_what_no_line_can_see_and_hold_for_others():
    values, buys = far_from_zero(1)
    booster = fit_boosting(values, buys, np.zeros(2_000), 1)
    others, other_buys = far_from_zero(2)
    log_odds = boosted_log_odds(booster, others, np.zeros(2_000))
    assert ((log_odds > 0) == other_buys).mean() > 0.9


def test_the_log_odds_of_the_other_model_are_added_to():
    values, buys = far_from_zero(1)
    booster = fit_boosting(values, buys, np.zeros(2_000), 1)
    low, high = (boosted_log_odds(booster, values, np.full(2_000, at)) for at in (-3.0, 2.0))
    assert high - low == pytest.approx(np.full(2_000, 5.0))


def test_nothing_is_added_where_the_other_model_explains_all():
    rng = np.random.default_rng(3)
    log_odds = rng.normal(size=4_000)
    buys = rng.random(4_000) < 1 / (1 + np.exp(-log_odds))
    booster = fit_boosting(rng.normal(size=(4_000, 3)), buys, log_odds, 1)
    added = boosted_log_odds(booster, rng.normal(size=(4_000, 3)), np.zeros(4_000))
    assert np.abs(added).mean() < 0.15


def test_the_same_rows_give_the_same_trees():
    values, buys = far_from_zero(1)
    first, second = (
        boosted_log_odds(fit_boosting(values, buys, np.zeros(2_000), 1), values, np.zeros(2_000))
        for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)
