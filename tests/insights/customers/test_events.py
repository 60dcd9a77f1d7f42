"""Orders and activity of customers from the events of a shop."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.customers.activity import CART, FAVORITE, PURCHASE, SEARCH, VIEW
from insights.customers.event_owners import event_owners
from insights.customers.events import read_events
from shangsou.errors import UnusableInput
from tests.fixtures.behaviour import event

SINCE = datetime(1970, 1, 1, tzinfo=UTC)
TODAY = date(2026, 6, 3)
JUNE_1 = date(2026, 6, 1).toordinal()
# Events begin on 1 June at 20:00 in China.
HOUR = 60


def purchase(product, minute=0, user="u", *, session="", order="", price_fen=None, quantity=None):
    one = event("purchase", product, minute, user=user, session=session)
    return replace(one, order_id=order, price_fen=price_fen, quantity=quantity)


def rows(reading):
    """The activity as tuples of customer, day of June, kind and product."""
    activity = reading.activity
    products = [*reading.products, None]
    return [
        (activity.customers[customer], day - JUNE_1 + 1, kind, products[product])
        for customer, day, kind, product in zip(
            activity.customer.tolist(),
            activity.day.tolist(),
            activity.kind.tolist(),
            activity.product.tolist(),
            strict=True,
        )
    ]


def test_purchases_with_one_order_id_are_an_order_and_those_of_a_day_without_one(event_store):
    event_store.add(
        [
            purchase("x", 0, order="1", price_fen=1000, quantity=2),
            purchase("y", 1, order="1", price_fen=500),
            purchase("x", 2, price_fen=300),
            purchase("y", 3, price_fen=400),
            purchase("x", 4, user="", session="s"),
            purchase("x", 30 * HOUR, price_fen=900),  # 2:00 on 3 June in China
        ]
    )
    reading = read_events(event_store, SINCE, TODAY).orders_reading
    assert reading.orders.customers == ("u",)
    assert sorted(reading.orders.amount.tolist()) == [7, 25]
    assert reading.orders.last_day == date(2026, 6, 2)
    assert reading.report.notes == ["1 purchase of today left out: the day is not over"]
    assert (reading.report.rows, reading.report.used) == (6, 4)
    assert dict(reading.report.issues.of("rejected"))["a purchase without a user"].count == 1


def test_what_a_customer_did_is_in_the_order_of_time_and_a_click_is_a_view(event_store):
    event_store.add(
        [
            event("search", "", 0, user="b", query="dress"),
            event("impression", "x", 1, user="b"),
            event("click", "x", 2, user="b"),
            event("share", "x", 3, user="b"),
            event("view", "y", 4, user="a"),
            event("favorite", "y", 5, user="a"),
            event("add_to_cart", "x", 5 * HOUR, user="b"),  # 1:00 on 2 June
            purchase("x", 6 * HOUR, user="b", price_fen=1250, quantity=2),
            event("view", "x", 30 * HOUR, user="b"),
        ]
    )
    reading = read_events(event_store, SINCE, TODAY)
    assert reading.activity.customers == ("a", "b")
    assert rows(reading) == [
        ("a", 1, VIEW, "y"),
        ("a", 1, FAVORITE, "y"),
        ("b", 1, SEARCH, None),
        ("b", 1, VIEW, "x"),
        ("b", 2, CART, "x"),
        ("b", 2, PURCHASE, "x"),
    ]
    np.testing.assert_array_equal(reading.activity.price, [np.nan] * 5 + [12.5])
    assert reading.activity.first_day == JUNE_1


def test_what_was_done_before_signing_in_belongs_to_the_user_and_a_session_without_one_to_nobody(event_store):
    event_store.add(
        [
            event("view", "x", 0, session="late"),
            event("view", "x", 1, session="never"),
            event("add_to_cart", "x", 2, user="u", session="late"),
            purchase("x", 3, user="", session="late", price_fen=100),
            purchase("x", 4, user="", session="never", price_fen=100),
        ]
    )
    reading = read_events(event_store, SINCE, TODAY)
    assert rows(reading) == [("u", 1, VIEW, "x"), ("u", 1, CART, "x"), ("u", 1, PURCHASE, "x")]
    assert reading.orders_reading.orders.amount.tolist() == [1]
    assert dict(reading.orders_reading.report.issues.of("rejected"))["a purchase without a user"].count == 1


def test_who_acted_before_signing_in_is_known_from_the_day_of_signing_in(event_store):
    day = 24 * HOUR
    event_store.add(
        [
            purchase("x", 0, price_fen=100),
            event("view", "x", 1, session="s"),
            event("view", "y", day, session="s"),
            event("view", "z", 2 * day, user="u", session="s"),
            event("view", "x", 3 * day, session="s"),
        ]
    )
    activity = read_events(event_store, SINCE, date(2026, 6, 30)).activity
    assert (activity.day - JUNE_1).tolist() == [0, 0, 1, 2, 3]
    assert (activity.known_from - JUNE_1).tolist() == [0, 2, 2, 2, 3]
    # At the end of 2 June nobody knew whose the two views were.
    assert (activity.until(date(2026, 6, 2)).day - JUNE_1).tolist() == [0]
    # Nor is it known today who signed in today.
    assert len(read_events(event_store, SINCE, date(2026, 6, 3)).activity.day) == 1


@pytest.mark.parametrize("action", ["impression", "login"])
def test_an_event_that_does_not_count_tells_whose_its_session_is_as_in_the_store(event_store, action):
    event_store.add(
        [
            purchase("x", 0, price_fen=100),
            event("view", "x", 1, session="s"),
            event(action, "y", 2, user="u", session="s"),
            event(action, "y", 3, user="u", session="s"),
            event("view", "z", 4, session="s"),
            event(action, "y", 5, user="v", session="s"),
            event("view", "y", 6, session="s"),
            event(action, "y", 7, user="idle", session="t"),
            event(action, "y", 8, user="idle"),
        ]
    )
    reading = read_events(event_store, SINCE, TODAY)
    assert rows(reading) == [
        ("u", 1, PURCHASE, "x"),
        ("u", 1, VIEW, "x"),
        ("u", 1, VIEW, "z"),
        ("v", 1, VIEW, "y"),
    ]
    assert [one.product_id for one in event_store.events_of("v") if one.action == "view"] == ["y"]
    # The same user in another session, just after.
    event_store.add([event(action, "y", 9, user="v", session=one) for one in ("s", "r")])
    event_store.add([event("view", "w", 10, session="r")])
    assert rows(read_events(event_store, SINCE, TODAY))[-1] == ("v", 1, VIEW, "w")
    # Who did nothing that counts is no customer.
    assert reading.activity.customers == ("u", "v")


@pytest.mark.parametrize(
    ("last", "today", "known_until", "is_old"),
    [
        (1, date(2026, 6, 3), date(2026, 6, 2), False),
        (2, date(2026, 6, 3), date(2026, 6, 2), False),  # today, which is not over
        (2, date(2026, 6, 10), date(2026, 6, 3), False),  # six days before yesterday
        (2, date(2026, 6, 11), date(2026, 6, 3), True),
    ],
)
def test_nothing_is_known_after_the_last_event_and_an_old_one_is_reported(
    event_store, last, today, known_until, is_old
):
    event_store.add([purchase("x", 0), event("impression", "x", last * 24 * HOUR)])
    reading = read_events(event_store, SINCE, today).orders_reading
    assert reading.orders.last_day == known_until
    line = ["the last event is of 2026-06-03: customers are scored as of then"]
    assert reading.report.summary_lines()[1:] == (line if is_old else [])


def test_an_event_is_of_the_last_user_of_its_session_before_it_else_of_the_first_after():
    # Session 7: nobody, user 0, nobody, user 1, nobody; session 5: nobody; no session: nobody, user 0.
    user = np.array([-1, 0, -1, 1, -1, -1, -1, 0])
    session = np.array([7, 7, 7, 7, 7, 5, 0, 0])
    owners = event_owners(user, session)
    assert owners.user.tolist() == [0, 0, 0, 1, 1, -1, -1, 0]
    # The first is known by the second event; whose the fifth is was known before it.
    assert owners.link.tolist() == [1, 1, 2, 3, 4, 5, 6, 7]


@given(st.lists(st.tuples(st.integers(-1, 2), st.integers(-1, 2)), max_size=12))
def test_owners_are_those_that_going_through_the_events_one_by_one_finds(events):
    def owner(place):
        user, session = events[place]
        if user >= 0 or session == 0:
            return user, place
        linking = [at for at, (one, of) in enumerate(events) if of == session and one >= 0]
        before = [at for at in linking if at < place]
        if before:
            return events[before[-1]][0], place
        return (events[linking[0]][0], linking[0]) if linking else (-1, place)

    user, session = (np.array([one[part] for one in events], np.int64) for part in (0, 1))
    owners = event_owners(user, session)
    found = list(zip(owners.user.tolist(), owners.link.tolist(), strict=True))
    assert found == [owner(place) for place in range(len(events))]


def test_a_refund_without_an_order_id_is_left_out_and_one_with_it_taken_off_its_order(event_store):
    event_store.add(
        [
            purchase("x", 0, price_fen=1000),
            purchase("x", 1, price_fen=-400),
            purchase("y", 2, order="1", price_fen=900),
            purchase("y", 3, order="1", price_fen=-200),
        ]
    )
    reading = read_events(event_store, SINCE, TODAY).orders_reading
    assert sorted(reading.orders.amount.tolist()) == [7, 10]
    refunds = dict(reading.report.issues.of("skipped"))["a refund without its order"]
    assert refunds.examples == ["purchases:2: the amount -4 is below 0; row left out"]


def test_a_shop_without_purchases_of_users_hears_the_way_out(event_store):
    event_store.add([event("click", "a", user="u"), purchase("a", 30 * HOUR)])
    with pytest.raises(
        UnusableInput, match=r"1 purchase of today.*shangsou events import FILE.*--orders FILE"
    ):
        read_events(event_store, SINCE, TODAY)
