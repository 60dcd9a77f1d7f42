"""Forecasts as of past days: who is forecast, and what counts."""

from datetime import timedelta

import numpy as np
import pytest

from insights.baselines.methods import BASELINES
from insights.evaluation.backtest import MODEL
from shangsou.errors import UnusableInput
from tests.insights.evaluation.backtests import constant_model, evaluated
from tests.insights.histories import FIRST_DAY, history_of


def test_the_model_sees_nothing_after_the_origin():
    history = history_of(np.arange(1, 99)[None])
    seen = []

    def spy(known, horizon):
        seen.append((known.days, known.last_day, float(known.quantity.max()), horizon))
        return constant_model(1)(known, horizon)

    evaluated(history, spy)
    assert seen == [(days, FIRST_DAY + timedelta(days=days - 1), float(days), 14) for days in (56, 70, 84)]


def test_all_methods_forecast_the_items_sold_in_the_28_days_before():
    quantity = np.ones((3, 70))
    quantity[1, 28:] = 0
    quantity[2, 29:] = 0
    (origin,) = evaluated(history_of(quantity), constant_model(1)).origins
    assert origin.items.tolist() == [0, 2]
    assert list(origin.forecasts) == [MODEL, *BASELINES]
    assert {forecast.mean.shape for forecast in origin.forecasts.values()} == {(2, 14)}
    assert origin.classes == ("smooth", "intermittent")


def test_days_without_sales_count_but_closed_and_unobserved_ones_do_not():
    quantity = np.ones((2, 70))
    quantity[0, 60] = 0  # sold nothing
    quantity[:, 61] = 0  # closed
    history = history_of(quantity, unobserved=[(1, 62), (1, 3)])
    (origin,) = evaluated(history, constant_model(1)).origins
    left_out = np.argwhere(~origin.is_scored).tolist()
    assert left_out == [[0, 5], [1, 5], [1, 6]]
    assert origin.sold[0, 4] == 0
    # The closed day is no day that tells nothing; nobody could buy.
    assert origin.unobserved == 1


def test_rows_of_the_model_are_put_in_the_order_of_the_items():
    def by_id(known, horizon):
        forecast = constant_model(0)(known, horizon)
        forecast.mean[:] = [[int(item.id[1:])] for item in forecast.items]
        return forecast

    (origin,) = evaluated(history_of(np.ones((3, 70))), by_id).origins
    assert origin.forecasts[MODEL].mean[:, 0].tolist() == [0, 1, 2]


def test_a_model_that_leaves_out_an_item_is_a_defect():
    with pytest.raises(ValueError, match=r"lacks items sold before: \['A1'\]"):
        evaluated(history_of(np.ones((2, 70))), constant_model(1, without=("A1",)))


def test_origins_at_which_nothing_can_be_scored_are_left_out():
    quantity = np.ones((1, 98))
    quantity[0, 56:70] = 0
    result = evaluated(history_of(quantity), constant_model(1))
    assert [origin.known_days for origin in result.origins] == [70, 84]
    assert result.left_out == (FIRST_DAY + timedelta(days=55),)


def test_sales_that_stopped_long_ago_cannot_be_measured():
    quantity = np.zeros((1, 98))
    quantity[0, :10] = 1
    with pytest.raises(UnusableInput, match="no origin from 2024-02-25 to 2024-03-24 can be measured"):
        evaluated(history_of(quantity), constant_model(1))


def test_quantiles_of_the_simple_methods_do_not_cross():
    quantity = np.random.default_rng(3).poisson(1.5, (4, 98)).astype(float)
    for origin in evaluated(history_of(quantity), constant_model(1)).origins:
        for forecast in origin.forecasts.values():
            assert (forecast.q10 >= 0).all()
            assert (forecast.q10 <= forecast.q50).all()
            assert (forecast.q50 <= forecast.q90).all()
