"""Forecasts of demand."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.demand import forecast as module
from insights.demand import quantile_models
from insights.demand.forecast import DemandForecast, forecast_demand
from insights.demand.training_rows import active_items
from insights.sales.history import PlannedDays, SalesHistory
from tests.insights.histories import history_of

# Of Monday to Sunday; all histories begin on a Monday.
WEEK = np.array([1, 1, 1, 1, 1, 2, 3])


@pytest.fixture(autouse=True)
def few_trees(monkeypatch):
    monkeypatch.setattr(quantile_models, "_ROUNDS", 40)


def weekly_history(days=119, items=12) -> SalesHistory:
    return history_of(np.random.default_rng(8).poisson(8 * WEEK[np.arange(days) % 7], (items, days)))


def check(demand: DemandForecast, history: SalesHistory, horizon: int) -> None:
    forecast, paths = demand.forecast, demand.paths
    active = active_items(history, history.days)
    assert forecast.items == paths.items == tuple(history.items[index] for index in active)
    assert forecast.origin == paths.origin == history.last_day
    shape = len(active), horizon
    for values in (forecast.mean, forecast.q10, forecast.q50, forecast.q90):
        assert values.shape == shape
        assert values.dtype == np.float32
        assert np.isfinite(values).all()
    assert (forecast.mean >= 0).all()
    assert (forecast.q10 >= 0).all()
    assert (forecast.q10 <= forecast.q50).all()
    assert (forecast.q50 <= forecast.q90).all()
    assert paths.quantity.shape == (len(paths.quantity), *shape)
    assert np.isfinite(paths.quantity).all()
    assert (paths.quantity >= 0).all()


def histories(least_days, most_days):
    @st.composite
    def drawn(draw):
        shape = draw(st.integers(1, 4)), draw(st.integers(least_days, most_days))
        generator = np.random.default_rng(draw(st.integers(0, 10**6)))
        mean = draw(st.sampled_from([0.05, 0.5, 20]))
        quantity = generator.poisson(mean, shape) * generator.choice([1, 0.001, 1e5])
        quantity[0, -1] = 1
        unobserved = np.argwhere(generator.random(shape) < draw(st.sampled_from([0, 0.3, 0.98])))
        return history_of(quantity, unobserved=unobserved.tolist())

    return drawn()


@settings(max_examples=40, deadline=None)
@given(histories(1, 90), st.integers(1, 20))
def test_forecasts_of_short_sales_are_in_order_and_complete(history, horizon):
    check(forecast_demand(history, horizon), history, horizon)


@settings(max_examples=12, deadline=None)
@given(histories(40, 150), st.integers(1, 20))
def test_forecasts_of_models_are_in_order_and_complete(history, horizon):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "is_short", lambda _: False)
        patch.setattr(quantile_models, "_ROUNDS", 5)
        check(forecast_demand(history, horizon), history, horizon)


@pytest.mark.parametrize("days", [1, 50, 120])
@pytest.mark.parametrize("is_short", [True, False])
def test_one_sale_alone_has_a_forecast(days, is_short, monkeypatch):
    monkeypatch.setattr(module, "is_short", lambda _: is_short)
    history = history_of([[0] * (days - 1) + [3]])
    check(forecast_demand(history, 5), history, 5)


def test_items_that_all_sell_rarely_have_a_forecast():
    history = history_of(np.random.default_rng(2).random((200, 120)) < 0.06)
    assert (history.quantity > 0).sum() > 1000
    check(forecast_demand(history, 5), history, 5)


def test_a_shop_that_sold_nothing_for_28_days_has_a_forecast_of_no_items():
    history = history_of([[9] * 100 + [0] * 28] * 11)
    demand = forecast_demand(history, 5)
    check(demand, history, 5)
    assert demand.forecast.items == ()


def test_a_shop_that_opens_after_a_closed_season_has_a_forecast():
    quantity = np.zeros((40, 130))
    quantity[:, :30], quantity[0, 129] = 4, 4
    history = history_of(quantity)
    demand = forecast_demand(history, 5)
    check(demand, history, 5)
    assert demand.forecast.mean.tolist() == [[4] * 5]


def test_the_same_history_gives_the_same_forecast():
    one, other = (forecast_demand(weekly_history(), 7) for _ in range(2))
    for name in ("mean", "q10", "q50", "q90"):
        np.testing.assert_array_equal(getattr(one.forecast, name), getattr(other.forecast, name))
    np.testing.assert_array_equal(one.paths.quantity, other.paths.quantity)


def test_a_pattern_of_weekdays_is_found_again():
    demand = forecast_demand(weekly_history(), 7)
    per_day = demand.forecast.mean.mean(axis=0)
    # 12 items of Poisson sales: a standard error of 10 % for a day. Trees of few rows blur the rest.
    np.testing.assert_allclose(per_day, 8 * WEEK, rtol=0.25)
    np.testing.assert_allclose(demand.paths.quantity.mean(axis=(0, 1)), per_day, rtol=0.15)
    np.testing.assert_allclose(np.median(demand.paths.quantity, axis=0), demand.forecast.q50, rtol=0.2)


def test_most_of_what_comes_lies_within_the_outer_quantiles():
    quantity = np.random.default_rng(9).poisson(8 * WEEK[np.arange(126) % 7], (12, 126))
    forecast = forecast_demand(history_of(quantity).until(119), 7).forecast
    sold = quantity[:, 119:]
    # Expected are 67 of 84 with a standard error of 4; whole pieces on the border count as within.
    assert 55 <= ((sold >= forecast.q10) & (sold <= forecast.q90)).sum() <= 83


def test_a_peak_before_spring_festival_two_years_in_a_row_comes_again():
    first = date(2022, 12, 5)
    days = (date(2025, 1, 15) - first).days
    quantity = np.full((6, days), 10.0)
    for festival in (date(2023, 1, 22), date(2024, 2, 10)):
        eve = (festival - first).days
        quantity[:, eve - 7 : eve] = 30
    quantity = np.random.default_rng(10).poisson(quantity)
    # In 2025 it is on 29 January: the peak is from the 22nd to the 28th, 8 to 14 days after the origin.
    history = replace(history_of(quantity), first_day=first)
    assert history.last_day == date(2025, 1, 14)
    per_day = forecast_demand(history, 20).forecast.mean.mean(axis=0)
    assert per_day[7:14].mean() / 10 > 2
    assert per_day[:6].mean() / 10 == pytest.approx(1, abs=0.25)
    assert per_day[15:].mean() / 10 == pytest.approx(1, abs=0.25)


@pytest.mark.parametrize("days", [60, 119])
def test_an_item_out_of_stock_for_28_days_is_forecast_at_the_level_from_before(days):
    quantity = np.random.default_rng(8).poisson(10, (12, days))
    quantity[0, -28:] = 0
    quantity[0, -20] = 1
    history = history_of(quantity, unobserved=[(0, days - day) for day in range(1, 29)])
    assert forecast_demand(history, 7).forecast.mean[0].mean() == pytest.approx(10, rel=0.25)


def test_plans_multiply_the_mean_the_quantiles_and_the_paths():
    quantity = np.array([[8, 8, 8, 8, 8, 8, 4] * 8, [8, 8, 8, 4, 8, 8, 8] * 8])
    price = np.where(quantity == 8, 1, 2).astype(np.float32)
    history = replace(history_of(quantity), price=price)
    planned = PlannedDays(*(np.full((2, 3), np.nan, np.float32) for _ in range(2)))
    planned.price[1, 2] = 2
    plain, changed = (forecast_demand(history, 3, plan) for plan in (None, planned))
    check(changed, history, 3)
    ratio = changed.forecast.mean / plain.forecast.mean
    assert ratio.ravel()[:5].tolist() == [1] * 5
    assert 0.4 < ratio[1, 2] < 0.8  # Half at the double price; the usual one is a little above 1.
    for name in ("q10", "q50", "q90"):
        np.testing.assert_allclose(
            getattr(changed.forecast, name), getattr(plain.forecast, name) * ratio, rtol=1e-5
        )
    np.testing.assert_allclose(changed.paths.quantity, plain.paths.quantity * ratio, rtol=1e-5)
