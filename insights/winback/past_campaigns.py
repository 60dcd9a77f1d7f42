"""Past campaigns as rows for uplift models: features as of then, and what customers bought."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from insights.churn.features import customer_features
from insights.customers.activity import Activity
from insights.customers.orders import Orders
from insights.winback.campaign_lists import KeptCampaign
from insights.winback.margin import mean_order_amount
from insights.winback.outcomes import campaign_outcomes
from insights.winback.uplift_rows import UpliftRows
from shangsou.errors import UnusableInput


def uplift_rows(
    campaigns: Sequence[KeptCampaign], orders: Orders, activity: Activity | None
) -> UpliftRows | None:
    """Return a row for each customer of each campaign that can be measured whole; None without any.

    Margins are those of mean orders at full prices: see `mean_order_amount`.

    Parameters
    ----------
    campaigns
        Of the shop, by pseudonyms.
    orders, activity
        By pseudonyms too.
    """
    everybody = [one.campaign for one in campaigns]
    numbers: dict[str, int] = {}
    parts: list[UpliftRows] = []
    for kept in campaigns:
        if kept.campaign.last_day > orders.last_day:
            continue
        try:
            outcomes = campaign_outcomes(orders, kept.campaign, everybody)
            known = orders.until(kept.plan.as_of)
            features = customer_features(known, kept.plan.horizon_days, activity)
        except UnusableInput:
            continue
        position = {one: at for at, one in enumerate(known.customers)}
        # Who has no order before the campaign, by this table, has no features.
        rows = np.array([at for at, one in enumerate(kept.campaign.customers) if one in position], np.int64)
        customers = [kept.campaign.customers[at] for at in rows.tolist()]
        # Orders, each at the mean margin: who used the discount is not known, and amounts are heavy-tailed.
        margin = np.asarray(outcomes.orders * mean_order_amount(known) * kept.margin_share, np.float64)
        parts.append(
            UpliftRows(
                features.values[[position[one] for one in customers]],
                outcomes.is_treated[rows],
                margin[rows],
                np.full(len(rows), len(parts), np.int64),
                np.array([numbers.setdefault(one, len(numbers)) for one in customers], np.int64),
            )
        )
    return _joined(parts) if parts else None


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
