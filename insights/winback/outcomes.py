"""Purchases of the customers of a campaign after its start."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from insights.customers.orders import Orders
from insights.winback.campaign import Campaign
from shangsou.errors import UnusableInput
from shangsou.text.plurals import quantity

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What customers of one campaign bought in the days that count. Arrays have the shape (customers,)."""

    campaign: Campaign
    is_treated: NDArray[np.bool_]
    """Of each of `campaign.customers`, in their order."""
    orders: Integers
    paid: Numbers
    """The sum of the known amounts."""
    first_day: date
    last_day: date
    """The last one that counts: before that of the campaign where orders end or another campaign began."""
    ended_by: str
    """The name of that campaign; empty where none began."""
    unknown_amounts: int
    """Orders without an amount, which count as bought."""

    @property
    def has_bought(self) -> NDArray[np.bool_]:
        """Who bought at all. Shape (customers,)."""
        return self.orders > 0


def campaign_outcomes(orders: Orders, campaign: Campaign, others: Sequence[Campaign] = ()) -> Outcomes:
    """Return what each customer of a campaign bought from the day of its start on.

    A purchase counts once: for the campaign that the customer entered last before it, contacted or held out.
    So the days of a campaign end when a later one begins that any of its customers enters, and they end for
    all of its customers on that day, in both groups. To end them only for those who enter the later campaign
    would not do: its list is made of those who have not bought since, of whom the hold-out has more, so that
    later purchases of the hold-out would be left out and those of the treated kept, which looks like a gain.
    The later campaign is drawn again at random, so that earlier ones have the same share in both its groups.

    Parameters
    ----------
    orders
        The shop's.
    campaign
        The one to measure.
    others
        All other campaigns of the shop whose days may overlap; the one to measure may be among them.

    Raises
    ------
    UnusableInput
        Orders end before the campaign starts, none of its customers is among them, or another campaign of the
        same day has some of its customers.
    """
    if orders.last_day < campaign.start:
        raise UnusableInput(
            f"campaign {campaign.name} starts on {campaign.start}, and orders are known up to "
            f"{orders.last_day}: there is nothing to measure yet; give later orders"
        )
    position_of = {one: position for position, one in enumerate(campaign.customers)}
    row_of = np.array([position_of.get(one, -1) for one in orders.customers], np.int64)
    if not (row_of >= 0).any():
        raise UnusableInput(
            f"none of {quantity(len(position_of), 'customer')} of campaign {campaign.name} is among the "
            f"{len(orders.customers):,} of the orders; give the orders of the shop that ran it"
        )
    later = _next_campaign(campaign, [one for one in others if one.name != campaign.name])
    last_day = min(campaign.last_day, orders.last_day)
    if later is not None:
        last_day = min(last_day, later.start - timedelta(days=1))
    is_counted = (orders.day >= campaign.start.toordinal()) & (orders.day <= last_day.toordinal())
    rows = row_of[orders.customer[is_counted]]
    amount = orders.amount[is_counted][rows >= 0]
    rows = rows[rows >= 0]
    is_known = np.isfinite(amount)
    size = len(position_of)
    return Outcomes(
        campaign,
        np.arange(size) < len(campaign.treated),
        np.bincount(rows, minlength=size),
        np.bincount(rows[is_known], amount[is_known], size).astype(np.float64),
        campaign.start,
        last_day,
        later.name if later is not None and later.start <= campaign.last_day else "",
        int((~is_known).sum()),
    )


def _next_campaign(campaign: Campaign, others: Sequence[Campaign]) -> Campaign | None:
    """Return the first campaign that starts after another and has a customer of it."""
    customers = set(campaign.customers)
    sharing = [
        one
        for one in others
        if campaign.start <= one.start <= campaign.last_day and not customers.isdisjoint(one.customers)
    ]
    for one in sharing:
        if one.start == campaign.start:
            shared = quantity(len(customers.intersection(one.customers)), "customer")
            raise UnusableInput(
                f"campaigns {campaign.name} and {one.name} both start on {one.start} and share {shared}: a "
                f"purchase cannot count for one of them; if nobody of {one.name} was contacted, remove it: "
                f'"shangsou winback discard {one.name}"'
            )
    return min(sharing, key=lambda one: one.start, default=None)
