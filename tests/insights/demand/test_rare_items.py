"""Items that hardly ever sell."""

import numpy as np
import pytest

from insights.demand.rare_items import is_rare, rare_demand
from tests.insights.histories import history_of

BOTH = np.array([0, 1])


def sold_on(days, of=200, pieces=1):
    quantity = np.zeros(of)
    quantity[list(days)] = pieces
    return quantity


def test_items_sold_on_less_than_a_tenth_of_half_a_year_are_rare():
    # Of 182 days 18 are less than a tenth and 19 more; both were sold before, so that all 182 count.
    few, more = sold_on([0, *range(20, 36), 190, 195]), sold_on([0, *range(20, 37), 190, 195])
    assert is_rare(history_of([few, more, np.ones(200)]), BOTH).tolist() == [True, False]


def test_an_item_that_comes_back_is_not_rare():
    coming, gone = sold_on([0, 190, 195, 199]), sold_on([0, 190, 199])
    assert is_rare(history_of([coming, gone, np.ones(200)]), BOTH).tolist() == [False, True]


def test_days_before_the_first_sale_and_without_stock_do_not_count():
    # First sold on day 100: 3 pieces on 2 of 100 days, of which 50 without stock. What it sold before the
    # last 28 days, 3 pieces on 22 of these, is no less a day.
    history = history_of(
        [sold_on([100, 190], pieces=3), np.ones(200)], unobserved=[(0, day) for day in range(101, 151)]
    )
    mean, quantiles, _ = rare_demand(history, np.array([0]), 2, 10, np.random.default_rng(1))
    assert mean[0].tolist() == pytest.approx([6 / 50] * 2)
    assert not quantiles.any()


def test_paths_sell_what_days_before_the_last_28_did_as_often():
    history = history_of([sold_on([18, 60, 100, 199], pieces=4), np.ones(200)])
    mean, _, paths = rare_demand(history, np.array([0]), 10, 4_000, np.random.default_rng(1))
    assert set(np.unique(paths)) == {0, 4}
    assert mean[0, 0] == pytest.approx(4 * 3 / 154)
    # 40,000 draws of a chance of 3 in 154: a standard error of .0007.
    assert (paths > 0).mean() == pytest.approx(3 / 154, abs=0.0028)


def test_what_items_sell_before_they_are_chosen_is_what_they_sell_after():
    # 2,000 items that sell a piece a day with a chance of 1 in 60; forecast are those of the last 28 days.
    sold = (np.random.default_rng(5).random((2_000, 400)) < 1 / 60).astype(float)
    history = history_of(sold)
    chosen = np.flatnonzero(sold[:, -28:].any(axis=1))
    mean, _, _ = rare_demand(history, chosen, 1, 1, np.random.default_rng(1))
    # 750 items of 154 days each: a standard error of 2.3 %.
    assert mean.mean() == pytest.approx(1 / 60, rel=0.09)
