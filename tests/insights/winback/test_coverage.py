"""Whether orders are those of the shop that ran a campaign."""

import numpy as np
import pytest

from insights.winback.campaign import Campaign
from insights.winback.campaign_lists import CampaignPlan, KeptCampaign
from insights.winback.coverage import check_coverage
from shangsou.errors import UnusableInput
from tests.insights.churn.shops import day, make_orders

# 80 contacted and 20 held out, chosen by orders of the days 10 to 99.
CONTACTED, HELD_OUT = [f"c{number}" for number in range(80)], [f"h{number}" for number in range(20)]
KEPT = KeptCampaign(
    CampaignPlan(day(10), day(99), day(100), 30, 30),
    Campaign("spring", day(100), 30, tuple(CONTACTED), tuple(HELD_OUT)),
    np.zeros(80),
    margin_share=0.3,
    contact_cost=0.1,
    erased_treated=0,
    erased_held_out=0,
)


def check(customers, first_day):
    check_coverage(make_orders([(one, first_day) for one in customers], 150), KEPT)


def test_orders_from_as_early_a_day_on_have_nearly_all_of_the_customers():
    check([*CONTACTED[:76], *HELD_OUT[:19]], 10)
    with pytest.raises(UnusableInput, match="75 of 80 customers contacted and 19 of 20 held out"):
        check([*CONTACTED[:75], *HELD_OUT[:19]], 10)


def test_later_orders_may_lack_many_but_not_a_whole_group():
    check([*CONTACTED[:20], HELD_OUT[0]], 100)
    # Of 100 customers 50 are there, so that 10 of those held out should be.
    with pytest.raises(UnusableInput, match=r"50 of 80 .* 0 of 20 .* give the orders of all customers"):
        check(CONTACTED[:50], 100)
    # Of 20 held out four should be, and all may be missing by chance.
    check(CONTACTED[:20], 100)
