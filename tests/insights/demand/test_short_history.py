"""Forecasts where there is too little to learn from."""

import numpy as np
import pytest

from insights.demand.short_history import is_short, resampled
from tests.insights.histories import history_of


def of_second_item(history, horizon=3):
    """The mean, the quantiles and the paths of the item with index 1."""
    mean, quantiles, quantity = resampled(history, np.array([1]), horizon, 400, np.random.default_rng(0))
    assert mean.shape == (1, horizon)
    assert quantiles.shape == (3, 1, horizon)
    assert quantity.shape == (400, 1, horizon)
    return mean[0, 0], quantiles[:, 0, 0].tolist(), quantity


@pytest.mark.parametrize(
    ("items", "days", "short"), [(6, 90, True), (6, 91, False), (5, 100, False), (4, 124, True)]
)
def test_less_than_91_days_or_500_sales_are_short(items, days, short):
    assert is_short(history_of(np.ones((items, days)))) == short


def test_the_last_28_days_are_taken_to_come_again():
    # 14 days of 2 and 14 of 6 after many of 100.
    mean, quantiles, quantity = of_second_item(history_of([[1] * 68, [100] * 40 + [2, 6] * 14]))
    assert mean == 4
    assert quantiles == [2, 4, 6]
    assert set(quantity.ravel().tolist()) == {2, 6}
    # 1200 draws of 2 or 6: a standard error of .06.
    assert quantity.mean() == pytest.approx(4, abs=0.25)


def test_of_less_than_28_days_all_count():
    assert of_second_item(history_of([[1] * 4, [1, 2, 3, 6]]))[0] == 3


def test_a_day_that_tells_no_demand_is_no_zero():
    mean, quantiles, quantity = of_second_item(
        history_of([[1] * 4, [0, 2, 0, 2]], unobserved=[(1, 0), (1, 2)])
    )
    assert (mean, quantiles) == (2, [2, 2, 2])
    assert set(quantity.ravel().tolist()) == {2}


@pytest.mark.parametrize("days_before", [10, 60])
def test_an_item_out_of_stock_for_28_days_sells_what_it_did_before(days_before):
    sold = [100] * (days_before - 10) + [2, 6] * 5
    history = history_of(
        [[1] * (days_before + 28), sold + [1] + [0] * 27],
        unobserved=[(1, days_before + day) for day in range(28)],
    )
    mean, quantiles, _ = of_second_item(history)
    if days_before == 10:
        assert (mean, quantiles) == (4, [2, 4, 6])
    else:  # The 28 days before: 18 of 100, 5 of 2 and 5 of 6.
        assert mean == pytest.approx((18 * 100 + 5 * 2 + 5 * 6) / 28)
        assert quantiles[2] == 100


def test_an_item_that_was_never_in_stock_sells_what_it_did():
    history = history_of([[1] * 4, [0, 1, 0, 3]], unobserved=[(1, day) for day in range(4)])
    assert of_second_item(history)[0] == 1


def test_items_that_sell_together_do_so_in_a_path():
    history = history_of([range(1, 29), range(2, 57, 2)])
    _, _, quantity = resampled(history, np.array([0, 1]), 5, 50, np.random.default_rng(0))
    assert (quantity[:, 1] == 2 * quantity[:, 0]).all()
    assert len(np.unique(quantity[:, 0])) > 10
