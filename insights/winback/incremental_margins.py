"""Incremental margins of contacting customers, learned from past campaigns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.churn.features import customer_features
from insights.churn.known_activity import sufficient_activity
from insights.churn.scores import Scores
from insights.customers.activity import Activity
from insights.customers.orders import Orders
from insights.winback.campaign_lists import KeptCampaign
from insights.winback.margin import mean_order_amount
from insights.winback.past_campaigns import read_past_campaigns
from insights.winback.uplift import fit_uplift

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class IncrementalMargins:
    """What past campaigns tell of customers."""

    margin: Numbers | None
    """Expected of contacting each, before the discount. Shape (customers,); None where they do not tell."""
    notes: tuple[str, ...]
    """What was found, and which campaigns were left out and why."""


def incremental_margins(
    campaigns: Sequence[KeptCampaign],
    orders: Orders,
    activity: Activity | None,
    scores: Scores,
    margin_share: float,
) -> IncrementalMargins:
    """Return what each scored customer is expected to earn for being contacted.

    Parameters
    ----------
    campaigns
        Those of the shop, of which some may not be over.
    orders, activity
        What is known today, by pseudonyms as campaigns are.
    scores
        Of customers of the orders, by pseudonyms too.
    margin_share
        Of a full price.
    """
    if not campaigns:
        return IncrementalMargins(None, ())
    # Models need the same features of all campaigns and of today.
    activity = sufficient_activity(min(one.plan.as_of for one in campaigns), activity)
    mean_margin = margin_share * mean_order_amount(orders)
    past = read_past_campaigns(campaigns, orders, activity, scores.horizon_days, mean_margin)
    if past.rows is None:
        return IncrementalMargins(None, past.left_out)
    uplift = fit_uplift(past.rows)
    notes = (*past.left_out, uplift.to_text())
    if not uplift.is_usable:
        return IncrementalMargins(None, notes)
    features = customer_features(orders, scores.horizon_days, activity)
    position = {one: at for at, one in enumerate(orders.customers)}
    won = uplift.predict(features.values[[position[one] for one in scores.customers]])
    # Models know orders at the mean margin; a customer's own amount decides what they are worth.
    margin = won / mean_margin * margin_share * scores.expected_value / scores.expected_purchases
    return IncrementalMargins(np.asarray(margin, np.float64), notes)
