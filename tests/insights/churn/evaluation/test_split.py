"""Splits of records by time."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from insights.churn.evaluation.split import rolling_origins, split_at
from insights.churn.score import score_customers
from insights.customers.events import read_events
from insights.simulation.settings import ShopSettings
from insights.simulation.shop import simulate_shop
from shangsou.errors import UnusableInput
from shangsou.reading.times import CHINA
from tests.insights.churn.evaluation.records import FIRST, orders_of, views

# a orders on 1, 6 and 11 January, b on 4, c on 9; the records end on 12.
ORDERS = orders_of({"a": [0, 5, 10], "b": [3], "c": [8]}, last=11, amounts={"a": [1.0, 2.0, np.nan]})


def test_held_out_days_follow_each_other_and_the_last_ones_end_the_records():
    assert rolling_origins(ORDERS, 3) == [date(2026, 1, 3), date(2026, 1, 6), date(2026, 1, 9)]
    assert rolling_origins(ORDERS, 3, wanted=1) == [date(2026, 1, 9)]
    # Before the 6th no six days would be known.
    assert rolling_origins(ORDERS, 6) == [date(2026, 1, 6)]


def test_records_of_less_than_two_horizons_are_unusable_and_a_horizon_that_fits_is_named():
    with pytest.raises(
        UnusableInput, match=r"cover 12 days, and 14 days are needed.*--horizon-days 6 or less"
    ):
        rolling_origins(ORDERS, 7)
    with pytest.raises(UnusableInput, match="orders are of one day"):
        rolling_origins(orders_of({"a": [0]}, last=0), 7)


def test_customers_are_those_with_an_order_by_the_origin():
    split = split_at(ORDERS, None, date(2026, 1, 6), 3)
    assert split.known.customers == ("a", "b")
    assert split.known.day.max() <= date(2026, 1, 6).toordinal()


def test_outcomes_are_of_the_days_held_out_alone():
    # From 7 to 9 January nobody of a and b orders; from 5 to 10 a does, once, and from 5 to 11 twice.
    assert split_at(ORDERS, None, date(2026, 1, 6), 3).outcomes.purchases.tolist() == [0, 0]
    outcomes = split_at(ORDERS, None, date(2026, 1, 4), 6).outcomes
    assert (outcomes.purchases.tolist(), outcomes.value.tolist()) == ([1, 0], [2, 0])
    outcomes = split_at(ORDERS, None, date(2026, 1, 4), 7).outcomes
    assert outcomes.purchases.tolist() == [2, 0]
    assert outcomes.has_bought.tolist() == [True, False]
    assert np.isnan(outcomes.value[0])
    assert outcomes.value[1] == 0


def test_nothing_that_customers_did_after_the_origin_is_known():
    activity = views(("a",), [2, 4, 7])
    known = split_at(ORDERS, activity, date(2026, 1, 6), 3).activity
    assert known is not None
    assert (known.day - FIRST).tolist() == [2, 4]
    assert len(known.customer) == len(known.kind) == len(known.product) == len(known.price) == 2
    assert known.first_day == FIRST + 2


def test_whose_a_visit_was_is_unknown_until_its_customer_signed_in():
    activity = views(("a",), [2, 4, 5])
    signed_in = replace(activity, known_from=FIRST + np.array([2, 7, 5]))
    known = split_at(ORDERS, signed_in, date(2026, 1, 6), 3).activity
    assert known is not None
    assert (known.day - FIRST).tolist() == [2, 5]


def test_as_of_a_past_day_customers_are_scored_as_they_would_have_been_on_it(new_event_store):
    # Of four visits in five it is known at a later one of a session whose they were.
    shop = simulate_shop(1, 250, 200, ShopSettings(signed_out=0.8, session_days=100))
    origin, last = shop.first_day + timedelta(169), shop.orders.last_day
    events = list(shop.events())
    whole, ended = new_event_store("embedded"), new_event_store("embedded")
    whole.add(events)
    ended.add([one for one in events if one.at.astimezone(CHINA).date() <= origin])
    since = datetime(1970, 1, 1, tzinfo=UTC)
    later, then = (
        read_events(store, since, day + timedelta(1)) for store, day in ((whole, last), (ended, origin))
    )
    split = split_at(later.orders_reading.orders, later.activity, origin, 30)
    measured = score_customers(split.known, 30, split.activity)
    real = score_customers(then.orders_reading.orders, 30, then.activity)
    assert measured.customers == real.customers
    np.testing.assert_array_equal(measured.probability, real.probability)
    assert measured.reasons == real.reasons
    # Some visits before the origin were not known by it: there is something to leak.
    made, known = (at <= origin.toordinal() for at in (later.activity.day, later.activity.known_from))
    assert (made & ~known).any()


def test_before_the_first_day_of_the_activity_there_is_none():
    assert split_at(ORDERS, views(("a",), [7]), date(2026, 1, 6), 3).activity is None
