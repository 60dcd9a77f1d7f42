"""Incremental margins by past campaigns: what is learned from them, and what is not."""

from dataclasses import replace

import numpy as np
import pytest

from insights.churn.scores import Scores
from insights.winback.campaign import Campaign
from insights.winback.campaign_lists import CampaignPlan, KeptCampaign
from insights.winback.incremental_margins import incremental_margins
from insights.winback.past_campaigns import read_past_campaigns
from tests.insights.churn.shops import day, make_orders, random_activity, random_orders

DAYS, HORIZON = 200, 30
BEFORE = random_orders(3, 1600, DAYS)
HAS_ONE = np.bincount(BEFORE.customer) == 1


def drawn(name, first_day, customers):
    """A campaign of which every second customer was held out."""
    plan = CampaignPlan(day(0), day(first_day - 1), day(first_day), HORIZON, HORIZON)
    groups = customers[::2], customers[1::2]
    return KeptCampaign(
        plan, Campaign(name, plan.start, HORIZON, *groups), np.zeros(len(groups[0])), 0.5, 0.1, 0, 0
    )


def after(wins):
    """The orders with those of the campaign, each of 100: one in ten customers, and some that it won."""
    rows = [
        (BEFORE.customers[at], when - day(0).toordinal(), amount)
        for at, when, amount in zip(
            BEFORE.customer.tolist(), BEFORE.day.tolist(), BEFORE.amount.tolist(), strict=True
        )
    ]
    rows += [(one, DAYS + 5, 100.0) for at, one in enumerate(BEFORE.customers) if at % 10 < 2 or wins(at)]
    return make_orders(rows, DAYS + HORIZON - 1)


WON = after(lambda at: at % 4 == 0 and HAS_ONE[at])


def scores_of(orders):
    """All customers are expected to order once, at 20."""
    size = len(orders.customers)
    return Scores(
        orders.customers,
        orders.last_day,
        HORIZON,
        np.full(size, 0.5),
        np.ones(size),
        np.full(size, 20.0),
        ((),) * size,
    )


def learn(orders, activity=None, *campaigns):
    campaigns = campaigns or (drawn("spring", DAYS, BEFORE.customers),)
    return incremental_margins(campaigns, orders, activity, scores_of(orders), 0.5)


def test_who_responded_before_is_expected_to_respond_again():
    learned = learn(WON)
    # Those with one order alone were won. Models of few customers are held back: true are some 3.5 and 0.
    assert learned.margin[HAS_ONE].mean() > 1.5
    assert abs(learned.margin[~HAS_ONE].mean()) < 0.75
    # An order is worth 10, and over all, who are contacted or not by turns, .12 more of them ordered.
    assert learned.margin.mean() == pytest.approx(1.2, abs=0.3)
    assert len(learned.notes) == 1
    assert "who can be won back is told by" in learned.notes[0]


def test_activity_recorded_for_too_short_a_time_before_a_campaign_is_not_learned_from():
    activity = random_activity(1, WON, 5)
    short = activity.take(activity.day >= day(DAYS - 30).toordinal())
    assert learn(WON, short).margin.tolist() == learn(WON).margin.tolist()


def test_a_campaign_without_an_effect_tells_nothing_of_customers():
    learned = learn(after(lambda _: False))
    assert learned.margin is None
    assert "cannot be told" in learned.notes[0]


def test_without_a_campaign_nothing_is_learned_and_nothing_is_noted():
    none = incremental_margins((), WON, None, scores_of(WON), 0.5)
    assert (none.margin, none.notes) == (None, ())


def test_campaigns_that_are_not_over_or_have_other_customers_are_left_out_with_the_reason():
    later = drawn("summer", DAYS + 10, BEFORE.customers[:40])
    other = drawn("other", DAYS - 30, ("x", "y"))
    past = read_past_campaigns([later, other], WON, None, HORIZON, 5)
    assert past.rows is None
    assert past.left_out[0] == (
        "campaign summer is not learned from: it ends on 2024-08-27, and orders are known up to 2024-08-17"
    )
    assert past.left_out[1].startswith("campaign other is not learned from: none of 2 customers")


def test_a_campaign_that_another_cut_short_or_of_few_customers_is_left_out_too():
    first, later = (
        drawn("spring", DAYS - 60, BEFORE.customers),
        drawn("later", DAYS - 50, BEFORE.customers[:2]),
    )
    past = read_past_campaigns([first, later], WON, None, HORIZON, 5)
    assert past.rows is None
    assert "spring is not learned from: campaign later, which has customers of it, began" in past.left_out[0]
    assert "later is not learned from: one of its groups has fewer than 10" in past.left_out[1]


def test_who_was_erased_counts_as_not_having_bought():
    kept = drawn("spring", DAYS, BEFORE.customers)
    whole = read_past_campaigns([kept], WON, None, HORIZON, 5).rows
    part = read_past_campaigns(
        [replace(kept, erased_treated=len(kept.campaign.treated))], WON, None, HORIZON, 5
    ).rows
    # As many as are left were erased from the contacted: margins are halved there.
    assert part.margin[part.is_treated].tolist() == (whole.margin[whole.is_treated] / 2).tolist()
    assert part.margin[~part.is_treated].tolist() == whole.margin[~whole.is_treated].tolist()
