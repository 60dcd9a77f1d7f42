"""Counterfactual clicks, by hand and on simulated shoppers whose attractions are known."""

import math
from datetime import UTC, datetime

import numpy as np
import pytest

from relevance.counterfactual import counterfactual_clicks
from relevance.judging.search_sessions import SearchSession
from shangsou.errors import UnusableInput
from tests.fixtures.click_logs import click_log, draw_scores, draw_truth, product_name, query_name

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
LOOKED_AT = [1.0, 0.5]


def session(shown, clicked="", query="手机"):
    positions = {product: position for position, product in enumerate(shown, start=1)}
    return SearchSession(query, "s", NOON, positions, has_impressions=True, clicked=set(clicked))


# a first, b second; of four shoppers two click a, one b.
FOUR = [session("ab", "a"), session("ab", "a"), session("ab", "b"), session("ab")]


def test_a_click_counts_by_how_often_it_would_be_looked_at_over_how_often_it_was():
    found = counterfactual_clicks(FOUR, {"手机": ["b", "a"]}, LOOKED_AT)
    # a: 2 clicks x 1 x .5; b: 1 click x 2 x 1. Three of four either way.
    assert found.ips.value == pytest.approx(0.75)
    assert found.ips.logged == pytest.approx(0.75)
    # Weights 1, 1 and 2: with every look, four clicks.
    assert found.snips.value == pytest.approx(3 / 4)
    # Of .5, .5 and 2: 3 ** 2 / 4.5.
    assert found.effective_clicks == pytest.approx(2)
    assert (found.clicks, found.clipped, found.never_shown) == (3, 0, 0)


def test_the_ranking_that_was_logged_gets_the_clicks_that_it_got():
    found = counterfactual_clicks(FOUR, {"手机": ["a", "b"]}, LOOKED_AT)
    assert (found.ips.value, found.ips.difference) == pytest.approx((0.75, 0))
    assert found.effective_clicks == pytest.approx(3)


def test_only_the_first_places_count():
    found = counterfactual_clicks(FOUR, {"手机": ["b", "a"]}, LOOKED_AT, k=1)
    # b: 1 click x 2; logged: two clicks on a.
    assert (found.ips.value, found.ips.logged, found.clicks) == (0.5, 0.5, 1)


def test_a_product_that_only_some_sessions_showed_counts_as_if_all_had():
    found = counterfactual_clicks([session("a", "a"), session("b")], {"手机": ["a"]}, LOOKED_AT, clip=2)
    # All who saw a clicked it: looked at in half of the sessions, weight 2.
    assert found.ips.value == pytest.approx(1)


def test_a_limit_cuts_weights_down_and_says_of_how_many():
    found = counterfactual_clicks(FOUR, {"手机": ["b", "a"]}, LOOKED_AT, clip=1.5)
    # b: 1 click x 1.5.
    assert found.ips.value == pytest.approx((1 + 1.5) / 4)
    assert found.clipped == pytest.approx(1 / 3)


def test_without_a_limit_given_it_is_the_root_of_the_sessions():
    """Four sessions, b looked at in one of eight: weight 8, limit 2."""
    rare = [session("ab", "b"), session("a"), session("a"), session("a")]
    found = counterfactual_clicks(rare, {"手机": ["b"]}, LOOKED_AT)
    assert (found.ips.value, found.clipped) == (pytest.approx(2 / 4), 1)


@pytest.mark.parametrize("clip", [1, 1.5, None, math.inf])
@pytest.mark.parametrize("k", [1, 2, 10])
def test_the_logged_ranking_never_differs_from_itself_whatever_is_cut_down(clip, k):
    sessions = [
        session("abc", clicked, query) for query in ("手机", "伞") for clicked in ("a", "b", "c", "bc", "")
    ]
    run = {"手机": ["a", "b", "c"], "伞": ["a", "b", "c"]}
    found = counterfactual_clicks(sessions, run, [1, 1 / 3, 1 / 7], k=k, clip=clip)
    for estimate in (found.ips, found.snips):
        assert (estimate.difference, estimate.difference_interval) == (0, (0, 0))
        assert estimate.value == pytest.approx(estimate.logged)


def test_clicks_of_the_log_are_cut_down_as_those_of_the_ranking_are():
    found = counterfactual_clicks(FOUR, {"手机": ["a"]}, LOOKED_AT, clip=1.5)
    # Two clicks on a at weight 1, one on b at 1.5 of 2, which the ranking has nowhere.
    assert found.ips.logged == pytest.approx((2 + 0.75) / 4)
    assert (found.clicks, found.clipped) == (2, pytest.approx(1 / 3))


def test_a_limit_makes_clicks_a_search_lower_and_may_make_the_share_higher():
    sessions = [session("ab", clicked) for clicked in ("a", "b", "", "b")]
    run, examination = {"手机": ["a", "b"]}, [1, 0.25]
    free = counterfactual_clicks(sessions, run, examination, clip=math.inf)
    limited = counterfactual_clicks(sessions, run, examination, clip=1)
    # a: 1 click x 1 x 1; b: 2 clicks x 4 x .25, or x 1 x .25. Weights 1 + 8, or 1 + 2.
    assert (free.ips.value, limited.ips.value) == pytest.approx((3 / 4, 1.5 / 4))
    assert (free.snips.value, limited.snips.value) == pytest.approx((3 / 9, 1.5 / 3))


def test_products_that_the_log_never_showed_are_counted_and_get_nothing():
    found = counterfactual_clicks(FOUR, {"手机": ["new", "b", "other", "a"]}, LOOKED_AT)
    assert found.never_shown == pytest.approx(1 / 2)
    # b at the second place as before; a at the fourth, which nobody is known to look at.
    assert found.ips.value == pytest.approx(1 / 4)


def test_queries_that_the_run_lacks_are_left_out_and_counted():
    found = counterfactual_clicks([*FOUR, session("a", "a", "伞")], {"手机": ["a"]}, LOOKED_AT)
    assert (found.sessions, found.queries, found.sessions_without_run) == (4, 1, 1)


def test_one_query_has_no_interval_and_several_alike_have_one_without_width():
    assert counterfactual_clicks(FOUR, {"手机": ["a"]}, LOOKED_AT).ips.interval is None
    others = [session(one.positions, one.clicked, "伞") for one in FOUR]
    found = counterfactual_clicks([*FOUR, *others], {"手机": ["b"], "伞": ["b"]}, LOOKED_AT)
    assert found.ips.interval == pytest.approx((0.5, 0.5))
    assert found.ips.difference_interval == pytest.approx((-0.25, -0.25))


@pytest.mark.parametrize("run", [{}, {"伞": ["a"]}, {"手机": ["a"]}])
def test_a_log_without_clicks_on_queries_of_the_run_is_reported(run):
    with pytest.raises(UnusableInput, match="no click in"):
        counterfactual_clicks([session("ab"), session("a", "a", "袜子")], run, LOOKED_AT)


def test_it_is_unbiased_where_propensities_are_known_and_limits_only_make_clicks_a_search_lower():
    """SIMULATED: five queries of ten products, all shown; 60 logs of 100 sessions a query."""
    rng = np.random.default_rng(20261123)
    examination = [1 / rank for rank in range(1, 11)]
    truth = draw_truth(rng, queries=5, products=10, attraction=(0.05, 0.15, 0.35, 0.6))
    poor, better = (draw_scores(rng, truth, quality) for quality in (-0.5, 2.0))
    order = np.argsort(-better, axis=1)
    run = {
        query_name(query): [product_name(product) for product in products]
        for query, products in enumerate(order)
    }
    placed = np.take_along_axis(truth.attraction, order, axis=1)
    clicks = (placed * examination).sum(axis=1).mean()
    share = (placed * examination).sum() / truth.attraction.sum()
    found = {"ips": [], "snips": [], "clipped": []}
    for _ in range(60):
        log = click_log(rng, truth, poor, examination, [100] * 5)
        open_ended = counterfactual_clicks(log, run, examination, clip=math.inf)
        found["ips"].append(open_ended.ips.value)
        found["snips"].append(open_ended.snips.value)
        found["clipped"].append(counterfactual_clicks(log, run, examination, clip=2).ips.value)
    means = {name: np.mean(values) for name, values in found.items()}
    errors = {name: np.std(values, ddof=1) / 60**0.5 for name, values in found.items()}
    assert abs(means["ips"] - clicks) < 2.5 * errors["ips"]
    # A ratio of sums: biased by less than its error at so many sessions.
    assert abs(means["snips"] - share) < 2.5 * errors["snips"]
    # Relative to what they estimate.
    assert errors["snips"] / share < errors["ips"] / clicks
    assert all(low <= full for low, full in zip(found["clipped"], found["ips"], strict=True))
    assert means["clipped"] < clicks - 2.5 * errors["clipped"]
