"""Orders as arrays, from events too, and their summary by recency and frequency."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from insights.customers.events import orders_of_events
from insights.customers.orders import Orders, days_bought, order_days
from insights.customers.recency_frequency import order_values, recency_frequency
from shangsou.errors import UnusableInput
from tests.fixtures.behaviour import event

SINCE = datetime(1970, 1, 1, tzinfo=UTC)
JANUARY = date(2026, 1, 1).toordinal()
# a on 1 (twice), 8 and 22 January, b on 15; the records end on 29.
ORDERS = Orders(
    ("a", "b"),
    np.array([0, 0, 0, 0, 1]),
    JANUARY + np.array([0, 0, 7, 21, 14]),
    np.array([10.0, np.nan, 0.0, 30.0, 5.0]),
    date(2026, 1, 29),
)


def purchase(product, minute=0, user="u", *, order="", price_fen=None, quantity=None):
    one = event("purchase", product, minute, user=user, session="" if user else "s")
    return replace(one, order_id=order, price_fen=price_fen, quantity=quantity)


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


def test_purchases_with_one_order_id_are_an_order_and_those_of_a_day_without_one(event_store):
    event_store.add(
        [
            purchase("x", 0, order="1", price_fen=1000, quantity=2),
            purchase("y", 1, order="1", price_fen=500),
            purchase("x", 2, price_fen=300),
            purchase("y", 3, price_fen=400),
            purchase("x", 4, user=""),
            event("click", "x", 5, user="u"),
            purchase("x", 60 * 30, price_fen=900),  # 2:00 on 3 June in China
        ]
    )
    reading = orders_of_events(event_store, SINCE, date(2026, 6, 3))
    assert reading.orders.customers == ("u",)
    assert sorted(reading.orders.amount.tolist()) == [7, 25]
    assert reading.orders.last_day == date(2026, 6, 2)
    assert reading.report.notes == ["1 purchase of today left out: the day is not over"]
    assert dict(reading.report.issues.of("rejected"))["a purchase without a user"].count == 1


def test_a_shop_without_purchases_hears_the_way_out(event_store):
    with pytest.raises(UnusableInput, match=r"shangsou events import FILE.*--orders FILE"):
        orders_of_events(event_store, SINCE, date(2026, 6, 3))
