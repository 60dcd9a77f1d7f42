"""Weekdays on which a shop is closed."""

import numpy as np

from insights.demand.forecast import forecast_demand
from insights.demand.weekdays import closed_weekdays, weekdays_after
from tests.insights.histories import history_of

# The first day of the histories, 2024-01-01, is a Monday.
CLOSED_ON_SUNDAYS = [0 if day % 7 == 6 else 3 for day in range(56)]


def test_the_weekdays_to_come_follow_the_last_day():
    assert weekdays_after(history_of([[1] * 10]), 3).tolist() == [3, 4, 5]


def test_a_weekday_without_sales_for_eight_weeks_is_closed():
    assert closed_weekdays(history_of([CLOSED_ON_SUNDAYS])).tolist() == [6]


def test_one_sale_on_it_opens_the_weekday():
    quantity = np.array([CLOSED_ON_SUNDAYS])
    quantity[0, 27] = 1
    assert closed_weekdays(history_of(quantity)).tolist() == []


def test_of_less_than_eight_weeks_nothing_is_known():
    assert closed_weekdays(history_of([CLOSED_ON_SUNDAYS[1:]])).tolist() == []


def test_a_shop_that_seldom_sells_is_not_closed_on_weekdays_without_sales():
    assert closed_weekdays(history_of([[1 if day % 10 == 0 else 0 for day in range(56)]])).tolist() == []


def test_nothing_is_forecast_for_closed_days():
    demand = forecast_demand(history_of([CLOSED_ON_SUNDAYS]), 7)
    assert demand.forecast.mean[0].tolist() == [3, 3, 3, 3, 3, 3, 0]
    assert not demand.paths.quantity[:, :, 6].any()
