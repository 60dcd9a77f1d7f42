"""Traffic measures of searches and shelves."""

from datetime import UTC, datetime, timedelta

import pytest

from relevance.offline.traffic import measure_traffic, wilson
from shangsou.behaviour.event import Event

START = datetime(2026, 11, 20, 4, tzinfo=UTC)


def event(action, seconds, query="", *, session="s1", query_id="", results=(), user=""):
    return Event(
        f"{session}{action}{seconds}",
        action,
        START + timedelta(seconds=seconds),
        user_id=user,
        session_id=session,
        query_id=query_id,
        query=query,
        product_id="" if action == "search" else "p",
        results=results,
    )


def rates(report):
    one = report.all
    return [
        rate and rate.value
        for rate in (
            one.ctr,
            one.cart_rate,
            one.conversion_rate,
            one.zero_result_rate,
            one.reformulation_rate,
        )
    ]


def test_shares_are_of_searches_however_often_each_was_clicked():
    report = measure_traffic(
        [
            event("search", 0, "裙"),
            event("click", 5, "裙"),
            event("click", 9, "裙"),
            event("add_to_cart", 20, "裙"),
            event("purchase", 60, "裙"),
            event("search", 0, "鞋", session="s2"),
            event("search", 0, "包", session="s3"),
            event("click", 3, "包", session="s3"),
            event("search", 0, "伞", session="s4"),
        ]
    )
    assert (report.all.searches, report.sessions) == (4, 4)
    assert rates(report) == [0.5, 0.25, 0.25, None, 0]


def test_a_click_counts_for_the_latest_search_of_its_query_whatever_its_spelling():
    report = measure_traffic(
        [
            event("search", 0, "裙"),
            event("search", 9, "Nike 鞋"),
            event("click", 12, "nike 鞋"),
            event("click", 15, "裙"),
        ]
    )
    assert report.all.ctr.value == 1


def test_a_query_id_says_which_search_was_clicked():
    report = measure_traffic(
        [
            event("search", 0, "裙", query_id="a", results=("p",)),
            event("search", 9, "裙", query_id="b", results=("p",)),
            event("click", 12, "裙", query_id="a"),
        ]
    )
    assert report.all.ctr.value == 0.5


def test_what_fits_no_search_counts_for_none():
    report = measure_traffic(
        [event("search", 0, "裙"), event("click", 5, "裤"), event("click", 6, "裙", query_id="elsewhere")]
    )
    assert report.all.ctr.value == 0


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        pytest.param(event("search", 300, "红裙"), 0.5, id="soon, and something else"),
        pytest.param(event("search", 301, "红裙"), 0, id="too late"),
        pytest.param(event("search", 9, " 裙 "), 0, id="the same again"),
        pytest.param(event("search", 9, "红裙", session="s2"), 0, id="of another session"),
    ],
)
def test_a_search_is_reformulated_when_another_follows_soon(second, expected):
    assert measure_traffic([event("search", 0, "裙"), second]).all.reformulation_rate.value == expected


def test_a_search_that_was_clicked_is_not_reformulated():
    report = measure_traffic([event("search", 0, "裙"), event("click", 5, "裙"), event("search", 9, "鞋")])
    assert report.all.reformulation_rate.value == 0


def test_only_searches_whose_results_were_recorded_can_have_none():
    report = measure_traffic(
        [
            event("search", 0, "裙", query_id="a", results=("p",)),
            event("search", 9, "火星车", query_id="b"),
            event("search", 20, "鞋"),
        ]
    )
    assert (report.all.zero_result_rate.value, report.all.zero_result_rate.of) == (0.5, 2)


def test_where_no_search_says_what_it_showed_nobody_knows_which_found_nothing():
    assert measure_traffic([event("search", 0, "裙", query_id="a")]).all.zero_result_rate is None


def test_days_are_those_of_china():
    # 04:00 UTC is noon there, and 13 hours later it is the next day.
    report = measure_traffic([event("search", 0, "裙"), event("search", 13 * 3600, "裙", session="s2")])
    assert {day: one.searches for day, one in report.days.items()} == {"2026-11-20": 1, "2026-11-21": 1}


def test_a_query_that_often_fails_comes_before_one_that_failed_once():
    often = [event("search", 0, "火星车", session=f"a{number}") for number in range(20)]
    once = [event("search", 0, "裙", session="b")]
    good = [event("search", 0, "鞋", session="c"), event("click", 3, "鞋", session="c")]
    report = measure_traffic([*once, *good, *often])
    assert list(report.failing) == ["火星车", "裙"]
    assert list(report.queries) == ["火星车", "裙", "鞋"]


def test_events_in_any_order_are_put_in_order():
    assert measure_traffic([event("click", 5, "裙"), event("search", 0, "裙")]).all.ctr.value == 1


def test_without_a_session_a_user_stands_for_it_and_nobody_is_left_out():
    report = measure_traffic(
        [
            event("search", 0, "裙", session="", user="u"),
            event("click", 5, "裙", session="", user="u"),
            event("search", 0, "裙", session=""),
        ]
    )
    assert (report.all.searches, report.all.ctr.value) == (1, 1)


def test_the_interval_is_wilsons():
    # 5 of 10: (0.5 + z²/20) / (1 + z²/10) ± z / (1 + z²/10) x sqrt(0.25/10 + z²/400), z = 1.96.
    rate = wilson(5, 10)
    assert (rate.low, rate.high) == (pytest.approx(0.2366, abs=1e-4), pytest.approx(0.7634, abs=1e-4))


def test_the_interval_of_nothing_seen_does_not_end_at_0():
    # z² / (n + z²).
    assert wilson(0, 10) == (0, 0, pytest.approx(0.2775, abs=1e-4), 10)
    assert wilson(0, 0) is None


def test_events_on_a_shelf_count_for_its_kind_and_for_no_search():
    first, second, other = (f"shelf-{kind}-{n:032x}" for n, kind in ((1, "new"), (2, "new"), (3, "for-you")))
    report = measure_traffic(
        [
            event("search", 0, "裙", query_id="q1", results=("p",)),
            event("impression", 1, query_id=first),
            event("impression", 2, query_id=first),
            event("click", 3, query_id=first),
            event("purchase", 9, query_id=first),
            event("impression", 1, query_id=second, session="s2"),
            event("impression", 4, query_id=other),
        ]
    )
    assert report.all.searches == 1
    assert report.all.ctr is not None
    assert report.all.ctr.value == 0
    assert list(report.shelves) == ["new", "for-you"]
    new, for_you = report.shelves.values()
    assert (new.shown, for_you.shown) == (2, 1)
    # One of two was clicked, and what was bought there counts; nothing was put into the cart.
    assert [rate and rate.value for rate in (new.ctr, new.cart_rate, new.conversion_rate)] == [0.5, 0, 0.5]
    assert for_you.ctr is not None
    assert for_you.ctr.value == 0
