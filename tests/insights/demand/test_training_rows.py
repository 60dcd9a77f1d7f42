"""Rows to learn from."""

import numpy as np

from insights.demand import training_rows as module
from insights.demand.features import DemandFeatures
from insights.demand.training_rows import active_items, training_rows
from tests.insights.histories import history_of

HORIZON = 7


def rows_of(history, seed=0):
    return training_rows(history, DemandFeatures(history, HORIZON), HORIZON, seed)


def poisson_history(items=3, days=90, unobserved=()):
    return history_of(
        np.random.default_rng(5).poisson(2, (items, days)) + [[1]] * items, unobserved=unobserved
    )


def test_items_that_sold_in_the_28_days_before_the_origin_are_active():
    quantity = np.zeros((3, 60))
    quantity[0, 12], quantity[1, 11], quantity[2, 40] = 1, 1, 1
    assert active_items(history_of(quantity), 40).tolist() == [0]


def test_a_row_holds_what_an_item_sold_on_a_day_from_its_origin_on():
    history = poisson_history()
    rows = rows_of(history)
    np.testing.assert_allclose(rows.quantity * rows.scale, history.quantity[rows.item, rows.day], rtol=1e-6)
    assert ((rows.day >= rows.origin) & (rows.day < rows.origin + HORIZON)).all()
    assert rows.day.max() == 89


def test_all_observed_days_after_each_fifth_origin_from_the_last_back_are_rows():
    # The nine origins 39, 44, ..., 79 have seven days each, 84 has six, and 89 one.
    assert len(rows_of(poisson_history()).day) == 3 * (9 * 7 + 6 + 1)


def test_a_day_that_tells_no_demand_is_no_row():
    rows = rows_of(poisson_history(unobserved=[(1, 60), (2, 61)]))
    pairs = set(zip(rows.item.tolist(), rows.day.tolist(), strict=True))
    assert {(1, 60), (2, 61)}.isdisjoint(pairs)
    assert {(0, 60), (2, 60), (1, 61)} <= pairs


def test_features_of_a_row_are_those_at_its_origin():
    history = poisson_history()
    rows = rows_of(history)
    is_row = (rows.item == 1) & (rows.origin == 64)
    at_origin = DemandFeatures(history, HORIZON).at(64, np.array([1]), HORIZON)
    np.testing.assert_array_equal(rows.features[is_row], at_origin.values[0])


def test_of_too_many_rows_some_are_drawn_and_the_same_again(monkeypatch):
    monkeypatch.setattr(module, "MAX_ROWS", 300)
    history = poisson_history(items=40)
    rows, again = rows_of(history), rows_of(history)
    # Each of the 40 items at 11 origins is drawn with a chance of 300 / 3080: 43 of them, 6 more or less.
    assert 100 < len(rows.day) < 500
    assert rows.item.tolist() == again.item.tolist()
    np.testing.assert_array_equal(rows.features, again.features)


def test_five_weeks_hold_nothing_to_learn_from():
    # At the origin of day 35 each item has one row.
    assert rows_of(poisson_history(items=40, days=35)) is None
    assert rows_of(poisson_history(items=39, days=36)) is None
    assert len(rows_of(poisson_history(items=40, days=36)).day) == 40


def test_a_shop_that_was_closed_ever_since_its_first_month_has_nothing_to_learn_from():
    quantity = np.zeros((3, 90))
    quantity[:, :30], quantity[0, 89] = 2, 1
    assert rows_of(history_of(quantity)) is None
