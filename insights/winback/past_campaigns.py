"""Past campaigns as rows for uplift models: features as of then, and what customers bought."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from insights.churn.features import customer_features
from insights.customers.activity import Activity
from insights.customers.orders import Orders
from insights.winback.campaign_lists import KeptCampaign
from insights.winback.outcomes import campaign_outcomes
from insights.winback.uplift_rows import UpliftRows
from shangsou.errors import UnusableInput

# Of a group: with fewer a mean says next to nothing, and permutations have few values.
_MIN_CUSTOMERS: Final = 10


@dataclass(frozen=True, slots=True)
class PastCampaigns:
    """What is learned from the campaigns of a shop."""

    rows: UpliftRows | None
    """One for each customer of each campaign that can be measured whole; None without any."""
    left_out: tuple[str, ...]
    """Why each other campaign is not among them."""


def read_past_campaigns(
    campaigns: Sequence[KeptCampaign],
    orders: Orders,
    activity: Activity | None,
    horizon_days: int,
    margin: float,
) -> PastCampaigns:
    """Return the customers of campaigns as rows to learn from.

    Parameters
    ----------
    campaigns
        Of the shop, by pseudonyms.
    orders, activity
        By pseudonyms too. Activity was known for long enough when the first of the campaigns was drawn; see
        `sufficient_activity`.
    horizon_days
        That features are measured against, those of today too.
    margin
        Of each order, in place of its own: who used the discount is not known, and amounts are heavy-tailed.
    """
    everybody = [one.campaign for one in campaigns]
    numbers: dict[str, int] = {}
    parts: list[UpliftRows] = []
    left_out: list[str] = []
    for kept in campaigns:
        if kept.campaign.last_day > orders.last_day:
            left_out.append(
                f"campaign {kept.campaign.name} is not learned from: it ends on {kept.campaign.last_day}, "
                f"and orders are known up to {orders.last_day}"
            )
            continue
        try:
            outcomes = campaign_outcomes(orders, kept.campaign, everybody)
            known = orders.until(kept.plan.as_of)
            features = customer_features(known, horizon_days, activity)
        except UnusableInput as reason:
            left_out.append(f"campaign {kept.campaign.name} is not learned from: {reason}")
            continue
        if outcomes.last_day < kept.campaign.last_day:
            left_out.append(
                f"campaign {kept.campaign.name} is not learned from: campaign {outcomes.ended_by}, which has "
                f"customers of it, began on {outcomes.last_day + timedelta(days=1)}, before it was over"
            )
            continue
        position = {one: at for at, one in enumerate(known.customers)}
        # Who has no order before the campaign, by this table, has no features.
        rows = np.array([at for at, one in enumerate(kept.campaign.customers) if one in position], np.int64)
        customers = [kept.campaign.customers[at] for at in rows.tolist()]
        is_treated = outcomes.is_treated[rows]
        if min(is_treated.sum(), (~is_treated).sum()) < _MIN_CUSTOMERS:
            left_out.append(
                f"campaign {kept.campaign.name} is not learned from: one of its groups has fewer than "
                f"{_MIN_CUSTOMERS} customers with an order before it"
            )
            continue
        parts.append(
            UpliftRows(
                features.values[[position[one] for one in customers]],
                is_treated,
                np.asarray(margin * outcomes.orders[rows] * _share_left(kept)[rows], np.float64),
                np.full(len(rows), len(parts), np.int64),
                np.array([numbers.setdefault(one, len(numbers)) for one in customers], np.int64),
            )
        )
    return PastCampaigns(_joined(parts) if parts else None, tuple(left_out))


def _share_left(kept: KeptCampaign) -> NDArray[np.float64]:
    """Return for each customer which share of the own group was not erased since. Shape (customers,).

    Margins times it have the mean of all, erased ones counted as not having bought: see `measure_campaign`.
    """
    treated, held_out = len(kept.campaign.treated), len(kept.campaign.held_out)
    return np.repeat(
        [treated / (treated + kept.erased_treated), held_out / (held_out + kept.erased_held_out)],
        [treated, held_out],
    )


def _joined(parts: Sequence[UpliftRows]) -> UpliftRows:
    first = parts[0]
    if len(parts) == 1:
        return first
    return replace(
        first,
        **{
            name: np.concatenate([getattr(one, name) for one in parts])
            for name in ("features", "is_treated", "margin", "campaign", "customer")
        },
    )
