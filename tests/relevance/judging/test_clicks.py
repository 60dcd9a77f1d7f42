"""Grades from clicks, on simulated shoppers whose attractions are known."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from relevance.judging.agreement import agreement
from relevance.judging.clicks import Evidence, GradedQueries, graded_queries, judge_by_clicks
from relevance.judging.position_model import ClickCounts, fit_position_model
from relevance.judging.search_sessions import search_sessions
from shangsou.behaviour.event import Event
from shangsou.errors import UnusableInput
from tests.fixtures.click_logs import click_log, draw_scores, draw_truth

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
# Ten places, the first always looked at; 1/rank is steeper than real shops' and therefore harder.
LOOKED_AT = 1 / np.arange(1, 11)
ATTRACTS = np.array([0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7])


def simulated_counts(noise: float, sessions: int = 4000, queries: int = 5):
    """Sessions over ten products a query, the worst ranked first, each moved by noise of so many places."""
    source = np.random.default_rng(7)
    impressions = np.zeros((queries * 10, 10))
    clicked = np.zeros((queries * 10, 10))
    for query in range(queries):
        for _ in range(sessions):
            order = np.argsort(np.arange(10) + source.normal(0, noise, 10))
            clicks = source.random(10) < LOOKED_AT * ATTRACTS[order]
            impressions[query * 10 + order, np.arange(10)] += 1
            clicked[query * 10 + order, np.arange(10)] += clicks
    pair, position = np.nonzero(impressions)
    return ClickCounts(pair, position, impressions[pair, position], clicked[pair, position])


def test_what_shoppers_look_at_and_what_attracts_them_is_found_again():
    model = fit_position_model(simulated_counts(noise=1.5))
    assert model.examination == pytest.approx(LOOKED_AT, abs=0.05)
    assert model.attraction.reshape(5, 10).mean(axis=0) == pytest.approx(ATTRACTS, rel=0.2)


def test_the_order_is_that_of_the_truth_where_plain_click_rates_turn_it_round():
    click_counts = simulated_counts(noise=1.5)
    rates = np.bincount(click_counts.pair, click_counts.clicked) / np.bincount(
        click_counts.pair, click_counts.impressions
    )
    model = fit_position_model(click_counts)

    def right_pairs(values):
        """The share of products of a query, two by two, that are in the true order."""
        shares = []
        for query in values.reshape(5, 10):
            higher = query[None, :] > query[:, None]
            shares.append(higher[np.triu_indices(10, 1)].mean())
        return np.mean(shares)

    # The worst stand first, where they are clicked most.
    assert right_pairs(rates) < 0.85
    assert right_pairs(model.attraction) > 0.95


def test_most_intervals_hold_the_truth():
    model = fit_position_model(simulated_counts(noise=1.5))
    truth = np.tile(ATTRACTS, 5)
    assert np.mean((model.low <= truth) & (truth <= model.high)) > 0.8


def test_where_nothing_ever_changes_places_only_the_first_place_is_known():
    model = fit_position_model(simulated_counts(noise=0, sessions=200))
    assert np.isnan(model.examination).tolist() == [False] + [True] * 9
    assert np.isnan(model.attraction).reshape(5, 10).tolist() == [[False] + [True] * 9] * 5


def test_places_are_linked_through_products_in_between():
    # a at 1 and 2, b at 2 and 3, c at 4 alone, d at 5 and 6: 4, 5 and 6 hang on nothing.
    pair, position = np.array([0, 0, 1, 1, 2, 3, 3]), np.array([0, 1, 1, 2, 3, 4, 5])
    model = fit_position_model(ClickCounts(pair, position, np.full(7, 100.0), np.full(7, 10.0)))
    assert np.isnan(model.examination).tolist() == [False, False, False, True, True, True]
    assert np.isnan(model.attraction).tolist() == [False, False, True, True]


def test_with_one_place_attraction_is_the_click_rate_drawn_a_little_to_the_mean():
    click_counts = ClickCounts(
        np.array([0, 1]), np.array([0, 0]), np.array([98.0, 98.0]), np.array([49.0, 0.0])
    )
    # The mean rate is 49 / 196 = .25; the prior is two looks: (49 + .5) / 100 and .5 / 100.
    assert fit_position_model(click_counts).attraction == pytest.approx([0.495, 0.005], abs=1e-4)


class Log:
    """Events, a second apart."""

    def __init__(self):
        self.events = []

    def add(self, action, **fields):
        user, session = fields.pop("user", "u1"), fields.pop("session", "s1")
        number = len(self.events)
        event = Event(str(number), action, NOON + timedelta(seconds=number), user, session)
        named = {"query": "手机", "product_id": fields.pop("product", "")} | fields
        self.events.append(replace(event, **named))


def placed(sessions):
    return [(session.positions, sorted(session.clicked)) for session in sessions]


def test_impressions_say_what_was_shown():
    log = Log()
    for position, product in enumerate(("a", "b", "c"), start=1):
        log.add("impression", product=product, position=position)
    log.add("click", product="b", position=2)
    assert placed(search_sessions(log.events, 10)) == [({"a": 1, "b": 2, "c": 3}, ["b"])]


def test_so_do_the_results_that_the_server_recorded_and_the_query_of_a_query_id():
    log = Log()
    log.add("search", query_id="x", results=("a", "b"))
    log.add("click", query="", query_id="x", product="b", position=2)
    assert placed(search_sessions(log.events, 10)) == [({"a": 1, "b": 2}, ["b"])]


def test_without_them_the_click_nearest_in_time_says_what_stood_at_a_place():
    log = Log()
    log.add("click", user="u1", product="a", position=1)
    log.add("search", user="u2", session="s2")
    log.add("click", user="u3", session="s3", product="b", position=2)
    for _ in range(5):
        log.add("search", user="u9", session="s9", query="伞")
    log.add("click", user="u4", session="s4", product="new", position=1)
    log.add("search", user="u5", session="s5")
    grades = {
        session.session_id: session.positions
        for session in search_sessions(log.events, 2)
        if session.query == "手机"
    }
    assert grades["s2"] == {"a": 1, "b": 2}
    assert grades["s5"] == {"new": 1, "b": 2}
    assert grades["s3"] == {"b": 2, "a": 1}
    # Beyond the places that count as shown nothing is assumed.
    assert {session.session_id: session.positions for session in search_sessions(log.events, 1)}["s2"] == {
        "a": 1
    }


def test_a_shopper_counts_once_for_a_query_however_often_they_click():
    log = Log()
    for number in range(50):
        log.add("impression", session=f"s{number}", product="a", position=1)
        log.add("click", session=f"s{number}", query=" 手机 ", product="a", position=1)
    [session] = search_sessions(log.events, 10)
    assert (session.positions, session.clicked) == ({"a": 1}, {"a"})


def test_a_purchase_of_a_later_day_belongs_to_the_session_that_found_the_product():
    log = Log()
    log.add("click", product="a", position=1)
    log.add("purchase", session="s2", product="a")
    [session] = search_sessions(log.events, 10)
    assert session.bought == {"a"}


def test_what_has_no_query_or_nobody_behind_it_is_left_out():
    log = Log()
    log.add("click", query="", product="a", position=1)
    log.add("click", user="", session="", product="a", position=1)
    assert search_sessions(log.events, 10) == []


def shoppers(count, *, clicks=(), buys=(), impressions=("a", "b")):
    """Log of shoppers who all see the products in this and, every second one, in the other order."""
    log = Log()
    for number in range(count):
        order = impressions if number % 2 else impressions[::-1]
        for position, product in enumerate(order, start=1):
            who = {"user": f"u{number}", "session": f"s{number}", "product": product, "position": position}
            log.add("impression", **who)
            if product in clicks and number % 2:
                log.add("click", **who)
                if product in buys:
                    log.add("purchase", **who)
    return log.events


def graded(events, impressions=20):
    return {
        evidence.doc_id: evidence
        for evidence in judge_by_clicks(search_sessions(events, 10), impressions=impressions).evidence
    }


def test_what_is_clicked_is_graded_above_what_is_not():
    grades = graded(shoppers(200, clicks="a"))
    assert grades["a"].grade is not None
    assert grades["a"].grade >= 2
    assert grades["b"].grade == 0
    assert (grades["a"].impressions, grades["a"].clicks, grades["b"].clicks) == (200, 100, 0)


def test_fewer_shoppers_than_asked_for_give_no_grade():
    assert {one.grade for one in graded(shoppers(18, clicks="a")).values()} == {None}


def test_of_two_that_are_clicked_alike_the_one_that_is_bought_is_worth_more():
    grades = graded(shoppers(200, clicks="ab", buys="a"))
    # Clicks of both convert at .5; a's at 1 and b's at 0, each with ten clicks of prior at .5.
    assert grades["a"].value / grades["a"].attraction > 1.7 * grades["b"].value / grades["b"].attraction
    assert (grades["a"].purchases, grades["b"].purchases) == (100, 0)


def test_a_purchase_without_a_click_in_the_results_does_not_count():
    events = shoppers(100, clicks="a")
    bought = Event("x", "purchase", NOON + timedelta(days=1), "u1", "s1", "", "手机", "b")
    assert graded([*events, bought])["b"].purchases == 0


def test_a_log_without_clicks_is_reported():
    with pytest.raises(UnusableInput, match="holds no click on a product with its query and position"):
        judge_by_clicks(search_sessions(shoppers(30), 10), impressions=20)


def test_a_log_with_clicks_only_where_nothing_can_be_compared_is_reported():
    log = Log()
    for number in range(50):
        who = {"user": f"u{number}", "session": f"s{number}"}
        log.add("impression", product="a", position=1, **who)
        log.add("click", product="b", position=2, **who)
    with pytest.raises(UnusableInput, match="give a log in which products change places"):
        judge_by_clicks(search_sessions(log.events, 10), impressions=20)


def conversions(*, carted=None, bought=None):
    """Log of 200 shoppers who click a and b, in turn first; so many of each are carted and bought."""
    log = Log()
    for number in range(200):
        for position, product in enumerate("ab" if number % 2 else "ba", start=1):
            who = {"user": f"u{number}", "session": f"s{number}", "product": product, "position": position}
            log.add("impression", **who)
            log.add("click", **who)
            if number < (carted or {}).get(product, 0):
                log.add("add_to_cart", **who)
            if number < (bought or {}).get(product, 0):
                log.add("purchase", **who)
    return log.events


def conversion_ratio(events):
    """Return how much more the clicks of a are worth than those of b."""
    grades = graded(events)
    worth = {product: grades[product].value / grades[product].attraction for product in "ab"}
    return worth["a"] / worth["b"]


def test_purchases_that_differ_by_chance_alone_change_no_value():
    # .29 and .31 of 200: the squares 400 x .01 ** 2 = .04 are less than .3 x .7, which chance makes.
    assert conversion_ratio(conversions(bought={"a": 58, "b": 62})) == pytest.approx(1)


def test_carts_alone_count():
    # 200 carts are 100 conversions, a mean of .25; with ten clicks of prior at that (100 + 2.5) / 210 and
    # 2.5 / 210.
    assert conversion_ratio(conversions(carted={"a": 200})) == pytest.approx(102.5 / 2.5)


def test_a_cart_is_half_a_purchase_and_a_cart_that_was_bought_is_no_more_than_one():
    events = conversions(carted={"a": 200, "b": 200}, bought={"a": 200})
    # 200 and 100 conversions, a mean of .75; ten clicks of prior at that.
    assert conversion_ratio(events) == pytest.approx((200 + 7.5) / (100 + 7.5))


def test_queries_are_counted_by_what_became_of_their_grades():
    def evidence(query, grade, impressions=50):
        return Evidence(query, "a", impressions, 0, 0, 0, 0.1, (0.0, 0.2), 0.1, grade)

    found = graded_queries(
        [
            evidence("good", 0), evidence("good", 2), evidence("zeros", 0), evidence("zeros", None),
            evidence("thin", None), evidence("often seen", None, impressions=90),
        ]
    )  # fmt: skip
    assert found == GradedQueries(["good"], ["zeros"], ["often seen", "thin"])


@pytest.mark.parametrize("power", [1, 2])
def test_two_rankings_of_one_truth_lead_to_the_same_grades(power):
    """SIMULATED: twelve queries of thirty products, of which a good and a poor ranking show ten each."""
    rng = np.random.default_rng(20261123)
    truth = draw_truth(rng, queries=12, attraction=(0.05, 0.15, 0.35, 0.6))
    examination = [rank**-power for rank in range(1, 11)]
    logs = [
        click_log(rng, truth, draw_scores(rng, truth, quality), examination, [1_000] * 12)
        for quality in (1.2, 0.3)
    ]
    qrels = [graded_pairs(judge_by_clicks(sessions, impressions=20).evidence) for sessions in logs]
    assert agreement(("good", "poor"), *qrels).kappa["quadratic"] >= 0.8
    for one in qrels:
        assert agreement(("clicks", "truth"), one, truth.qrels()).kappa["quadratic"] >= 0.8


def graded_pairs(evidence):
    qrels = {}
    for one in evidence:
        if one.grade is not None:
            qrels.setdefault(one.query, {})[one.doc_id] = one.grade
    return qrels


def test_a_product_that_many_were_shown_and_hardly_any_looked_at_has_no_grade():
    """Half of the first places are clicked and one in forty of the second: one in twenty is looked at."""
    log, showings = Log(), Counter()
    for number in range(1_000):
        order = ("a", "d") if number < 200 else ("a", "b") if number % 2 else ("b", "a")
        for position, product in enumerate(order, start=1):
            who = {"user": f"u{number}", "session": f"s{number}", "product": product, "position": position}
            log.add("impression", **who)
            showings[product, position] += 1
            if showings[product, position] % (2 if position == 1 else 40) == 0:
                log.add("click", **who)
    grades = graded(log.events)
    assert grades["a"].grade == grades["b"].grade == 3
    # Ten of the 200 looked.
    assert (grades["d"].impressions, grades["d"].clicks, grades["d"].grade) == (200, 5, None)
    assert graded(log.events, impressions=5)["d"].attraction == pytest.approx(0.5, abs=0.1)
