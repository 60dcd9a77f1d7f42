"""Features of items on days to come."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.demand.features import DemandFeatures
from insights.demand.training_rows import active_items
from insights.sales.history import Item, SalesHistory
from tests.insights.histories import history_of

DAYS, HORIZON = 420, 14
BOTH = np.array([0, 1])


def random_values(generator, shape) -> dict[str, np.ndarray]:
    quantity = (
        generator.poisson(2, shape) * (generator.random(shape) < 0.7) * (generator.random(shape[1]) < 0.95)
    )
    price = np.where(generator.random(shape) < 0.5, generator.uniform(1, 9, shape), np.nan)
    promotion = np.where(generator.random(shape) < 0.5, generator.random(shape), np.nan)
    values = {"quantity": quantity, "price": price, "promotion": promotion, "stock": quantity + 1}
    return {name: np.array(matrix, np.float32) for name, matrix in values.items()} | {
        "is_observed": generator.random(shape) < 0.8
    }


def random_history(seed) -> SalesHistory:
    values = random_values(np.random.default_rng(seed), (3, DAYS))
    items = tuple(Item(name, category=category) for name, category in (("a", "x"), ("b", "y"), ("c", "x")))
    return replace(history_of(values["quantity"]), items=items, **values)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, DAYS - 1))
def test_nothing_after_the_origin_changes_a_feature(seed, origin):
    history = random_history(seed)
    items = active_items(history, origin)
    block = DemandFeatures(history, HORIZON).at(origin, items, HORIZON)

    later = random_values(np.random.default_rng(seed + 1), (3, DAYS - origin))
    changed = replace(
        history,
        **{
            name: np.concatenate([getattr(history, name)[:, :origin], part], axis=1)
            for name, part in later.items()
        },
    )
    for other in (changed, history.until(origin)):
        assert active_items(other, origin).tolist() == items.tolist()
        same = DemandFeatures(other, HORIZON).at(origin, items, HORIZON)
        np.testing.assert_array_equal(same.values, block.values)
        np.testing.assert_array_equal(same.scale, block.scale)


def test_a_day_on_which_an_item_was_out_of_stock_is_no_zero_in_its_means():
    quantity = np.full((2, 100), 10)
    quantity[1, 1::3] = 0
    history = history_of(quantity, unobserved=[(1, day) for day in range(1, 100, 3)])
    block = DemandFeatures(history, 2).at(100, BOTH, 2)
    assert block.scale.tolist() == [10, 10]
    # The means of the last 3, 7, 14, 28, 56 and 91 days come first.
    assert block.values[:, :, :6].tolist() == np.ones((2, 2, 6)).tolist()


def test_a_day_on_which_the_shop_was_closed_is_no_zero_in_the_means():
    quantity = np.full((2, 100), 10)
    quantity[:, 5::7] = 0
    block = DemandFeatures(history_of(quantity), 1).at(100, BOTH, 1)
    assert block.scale.tolist() == [10, 10]
    assert block.values[:, :, :6].tolist() == np.ones((2, 1, 6)).tolist()


def test_a_day_without_sales_in_an_open_shop_is_a_zero_in_the_means():
    history = history_of([[10] * 100, [10, 0] * 50])
    assert DemandFeatures(history, 1).at(98, BOTH, 1).scale[0] == 10
    # Of the last 28 days half, and of the last 7 those of index 92, 94 and 96.
    assert DemandFeatures(history, 1).at(98, BOTH, 1).scale[1] == pytest.approx((5 + 30 / 7) / 2)


def out_of_stock_for_28_days(days_before):
    quantity = np.full((2, days_before + 28), 10)
    quantity[1, -28:] = 0
    quantity[1, -20] = 7
    return history_of(quantity, unobserved=[(1, days_before + day) for day in range(28)])


@pytest.mark.parametrize("days_before", [5, 60, 200])
def test_an_item_out_of_stock_for_28_days_has_the_level_from_before(days_before):
    history = out_of_stock_for_28_days(days_before)
    assert DemandFeatures(history, 1).at(history.days, BOTH, 1).scale.tolist() == [10, 10]


def test_an_item_out_of_stock_since_more_than_a_season_has_the_level_from_before():
    quantity = np.full((2, 200), 10)
    quantity[1, 100:] = 0
    quantity[1, 190] = 7
    history = history_of(quantity, unobserved=[(1, day) for day in range(100, 200)])
    assert DemandFeatures(history, 1).at(200, BOTH, 1).scale.tolist() == [10, 10]


def test_an_item_that_was_never_in_stock_has_the_level_of_what_it_sold():
    history = out_of_stock_for_28_days(0)
    assert DemandFeatures(history, 1).at(28, BOTH, 1).scale.tolist() == [10, 7 / 28]


def columns_of_rising_sales():
    """From 1 April 2023 an item sells 1, 2, 3, ... a day: from day 420, 25 May 2024, on no festival moves."""
    history = replace(history_of([range(1, 421)]), first_day=date(2023, 4, 1))
    block = DemandFeatures(history, 9).at(420, np.array([0]), 9)
    # 393 to 420 in the last four weeks and 414 to 420 in the last.
    assert block.scale.tolist() == [(406.5 + 417) / 2]
    return block.values[0], block.scale[0]


def has_column(values, expected) -> bool:
    return bool(np.isclose(values, np.array(expected)[:, None], rtol=1e-6).all(axis=0).any())


def test_days_know_their_weekday_and_how_far_they_are():
    values, _ = columns_of_rising_sales()
    assert has_column(values, range(9))
    assert has_column(values, [5, 6, 0, 1, 2, 3, 4, 5, 6])
    assert has_column(values, [-16, -15, -14, -13, -12, -11, -10, -9, -8])  # To the dragon boat festival.


def test_days_know_the_last_such_weekday_before_the_origin():
    values, scale = columns_of_rising_sales()
    # The eighth day has the weekday of the first, and so the same last one.
    assert has_column(values, np.array([414, 415, 416, 417, 418, 419, 420, 414, 415]) / scale)


def test_days_know_the_week_around_the_corresponding_day_of_last_year():
    values, scale = columns_of_rising_sales()
    assert has_column(values, (np.arange(9) + 420 - 364 + 1) / scale)
