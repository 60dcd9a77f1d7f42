"""Orders as arrays, and their summary by recency and frequency."""

from datetime import date

import numpy as np
import pytest

from insights.customers.orders import Orders, days_bought, order_days
from insights.customers.recency_frequency import order_values, recency_frequency

JANUARY = date(2026, 1, 1).toordinal()
# a on 1 (twice), 8 and 22 January, b on 15; the records end on 29.
ORDERS = Orders(
    ("a", "b"),
    np.array([0, 0, 0, 0, 1]),
    JANUARY + np.array([0, 0, 7, 21, 14]),
    np.array([10.0, np.nan, 0.0, 30.0, 5.0]),
    date(2026, 1, 29),
)


def test_a_day_counts_once_and_time_is_in_weeks():
    summary = recency_frequency(ORDERS)
    assert summary.frequency.tolist() == [2, 0]
    assert summary.recency.tolist() == [3, 0]
    assert summary.age.tolist() == [4, 2]
    assert order_days(ORDERS).amount.tolist() == [10, 0, 30, 5]


def test_values_are_of_days_with_an_amount():
    assert [one.tolist() for one in (order_values(ORDERS).count, order_values(ORDERS).mean)] == [
        [2, 1],
        [20, 5],
    ]
    later = order_values(ORDERS, with_first=False)
    assert [later.count.tolist(), later.mean.tolist()] == [[1, 0], [30, 0]]


def test_what_was_known_on_a_day_holds_no_later_customer_and_the_rest_can_be_counted():
    known = ORDERS.until(date(2026, 1, 8))
    assert (known.customers, len(known), known.last_day) == (("a",), 3, date(2026, 1, 8))
    assert recency_frequency(known).age.tolist() == [1]
    bought = days_bought(ORDERS, ("a", "b", "c"), date(2026, 1, 9), date(2026, 1, 29))
    assert bought.tolist() == [1, 1, 0]
    with pytest.raises(ValueError, match="2026-02-01 is after 2026-01-29"):
        ORDERS.until(date(2026, 2, 1))
