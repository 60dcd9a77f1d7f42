"""The gain of a campaign, by its hold-out."""

import math
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from insights.winback.estimate import Estimate
from insights.winback.margin import order_margin
from insights.winback.mean_difference import TwoGroups, mean_difference, standard_error
from insights.winback.outcomes import Outcomes
from insights.winback.share_difference import DETECTABLE, detectable_share, share_difference
from shangsou.errors import UnusableInput

Verdict = Literal["gain", "loss", "unknown"]
_MIN_CUSTOMERS = 2


@dataclass(frozen=True, slots=True)
class Group:
    """One of the two groups of a campaign."""

    customers: int
    erased: int
    """Of them, removed at their own wish since: counted as not having bought."""
    buyers: int
    orders: int
    margin: float
    """A customer, buyers or not, after the discount."""

    @property
    def share(self) -> float:
        """Of customers who bought."""
        return self.buyers / self.customers


@dataclass(frozen=True, slots=True)
class Detectable:
    """What groups of this size can show: what a real effect must be to be found four times in five.

    `needed` is how many customers in all, split alike, would find an effect as large as the one seen, if it
    is real; None where none was seen.
    """

    effect: float
    needed: int | None


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a campaign gained. Differences are of the treated less the held out; intervals are of 95 %."""

    campaign: str
    first_day: date
    last_day: date
    is_complete: bool
    """Whether all days that were to be measured are."""
    ended_by: str
    """The name of the campaign that ended them early; may be empty."""
    treated: Group
    held_out: Group
    share_difference: Estimate
    margin_difference: Estimate
    """A customer; bounds are NaN where too few bought."""
    costs: float
    """Of contacting the treated."""
    gain: Estimate
    """Of the campaign: the difference in margin times the treated, less the costs."""
    gain_without_discount: Estimate
    """The same if nobody used the discount: in truth some did, and the gain lies between the two."""
    detectable_share: Detectable
    detectable_margin: Detectable
    """A customer, and beyond the costs."""
    unknown_amounts: int
    """Orders without an amount: they count as bought, and as a margin of 0."""

    @property
    def verdict(self) -> Verdict:
        """Whether the campaign earned more than it cost, however many used the discount; else unknown."""
        if self.gain.low > 0:
            return "gain"
        return "loss" if self.gain_without_discount.high < 0 else "unknown"

    @property
    def is_too_small(self) -> bool:
        """Whether the groups do not show whether the campaign earned more than it cost."""
        if self.verdict != "unknown":
            return False
        # Else it is the discount alone, of which nobody knows who used it.
        return not self.gain.high < 0 < self.gain_without_discount.low


def measure_campaign(  # noqa: PLR0913 - the terms of a campaign, by keyword
    outcomes: Outcomes,
    *,
    margin_share: float,
    contact_cost: float,
    discount: NDArray[np.float64] | float = 0.0,
    erased_treated: int = 0,
    erased_held_out: int = 0,
) -> Measurement:
    """Return what a campaign gained.

    The share of buyers has the interval of Newcombe (1998), the margin that of a studentized permutation
    test, since margins are heavy-tailed and hold-outs small (see `mean_difference`). Orders do not tell who
    used the discount, so that the gain is given as if all did, and as if nobody did.

    Parameters
    ----------
    outcomes
        What its customers bought.
    margin_share
        Of the price without a discount.
    contact_cost
        Of each treated customer, erased ones among them.
    discount
        That the treated were offered: one for all, or of shape (treated,).
    erased_treated, erased_held_out
        How many of each group are not among the customers any more: they refused marketing or were deleted.
        Messages make some refuse, and mostly who does not buy: without them the contacted would seem to buy
        more. So they count as not having bought, in both groups (intention to treat).

    Raises
    ------
    UnusableInput
        A group has fewer than two customers.
    """
    is_treated = outcomes.is_treated
    off = np.zeros(len(is_treated))
    off[is_treated] = discount
    margin = order_margin(outcomes.paid, margin_share, off)
    erased = erased_treated, erased_held_out
    groups = _two_groups(margin, is_treated, erased)
    treated = _group(outcomes, is_treated, groups.treated, erased_treated)
    held_out = _group(outcomes, ~is_treated, groups.held_out, erased_held_out)
    shares = share_difference(treated.buyers, treated.customers, held_out.buyers, held_out.customers)
    margins = mean_difference([groups])
    at_full_price = margins
    if off.any():
        full = order_margin(outcomes.paid, margin_share)
        at_full_price = mean_difference([_two_groups(full, is_treated, erased)])
    costs = contact_cost * treated.customers
    everyone = treated.customers + held_out.customers
    pooled = (treated.buyers + held_out.buyers) / everyone
    return Measurement(
        outcomes.campaign.name,
        outcomes.first_day,
        outcomes.last_day,
        outcomes.last_day == outcomes.campaign.last_day,
        outcomes.ended_by,
        treated,
        held_out,
        shares,
        margins,
        costs,
        margins.times(treated.customers).less(costs),
        at_full_price.times(treated.customers).less(costs),
        _detectable(detectable_share(pooled, treated.customers, held_out.customers), shares.value, everyone),
        _detectable(
            DETECTABLE * standard_error(groups),
            (margins.value * treated.customers - costs) / treated.customers,
            everyone,
        ),
        outcomes.unknown_amounts,
    )


def _two_groups(
    margin: NDArray[np.float64], is_treated: NDArray[np.bool_], erased: tuple[int, int]
) -> TwoGroups:
    """Return the margins of each group, and a margin of 0 for each who was erased from it."""
    treated, held_out = (np.zeros(count) for count in erased)
    return TwoGroups(
        np.concatenate([margin[is_treated], treated]), np.concatenate([margin[~is_treated], held_out])
    )


def _group(
    outcomes: Outcomes, is_member: NDArray[np.bool_], margin: NDArray[np.float64], erased: int
) -> Group:
    """Return a group with the margins of all of its customers, erased ones among them."""
    size = len(margin)
    if size < _MIN_CUSTOMERS:
        raise UnusableInput(
            f"campaign {outcomes.campaign.name}: one of its groups has {size} of the customers, and two at "
            "least are needed to compare"
        )
    return Group(
        size,
        erased,
        int(outcomes.has_bought[is_member].sum()),
        int(outcomes.orders[is_member].sum()),
        float(margin.mean()),
    )


def _detectable(effect: float, seen: float, customers: int) -> Detectable:
    """Return it with the size at which the effect seen would be found: errors fall with its square root."""
    if seen == 0 or effect == 0:
        return Detectable(effect, None)
    return Detectable(effect, math.ceil(customers * (effect / seen) ** 2))
