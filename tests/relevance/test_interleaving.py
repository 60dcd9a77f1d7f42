"""Team-draft interleaving, and that it favours neither side."""

import random
from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevance.interleaving import Interleaving, preference, session_credit, sign_test_p, team_draft

RANKINGS = st.lists(st.sampled_from("abcdef"), max_size=5, unique=True)


class Coins(random.Random):
    """Tosses that are written down: 0 lets the first ranking begin."""

    def __init__(self, tosses):
        super().__init__()
        self.tosses = list(tosses)

    def random(self):
        return 0.75 if self.tosses.pop(0) else 0.25


def test_each_ranking_gives_its_best_product_that_is_not_in_the_list_yet():
    drafted = team_draft(["a", "b", "c"], ["b", "d", "a"], Coins([0, 1]))
    # Round one: a, then b. Round two, the second begins: d, then c.
    assert drafted == Interleaving(("a", "b", "d", "c"), ("first", "second", "second", "first"))


def test_what_is_left_of_the_longer_ranking_counts_for_neither():
    drafted = team_draft(["a"], ["b", "c", "d"], Coins([1]))
    assert drafted == Interleaving(("b", "a", "c", "d"), ("second", "first", None, None))


def test_a_round_that_only_one_beginner_could_complete_is_not_drafted():
    """If the second began it would take y, and x were left for the first; the other way round nothing is."""
    assert team_draft(["x"], ["x", "y"], Coins([])) == Interleaving(("x", "y"), (None, None))


def test_a_list_has_as_many_places_as_asked_for():
    drafted = team_draft("abcd", "cdba", Coins([0, 0]), k=3)
    assert (drafted.product_ids, drafted.teams) == (("a", "c", "b"), ("first", "second", "first"))


def test_the_same_seed_gives_the_same_list():
    lists = [team_draft("abcdef", "fedcba", random.Random("query-1")) for _ in range(2)]
    assert lists[0] == lists[1]


@pytest.mark.parametrize(
    ("first", "second", "k", "message"), [("aa", "b", None, "holds a product twice"), ("a", "b", 0, "k is 0")]
)
def test_what_cannot_be_drafted_is_reported(first, second, k, message):
    with pytest.raises(ValueError, match=message):
        team_draft(first, second, Coins([]), k=k)


@given(RANKINGS, RANKINGS, st.integers(1, 8))
def test_the_list_holds_the_first_of_each_ranking_once(first, second, k):
    drafted = team_draft(first, second, random.Random(1), k=k)
    assert len(set(drafted.product_ids)) == len(drafted.product_ids) == min(k, len({*first, *second}))
    # The first place is one ranking's best.
    assert set(drafted.product_ids[:1]) <= {*first[:1], *second[:1]}


@given(RANKINGS, RANKINGS)
def test_every_place_is_as_often_of_either_ranking_over_all_tosses(first, second):
    """Exact: so whoever clicks by place alone, whatever the rankings, favours neither."""
    places = Counter()
    for tosses in product((0, 1), repeat=5):
        drafted = team_draft(first, second, Coins(tosses))
        for place, team in enumerate(drafted.teams):
            places[place, team] += 1
    for place in range(10):
        assert places[place, "first"] == places[place, "second"]


def test_credit_is_the_clicked_products_of_the_first_less_those_of_the_second():
    drafted = Interleaving(("a", "b", "c", "d"), ("first", "second", "first", None))
    assert session_credit(drafted, {"a", "c", "b", "d", "elsewhere"}) == 1
    assert session_credit(drafted, {"b"}) == -1
    assert session_credit(drafted, {"d"}) == 0


def test_sessions_decide_and_ties_do_not():
    found = preference([3, 1, 2, -1, 0, 0, 1, 1])
    assert (found.first, found.second, found.ties, found.winner) == (5, 1, 2, "first")
    # Of 2 ** 6 splits 1 + 6 are as uneven, on either side.
    assert found.p == pytest.approx(14 / 64)


@pytest.mark.parametrize(("first", "second", "p"), [(0, 0, 1), (4, 4, 1), (0, 5, 2 / 32), (1, 0, 1)])
def test_the_sign_test_by_hand(first, second, p):
    assert sign_test_p(first, second) == pytest.approx(p)


def test_the_sign_test_holds_for_as_many_sessions_as_a_shop_has():
    # 501,000 of a million are two standard deviations from half: .0456 by the normal distribution.
    assert sign_test_p(501_000, 499_000) == pytest.approx(0.0456, abs=0.0005)
    assert preference([]).winner is None


@pytest.mark.parametrize("second", ["abcdefghij", "jihgfedcba", "acebdkfl"])
@pytest.mark.parametrize("examination", [[0.3] * 10, [1 / rank for rank in range(1, 11)]])
def test_shoppers_who_click_by_place_or_at_random_prefer_neither(second, examination):
    """300 experiments of 200 sessions: at the level .05, as many false alarms as chance makes."""
    rng = random.Random(20261123)
    alarms = wins = 0
    for _ in range(300):
        credits_of_sessions = []
        for _ in range(200):
            drafted = team_draft("abcdefghij", second, rng, k=10)
            clicked = {
                one
                for one, share in zip(drafted.product_ids, examination, strict=False)
                if rng.random() < share
            }
            credits_of_sessions.append(session_credit(drafted, clicked))
        found = preference(credits_of_sessions)
        alarms += found.p < 0.05
        wins += found.winner == "first"
    # The exact test rejects in at most .05: 15, and 11 more are three standard deviations.
    assert alarms <= 26
    # Half, less ties: 150, give or take three standard deviations of 8.7.
    assert 115 <= wins <= 176


def test_shoppers_who_click_what_is_relevant_prefer_the_better_ranking():
    rng = np.random.default_rng(1)
    coins = random.Random(1)
    credits_of_sessions = []
    for _ in range(300):
        drafted = team_draft("abcdef", "fedcba", coins)
        clicked = {
            one for place, one in enumerate(drafted.product_ids, start=1)
            if one in "ab" and rng.random() < 1 / place
        }  # fmt: skip
        credits_of_sessions.append(session_credit(drafted, clicked))
    found = preference(credits_of_sessions)
    assert (found.winner, found.p < 0.001) == ("first", True)
