"""Outcomes of campaigns: what their customers bought in the days that count."""

from datetime import date

import numpy as np
import pytest

from insights.customers.orders import Orders
from insights.winback.campaign import Campaign
from insights.winback.outcomes import campaign_outcomes
from shangsou.errors import UnusableInput

JUNE = date(2026, 6, 1).toordinal() - 1
# a on 31 May, 1 and 30 June; b on 10 June (twice), c on 1 July, d never; e is in no campaign.
ORDERS = Orders(
    ("a", "b", "c", "e"),
    np.array([0, 0, 0, 1, 1, 2, 3]),
    JUNE + np.array([0, 1, 30, 10, 10, 31, 5]),
    np.array([1.0, 10.0, 20.0, 5.0, np.nan, 7.0, 99.0]),
    date(2026, 7, 31),
)


def campaign(name="june", day=1, days=30, treated=("a", "b"), held_out=("c", "d")):
    return Campaign(name, date(2026, 6, day), days, treated, held_out)


def test_orders_count_from_the_day_of_the_start_to_the_last_one_measured():
    outcomes = campaign_outcomes(ORDERS, campaign())
    assert outcomes.orders.tolist() == [2, 2, 0, 0]
    assert outcomes.paid.tolist() == [30, 5, 0, 0]
    assert outcomes.has_bought.tolist() == [True, True, False, False]
    assert outcomes.is_treated.tolist() == [True, True, False, False]
    assert (outcomes.last_day, outcomes.ended_by) == (date(2026, 6, 30), "")
    assert outcomes.unknown_amounts == 1


def test_a_later_campaign_ends_the_days_of_both_groups_and_has_the_purchases_after():
    # It has d alone; yet a's order of 30 June counts for neither group of the first, as c's would not.
    first, later = campaign(), campaign("later", 11, 30, ("d",), ("x",))
    outcomes = campaign_outcomes(ORDERS, first, [first, later])
    assert outcomes.paid.tolist() == [10, 5, 0, 0]
    assert (outcomes.last_day, outcomes.ended_by) == (date(2026, 6, 10), "later")


def test_over_overlapping_campaigns_a_purchase_counts_once():
    first, later = campaign(), campaign("later", 10, 30, ("c", "a"), ("b",))
    both = [campaign_outcomes(ORDERS, one, [first, later]) for one in (first, later)]
    # a's order of 1 June is the first's; those of 10 June and after are the later one's.
    assert both[0].paid.tolist() == [10, 0, 0, 0]
    assert both[1].paid.tolist() == [7, 20, 5]


def test_a_campaign_of_other_customers_or_after_the_days_ends_nothing():
    others = [campaign("x", 5, 30, ("e",), ("f",)), Campaign("y", date(2026, 7, 1), 30, ("a",), ("b",))]
    assert campaign_outcomes(ORDERS, campaign(), others).ended_by == ""


def test_an_earlier_campaign_ends_nothing():
    earlier = Campaign("may", date(2026, 5, 20), 60, ("a",), ("c",))
    assert campaign_outcomes(ORDERS, campaign(), [earlier]).last_day == date(2026, 6, 30)


def test_days_end_where_orders_do():
    assert campaign_outcomes(ORDERS, campaign(days=365)).last_day == date(2026, 7, 31)


def test_campaigns_of_one_day_that_share_customers_are_refused():
    with pytest.raises(UnusableInput, match=r"june and twin both start on 2026-06-01 and share 1 customer:"):
        campaign_outcomes(ORDERS, campaign(), [campaign("twin", 1, 9, ("a",), ("z",))])


def test_what_cannot_be_measured_is_refused():
    with pytest.raises(UnusableInput, match="known up to 2026-07-31: there is nothing to measure yet"):
        campaign_outcomes(ORDERS, Campaign("august", date(2026, 8, 1), 30, ("a",), ("b",)))
    with pytest.raises(UnusableInput, match=r"none of 2 customers of campaign june .* the shop that ran it"):
        campaign_outcomes(ORDERS, campaign(treated=("x",), held_out=("y",)))


def test_a_customer_is_in_one_group_and_once():
    with pytest.raises(ValueError, match="twice, or in both groups"):
        campaign(treated=("a",), held_out=("a",))
    with pytest.raises(ValueError, match="0 days cannot be measured"):
        campaign(days=0)
