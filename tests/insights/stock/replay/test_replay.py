"""Replays of the past."""

import numpy as np
import pytest

from insights.demand.forecast import DemandForecast
from insights.demand.forecast_table import Forecast, SamplePaths
from insights.stock.on_hand_file import OnHandList, OnHandRow
from insights.stock.replay.replay import replay
from shangsou.errors import UnusableInput
from tests.insights.stock.shops import history, rules

DAYS = 100
RULES = rules(lead_time_days=1, review_days=1, shelf_life_days=1)


def forecast_of(quantity):
    """A forecast that expects the same quantity a day of each item that sold."""

    def forecast(known, horizon):
        items = tuple(
            item for item, sold in zip(known.items, known.quantity[:, -28:].any(axis=1), strict=True) if sold
        )
        days = np.full((len(items), horizon), quantity, np.float32)
        paths = SamplePaths(known.last_day, items, np.repeat(days[None], 10, axis=0))
        return DemandForecast(Forecast(known.last_day, items, days, days, days, days), paths)

    return forecast


def results(sales, quantity, days=28, **options):
    result = replay(sales, None, options.pop("rules", RULES), forecast_of(quantity), days=days, **options)
    return result, {policy.name: policy for policy in result.policies}


def test_who_orders_what_sells_earns_the_margin_and_loses_and_wastes_nothing():
    sales = history({"A": [4] * DAYS}, price=10, unit_cost=6)
    result, policies = results(sales, 4)
    # The first day is served from the stock of the beginning: 27 count.
    assert (result.last_day - result.first_day).days == 26
    assert len(policies) == 3
    for policy in policies.values():
        keeping = 27 * 24 * 0.25 / 365
        assert policy.profit == pytest.approx(27 * 4 * (10 - 6) - keeping)
        assert (policy.lost, policy.wasted, policy.cycle_service, policy.fill_rate) == (0, 0, 1, 1)


def test_who_orders_too_much_of_what_spoils_wastes_it_and_who_orders_too_little_loses_sales():
    sales = history({"A": [4] * DAYS}, price=10, unit_cost=6)
    ours = results(sales, 5)[1]["forecast"]
    assert (ours.wasted, ours.wasted_money, ours.lost) == (27, 27 * 6, 0)
    ours = results(sales, 3)[1]["forecast"]
    assert (ours.wasted, ours.lost, ours.lost_money) == (0, 27, 270)
    assert (ours.cycle_service, ours.fill_rate) == (0, 0.75)


def test_last_week_is_repeated_by_weekday():
    # Every seventh day sells 14, others nothing: last week knows which.
    sales = history({"A": [14 if day % 7 == 0 else 0 for day in range(DAYS)]}, price=10, unit_cost=6)
    last_week = results(sales, 2)[1]["last week"]
    assert (last_week.lost, last_week.wasted) == (0, 0)


def test_what_keeps_is_not_wasted_and_is_worth_its_cost():
    sales = history({"A": [4] * DAYS}, price=10, unit_cost=6)
    ours = results(sales, 5, rules=rules(lead_time_days=1, review_days=1, shelf_life_days=None))[1][
        "forecast"
    ]
    # Demand of two days at 5 stands in stock and on order; the shop sells 4, and never runs out.
    assert (ours.wasted, ours.lost) == (0, 0)
    assert ours.profit == pytest.approx(27 * 4 * 4 - ours.mean_stock_money * 27 * 0.25 / 365)


def test_a_loss_rate_is_taken_off_each_delivery_and_ordered_in_addition():
    sales = history({"A": [4] * DAYS}, price=10, unit_cost=2, loss_rate=0.5)
    ours = results(sales, 4)[1]["forecast"]
    assert (ours.lost, ours.wasted) == (0, 27 * 4)


def test_forecasts_are_made_again_and_again_from_the_past_alone():
    lengths = []

    def forecast(known, horizon):
        lengths.append((known.days, horizon))
        return forecast_of(4)(known, horizon)

    replay(history({"A": [4] * DAYS}), None, RULES, forecast, days=28, refit_days=14)
    # Orders of 14 days, and the two days that each is for.
    assert lengths == [(72, 16), (86, 16)]


def test_an_item_that_is_new_takes_part_from_the_next_forecast_on():
    sales = history({"A": [4] * DAYS, "B": [0] * 90 + [9] * 10}, price=10, unit_cost=6)
    result, policies = results(sales, 4, refit_days=7)
    # B sells from day 90 on; forecasts are made on the days 72, 79, 86 and 93: 7 days of B count.
    assert result.items == 2
    assert policies["forecast"].sold + policies["forecast"].lost == pytest.approx(27 * 4 + 7 * 9)


@pytest.mark.parametrize(
    ("known", "message"),
    [(80, "--days 24"), (50, "needs 84; give a longer table$")],
    ids=["half as long", "too short for any"],
)
def test_a_history_that_is_too_short_is_refused(known, message):
    with pytest.raises(UnusableInput, match=message):
        results(history({"A": [1] * known}), 1)


def test_a_shop_that_sold_nothing_is_refused():
    with pytest.raises(UnusableInput, match="no item sold anything"):
        results(history({"A": [0] * DAYS}), 1)


def test_an_order_that_takes_longer_than_the_replay_is_refused():
    with pytest.raises(UnusableInput, match="an order takes 30 days and lasts for 3"):
        results(history({"A": [1] * DAYS}), 1, rules=rules(lead_time_days=30))


def test_the_cycle_of_an_item_ends_with_its_own_delivery():
    # Both sell 4 a day, and 2 a day are ordered every 14 days: a delivery lasts for 7 days, and each cycle
    # is short. A comes a day after an order, B ten; the first 5 days of a cycle of B, until A comes, are not.
    sales = history({"A": [4] * DAYS, "B": [4] * DAYS}, price=10, unit_cost=6)
    terms = OnHandList({"B": OnHandRow("B", lead_time=10)}, [])
    fortnightly = rules(lead_time_days=1, review_days=14)
    ours = replay(sales, terms, fortnightly, forecast_of(2), days=42).policies[0]
    assert ours.cycle_service == 0
