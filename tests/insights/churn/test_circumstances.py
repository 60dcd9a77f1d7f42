"""Circumstances of customers, and what is written of them."""

import pytest

from insights.churn.circumstances import Figure, circumstances
from insights.customers.activity import CART, FAVORITE, PURCHASE, SEARCH, VIEW
from tests.insights.churn.shops import make_activity, make_orders

LAST = 100


def written(rows, actions=None):
    """The circumstances of customer a by code, as they are written in English."""
    # b ordered every ten days, so that a gap of ten is usual.
    orders = make_orders([*rows, ("b", 80), ("b", 90), ("b", 100)], LAST)
    activity = None if actions is None else make_activity([("a", *action) for action in actions])
    return {
        one.code: one.english.format(*(Figure(figure[0]) for figure in one.figures))
        for one in circumstances(orders, activity)
        if one.holds[0]
    }


def of_days(*days):
    return written([("a", at) for at in days])


def test_silent_is_who_waits_more_than_twice_as_long_as_usual():
    assert of_days(20, 40, 60) == {}
    assert of_days(19, 39, 59) == {"silent": "silent for 41 days, usually 20"}


def test_one_gap_is_no_habit():
    assert of_days(40, 60) == of_days(60, 80) == {}
    found = of_days(59, 60)
    assert found == {"silent-after-two": "silent for 40 days, after two orders 1 day apart"}


def test_in_rhythm_is_who_waits_no_longer_than_usual():
    assert of_days(40, 60, 80) == {"in-rhythm": "ordered 20 days ago, usually every 20"}
    assert of_days(39, 59, 79) == {}


def test_one_order_counts_once_others_would_have_come_back():
    # The usual gap of all is that of b, 10.
    assert of_days(90) == {}
    assert of_days(89) == {"one-order": "one order only, 11 days ago"}


def test_many_orders_are_four_days_and_slower_is_a_last_gap_of_more_than_twice_the_usual():
    assert of_days(10, 20, 30) == {"silent": "silent for 70 days, usually 10"}
    found = of_days(61, 71, 81, 91)
    assert found == {
        "in-rhythm": "ordered 9 days ago, usually every 10",
        "many-orders": "ordered on 4 days within 40",
    }
    # Gaps of 10, 10 and 21.
    assert of_days(54, 64, 74, 95)["slower"] == "the last two orders were 21 days apart, usually 10"
    assert "slower" not in of_days(55, 65, 75, 95)


def test_a_smaller_order_is_less_than_half_of_the_mean_before():
    amounts = [("a", 40, 100.0), ("a", 70, 300.0)]
    assert written([*amounts, ("a", 85, 99.0)])["smaller-order"] == "last order 99, before 200 on average"
    assert "smaller-order" not in written([*amounts, ("a", 85, 100.0)])
    # Nothing is known of the last one, or of those before it.
    assert "smaller-order" not in written([*amounts, ("a", 85)])
    assert "smaller-order" not in written([("a", 70), ("a", 85, 1.0)])


def test_a_cart_of_a_fortnight_that_was_not_bought_is_left():
    order = [("a", 90)]
    assert written(order, [(86, CART, 1)]) == {"cart-left": "cart left 14 days ago"}
    assert written(order, [(85, CART, 1)]) == {}
    assert written(order, [(99, CART, 1)]) == {"cart-left": "cart left 1 day ago"}
    assert written(order, [(86, CART, 1), (90, PURCHASE, 1)]) == {}


def test_searches_of_a_week_and_favourites_of_four_weeks_count():
    order = [("a", 90)]
    assert written(order, [(94, SEARCH)]) == {"searched": "searched 6 days ago"}
    assert written(order, [(93, SEARCH)]) == {}
    assert written(order, [(73, FAVORITE, 1)]) == {"favorite": "marked a favourite 27 days ago"}
    assert written(order, [(72, FAVORITE, 1)]) == {}


def test_looking_is_who_came_within_a_week_and_looked_ten_times_since_the_last_order():
    views = [(91, VIEW, 1)] * 9
    assert written([("a", 90)], [*views, (94, VIEW, 1)]) == {
        "looking": "looked at products 10 times since the last order"
    }
    assert written([("a", 90)], views) == {}
    assert written([("a", 90)], [*views, (93, VIEW, 1)]) == {}
    assert written([("a", 94)], [*views, (94, VIEW, 1)]) == {}


def test_unseen_is_who_neither_came_nor_ordered_for_four_weeks():
    assert written([("a", 60)], [(72, VIEW, 1)])["unseen"] == "not seen for 28 days"
    assert "unseen" not in written([("a", 60)], [(73, VIEW, 1)])
    assert "unseen" not in written([("a", 73)], [(40, VIEW, 1)])


def test_fewer_visits_are_half_of_at_least_four_by_who_still_comes():
    before = [(at, VIEW, 1) for at in (45, 50, 55, 60)]
    recent = [(at, VIEW, 1) for at in (80, 85, 92)]
    order = [("a", 95)]
    assert written(order, before + recent[:2]) == {
        "fewer-visits": "came on 2 of the last 28 days, on 4 of the 28 before"
    }
    assert written(order, before + recent) == {}
    assert written(order, before[:3] + recent[:1]) == {}


def test_the_same_circumstances_are_looked_at_whatever_is_known():
    alone = make_orders([("a", 0)], 0)
    assert [one.code for one in circumstances(alone)] == [
        "silent", "silent-after-two", "in-rhythm", "one-order", "many-orders", "slower", "smaller-order",
    ]  # fmt: skip
    with_activity = circumstances(alone, make_activity([]))
    assert len({one.code for one in with_activity}) == 13
    assert not any(one.holds.any() for one in with_activity if one.code != "one-order")


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1 day"), (0, "0 days"), (20.4, "20 days"), (1200, "1,200 days")]
)
def test_a_figure_is_written_with_its_noun_in_the_right_number(number, text):
    assert f"{Figure(number):day}" == text
    assert f"{Figure(number):.0f}" == f"{number:.0f}"


def test_every_circumstance_is_written_in_both_languages_with_all_its_figures():
    for one in circumstances(make_orders([("a", 0)], 0), make_activity([])):
        # Figures that occur nowhere else.
        figures = [Figure(37 + at) for at in range(len(one.figures))]
        for text in (one.english, one.chinese):
            assert all(f"{figure:.0f}" in text.format(*figures) for figure in figures), one.code
