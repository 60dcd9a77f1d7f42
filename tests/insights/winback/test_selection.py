"""Whom to contact within a budget."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.churn.scores import Scores
from insights.winback.hold_out import hashes, hold_out_of
from insights.winback.selection import choose
from insights.winback.terms import CampaignTerms
from shangsou.errors import UnusableInput

TERMS = CampaignTerms("spring", 1000.0, contact_cost=1.0, margin_share=0.5, response=0.5)


def scores(probability, value):
    """Scores of customers a, b, c ... with these values within the horizon."""
    chance = np.array(probability, np.float64)
    names = tuple(chr(97 + position) for position in range(len(chance)))
    return Scores(
        names, date(2026, 6, 1), 60, chance, chance.copy(), np.array(value, np.float64), ((),) * len(chance)
    )


def test_customers_come_by_what_they_spend_if_they_buy_times_the_risk():
    # If they buy: 100, 400 and 200; times .8, .6 and .9: 80, 240 and 180.
    chosen = choose(scores([0.2, 0.4, 0.1], [20, 160, 20]), 0.0, TERMS)
    assert chosen.customers == ("b", "c", "a")
    assert chosen.worth.tolist() == pytest.approx([240, 180, 80])
    assert chosen.basis == "value-at-risk"
    assert "no uplift" in chosen.notes[0].english


def test_a_contact_costs_the_message_and_the_discount_on_what_is_expected():
    # 400 if she buys; with the offer .4 + .5 x .6 = .7 do: 1 + .1 x 400 x .7 = 29.
    assert choose(scores([0.4], [160]), 0.1, TERMS).cost.tolist() == pytest.approx([29])


def test_who_buys_anyway_or_has_nothing_to_win_back_is_left_out():
    # a buys anyway; b spends 2: a margin of 1 x .8 does not pay the message. c: .5 x 100 x .6 = 30 at most,
    # and the discount of .35 on 100 takes 35. d has no amount, e never comes back.
    everyone = scores([0.5, 0.2, 0.4, 0.3, 0.0, 0.1], [500, 0.4, 40, np.nan, 0, 10])
    chosen = choose(everyone, 0.35, TERMS)
    assert chosen.customers == ("f",)
    excluded = chosen.excluded
    assert (excluded.unknown_value, excluded.buy_anyway, excluded.cannot_pay) == (1, 1, 3)
    assert chosen.considered == 6


def test_a_value_over_next_to_no_probability_stays_small():
    # 1 / .01 and not 1 / .0001.
    assert choose(scores([0.0001], [1]), 0.0, TERMS).worth.tolist() == pytest.approx([100 * 0.9999])


def test_held_out_customers_cost_nothing_and_the_budget_holds():
    # Four are chosen of whom two are held out: two messages of 1.
    terms = CampaignTerms("spring", 2.0, contact_cost=1.0, margin_share=0.5)
    chosen = choose(scores([0.1] * 9, [90, 80, 70, 60, 50, 40, 30, 20, 10]), 0.0, terms)
    # Of five two are held out and three contacted, which is too much.
    assert chosen.customers == ("a", "b", "c", "d")
    assert chosen.is_held_out.sum() == 2
    assert chosen.expected_cost == 2
    assert chosen.excluded.beyond_budget == 5
    assert "too small to measure" in chosen.notes[-1].english


def test_uplift_takes_who_gains_more_than_the_contact_by_gain_for_the_money():
    # Net of 1: 4, -.5, 9 and 9. What they cost: a and b 1; c and d 1 + .1 x 100 x (.2 + .5 x .8) = 7 or,
    # for d with 200, 13. By money: 4, 9/7 and 9/13.
    everyone = scores([0.2, 0.2, 0.2, 0.2], [0, 0, 20, 40])
    chosen = choose(everyone, 0.1, TERMS, np.array([5, 0.5, 10, 10.0]))
    assert chosen.customers == ("a", "c", "d")
    assert chosen.worth.tolist() == pytest.approx([4, 9, 9])
    assert chosen.cost.tolist() == pytest.approx([1, 7, 13])
    assert chosen.basis == "uplift"
    # Nobody like them was in a campaign that was learned from.
    anyway = choose(scores([0.2, 0.5], [20, 20]), 0.1, TERMS, np.array([10.0, 99.0]))
    assert (anyway.customers, anyway.excluded.buy_anyway) == (("a",), 1)
    assert not any("no uplift" in note.english for note in chosen.notes)


def test_without_amounts_there_is_a_way_out():
    with pytest.raises(UnusableInput, match="give orders with amounts"):
        choose(scores([0.2], [np.nan]), 0.0, TERMS)


@pytest.mark.parametrize("discount", [-0.1, 1.0, float("nan")])
def test_a_discount_is_a_share_of_the_price(discount):
    with pytest.raises(ValueError, match="is not a share of the price"):
        choose(scores([0.2], [1]), discount, TERMS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"budget": -1.0},
        {"contact_cost": float("inf")},
        {"margin_share": 0.0},
        {"margin_share": 1.1},
        {"response": -0.1},
    ],
)
def test_terms_that_make_no_sense_are_refused(wrong):
    usual = {"name": "a", "budget": 1.0, "contact_cost": 1.0, "margin_share": 0.5}
    with pytest.raises(ValueError, match=r"needs a name|is no|is not"):
        CampaignTerms(**(usual | wrong))


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1000)), min_size=1, max_size=25),
    st.floats(0, 200),
    st.floats(0, 0.5),
)
def test_no_list_costs_more_than_its_budget(customers, budget, discount):
    probability, value = zip(*customers, strict=True)
    terms = CampaignTerms("spring", budget, contact_cost=2.0, margin_share=0.5)
    chosen = choose(scores(probability, value), discount, terms)
    assert chosen.expected_cost <= budget
    excluded = chosen.excluded
    parts = (excluded.unknown_value, excluded.buy_anyway, excluded.cannot_pay, excluded.beyond_budget)
    assert sum(parts) + len(chosen.customers) == len(customers)


@given(st.lists(st.floats(1, 1000), min_size=1, max_size=25), st.floats(0, 500))
def test_nobody_is_left_out_for_whom_the_budget_would_suffice(values, budget):
    everyone = scores([0.1] * len(values), values)
    all_of_them = choose(everyone, 0.1, CampaignTerms("spring", 1e9, contact_cost=1.0, margin_share=0.5))
    few = choose(everyone, 0.1, CampaignTerms("spring", budget, contact_cost=1.0, margin_share=0.5))
    for count in range(len(few.customers) + 1, len(all_of_them.customers) + 1):
        is_held_out = hold_out_of(hashes(all_of_them.customers[:count], "spring")).is_held_out
        assert all_of_them.cost[:count][~is_held_out].sum() > budget
