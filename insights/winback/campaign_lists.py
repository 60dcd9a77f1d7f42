"""The lists of a campaign in the home: those who are contacted, and its hold-out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from insights.winback.campaign import Campaign
from insights.winback.offers import Offer
from insights.winback.selection import Selection
from shangsou.customer_lists.customer_list import CUSTOMER, CustomerList
from shangsou.customer_lists.lists import CustomerLists
from shangsou.customer_lists.names import hold_out_name, winback_name
from shangsou.errors import UnusableInput

HEADER = (CUSTOMER, "worth", "expected_cost", "offer", "discount", "products", "text")
_HOLD_OUT_HEADER = (CUSTOMER, "worth")
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """When a campaign is run and measured, and by what."""

    known_from: date
    """The first day of the orders by which its customers were chosen: each had one from it to `as_of`."""
    as_of: date
    """The last day of which was known then."""
    start: date
    """The day on which they are contacted."""
    measuring_days: int
    horizon_days: int
    """Of the scores."""


@dataclass(frozen=True, slots=True)
class KeptCampaign:
    """A campaign as its lists say, by pseudonyms."""

    plan: CampaignPlan
    campaign: Campaign
    discount: NDArray[np.float64]
    """Shape (treated,): offered to each, as a share of the price."""
    margin_share: float
    contact_cost: float
    erased_treated: int
    erased_held_out: int


def hold_out_list(
    selection: Selection, plan: CampaignPlan, pseudonyms: Mapping[str, str], created_at: datetime
) -> CustomerList:
    """Return the list of who must not be contacted."""
    rows = [
        (pseudonyms[one], f"{worth:.{_DIGITS}f}")
        for one, worth, is_held_out in _members(selection)
        if is_held_out
    ]
    name = hold_out_name(selection.terms.name)
    about = _about(selection, plan)
    return CustomerList(name, "hold-out", created_at, _HOLD_OUT_HEADER, tuple(rows), about)


def winback_list(
    selection: Selection,
    offers: Sequence[Offer],
    plan: CampaignPlan,
    pseudonyms: Mapping[str, str],
    created_at: datetime,
) -> CustomerList:
    """Return the list of who is contacted, with the offer of each; offers in their order."""
    rows = tuple(winback_rows(selection, offers, pseudonyms))
    name = winback_name(selection.terms.name)
    return CustomerList(name, "winback", created_at, HEADER, rows, _about(selection, plan))


def winback_rows(
    selection: Selection, offers: Sequence[Offer], names: Mapping[str, str]
) -> list[tuple[str, ...]]:
    """Return a row as `HEADER` says for each who is contacted and has a name; offers in their order."""
    contacted = np.flatnonzero(~selection.is_held_out).tolist()
    return [
        (
            names[selection.customers[at]],
            f"{selection.worth[at]:.{_DIGITS}f}",
            f"{selection.cost[at]:.{_DIGITS}f}",
            offer.kind,
            f"{offer.discount:g}",
            " ".join(product.product_id for product in offer.products),
            offer.chinese,
        )
        for at, offer in zip(contacted, offers, strict=True)
        if selection.customers[at] in names
    ]


def read_campaign(lists: CustomerLists, name: str) -> KeptCampaign:
    """Return a campaign whose lists lie in the home.

    Raises `UnusableInput` where there is none of this name, or its lists do not belong together.
    """
    known = campaign_names(lists)
    if name not in known:
        there = f"there are {', '.join(known)}" if known else "there is none yet"
        raise UnusableInput(f"there is no campaign {name[:80]} in this home; {there}")
    treated, held_out = lists.read(winback_name(name)), lists.read(hold_out_name(name))
    about = treated.about
    if about != held_out.about:
        raise UnusableInput(f"the two lists of campaign {name} do not belong together; restore both")
    try:
        plan = CampaignPlan(
            date.fromisoformat(str(about["known_from"])),
            date.fromisoformat(str(about["as_of"])),
            date.fromisoformat(str(about["start"])),
            int(str(about["measuring_days"])),
            int(str(about["horizon_days"])),
        )
        at = treated.header.index("discount")
        return KeptCampaign(
            plan,
            Campaign(
                name,
                plan.start,
                plan.measuring_days,
                tuple(row[0] for row in treated.rows),
                tuple(row[0] for row in held_out.rows),
            ),
            np.array([float(row[at]) for row in treated.rows], np.float64),
            float(str(about["margin_share"])),
            float(str(about["contact_cost"])),
            treated.erased,
            held_out.erased,
        )
    except (KeyError, ValueError) as reason:
        raise UnusableInput(f"the lists of campaign {name} lack what they should hold: {reason}") from None


def campaign_names(lists: CustomerLists) -> list[str]:
    """Return the names of campaigns of which both lists are in the home."""
    names = set(lists.names())
    prefix = winback_name("x").removesuffix("x")
    campaigns = (name.removeprefix(prefix) for name in names if name.startswith(prefix))
    return sorted(name for name in campaigns if not name.endswith(_SUFFIX) and hold_out_name(name) in names)


_SUFFIX = hold_out_name("x").removeprefix(winback_name("x"))


def _members(selection: Selection) -> list[tuple[str, float, bool]]:
    return list(
        zip(selection.customers, selection.worth.tolist(), selection.is_held_out.tolist(), strict=True)
    )


def _about(selection: Selection, plan: CampaignPlan) -> dict[str, object]:
    terms = selection.terms
    return {
        "campaign": terms.name,
        "known_from": plan.known_from.isoformat(),
        "as_of": plan.as_of.isoformat(),
        "start": plan.start.isoformat(),
        "measuring_days": plan.measuring_days,
        "horizon_days": plan.horizon_days,
        "basis": selection.basis,
        "budget": terms.budget,
        "margin_share": terms.margin_share,
        "contact_cost": terms.contact_cost,
    }
