"""The page of a campaign to win customers back, for a marketer.

It names no customer and shows no small group.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from shlex import quote

import numpy as np

from insights.reports.churn import percent
from insights.reports.small_groups import MIN_GROUP, is_shown, merge_small
from insights.reports.winback_sheet import OFFER_KINDS
from insights.winback.offer_wording import discount_chinese
from insights.winback.offers import Offer, OfferProduct
from insights.winback.selection import NO_UPLIFT, Basis, Exclusions, Selection
from shangsou.report_pages.environment import page_environment

_PRODUCTS = 12
# Below this, coins matter, as in the price of a text message.
_WHOLE_MONEY = 100
# Of each reason, what a table calls it and what it means.
_BEYOND_BUDGET = ("预算不够", "值得联系，但排在后面，轮不到")
_UNKNOWN_VALUE = ("金额未知", "订单都没有金额，算不出价值")
_BUY_ANYWAY = ("不联系也会买", "再买的可能性在一半以上，优惠多半白送")
_CANNOT_PAY: dict[Basis, tuple[str, str]] = {
    "value-at-risk": ("联系不划算", "多赚的毛利怎么也抵不过优惠和联系的成本"),
    "uplift": ("联系不划算", "估计多赚的抵不过优惠和联系的成本"),
}


@dataclass(frozen=True, slots=True)
class Excluded:
    """Customers who are not on the list, 10 or more."""

    name: str
    meaning: str
    customers: int


@dataclass(frozen=True, slots=True)
class OfferGroup:
    """Customers with offers of some kinds, or of some discounts, 10 or more."""

    name: str
    customers: int
    share: float
    """Of all who are contacted."""
    cost: float
    """Expected."""
    levels: tuple["OfferGroup", ...] = ()
    """By discount, the largest first, where the group is of discounts alone."""


@dataclass(frozen=True, slots=True)
class NamedProduct:
    """A product that is offered to at least 10 customers."""

    title: str
    customers: int
    share: float


@dataclass(frozen=True, slots=True)
class _Offered:
    """A contacted customer's offer and what it is expected to cost."""

    offer: Offer
    cost: float


def winback_page(selection: Selection, offers: Sequence[Offer], start: date, measuring_days: int) -> str:
    """Return a campaign as an HTML document.

    Parameters
    ----------
    selection
        The customers of the campaign.
    offers
        Of those who are contacted, in their order.
    start
        The day on which they are contacted.
    measuring_days
        How many days of orders will count, the first included.

    Raises
    ------
    ValueError
        There is not one offer for each who is contacted.
    """
    costs = selection.cost[~selection.is_held_out].tolist()
    offered = [_Offered(*one) for one in zip(offers, costs, strict=True)]
    held_out = int(np.count_nonzero(selection.is_held_out))
    # Of few customers nothing is shown, and nothing that the total would tell of them.
    has_sizes = bool(offered) and is_shown(len(offered), len(offered) + held_out)
    # Not less than were considered: who was erased since would be the difference.
    excluded = selection.excluded
    left_out = excluded.beyond_budget + excluded.cannot_pay + excluded.buy_anyway + excluded.unknown_value
    shown = offered if has_sizes else []
    last_day = start + timedelta(days=measuring_days - 1)
    name = selection.terms.name
    environment = page_environment(Path(__file__).parent)
    environment.filters.update(money=money, percent=percent)
    return environment.get_template("winback.html").render(
        selection=selection,
        terms=selection.terms,
        # The page says at more length that it is no uplift.
        notes=[note for note in selection.notes if note != NO_UPLIFT],
        start=start,
        measuring_days=measuring_days,
        last_day=last_day,
        measured_from=last_day + timedelta(days=1),
        command=f"shangsou winback measure {name if name.isalnum() else quote(name)}",
        smallest=MIN_GROUP,
        contacted=len(offered),
        held_out=held_out,
        has_sizes=has_sizes,
        left_out=left_out,
        considered=left_out + len(selection.customers),
        has_considered=(has_sizes or not selection.customers) and not 0 < left_out < MIN_GROUP,
        excluded=excluded_groups(excluded, selection.basis),
        groups=offer_groups(shown),
        products=named_products(shown),
        has_products=any(one.products for one in offers),
        is_degraded=any(one.degraded for one in offers),
    )


def excluded_groups(excluded: Exclusions, basis: Basis) -> list[Excluded]:
    """Return customers who are not on the list by why; those of fewer than 10 with the next."""
    counted = [
        (reason, count)
        for reason, count in (
            (_BEYOND_BUDGET, excluded.beyond_budget),
            (_CANNOT_PAY[basis], excluded.cannot_pay),
            (_BUY_ANYWAY, excluded.buy_anyway),
            (_UNKNOWN_VALUE, excluded.unknown_value),
        )
        if count
    ]
    groups = []
    for run in merge_small([[count] for _, count in counted]):
        members = counted[run.start : run.stop]
        groups.append(
            Excluded(
                "、".join(name for (name, _), _ in members),
                "；".join(meaning for (_, meaning), _ in members),
                sum(count for _, count in members),
            )
        )
    return groups


def offer_groups(offered: Sequence[_Offered]) -> list[OfferGroup]:
    """Return offers by kind; kinds of fewer than 10 customers with the next, none for fewer in all."""
    by_kind = [(kind, [one for one in offered if one.offer.kind == kind]) for kind in OFFER_KINDS]
    kinds = [(kind, members) for kind, members in by_kind if members]
    groups = []
    for run in merge_small([[len(members)] for _, members in kinds]):
        joined = kinds[run.start : run.stop]
        members = list(chain.from_iterable(ones for _, ones in joined))
        is_discount = [kind for kind, _ in joined] == ["discount"]
        levels = _levels(members, len(offered)) if is_discount else ()
        name = "、".join(OFFER_KINDS[kind] for kind, _ in joined)
        groups.append(_group(name, members, len(offered), levels))
    return groups


def _levels(offered: Sequence[_Offered], size: int) -> tuple[OfferGroup, ...]:
    discounts = sorted({one.offer.discount for one in offered}, reverse=True)
    members = [[one for one in offered if one.offer.discount == discount] for discount in discounts]
    return tuple(
        _group(
            "、".join(map(discount_chinese, discounts[run.start : run.stop])),
            list(chain.from_iterable(members[run.start : run.stop])),
            size,
        )
        for run in merge_small([[len(ones)] for ones in members])
    )


def _group(
    name: str, offered: Sequence[_Offered], size: int, levels: tuple[OfferGroup, ...] = ()
) -> OfferGroup:
    return OfferGroup(name, len(offered), len(offered) / size, sum(one.cost for one in offered), levels)


def named_products(offered: Sequence[_Offered]) -> list[NamedProduct]:
    """Return the products that most customers are offered, none of few or of all but few."""
    counts: Counter[OfferProduct] = Counter()
    for one in offered:
        counts.update(set(one.offer.products))
    shown = [(product, count) for product, count in counts.items() if is_shown(count, len(offered))]
    shown.sort(key=lambda item: (-item[1], item[0].product_id))
    return [NamedProduct(product.title, count, count / len(offered)) for product, count in shown[:_PRODUCTS]]


def money(value: float) -> str:
    """Return an amount of money, without coins where it is large."""
    text = f"{value:,.0f}" if abs(value) >= _WHOLE_MONEY else f"{value:,.2f}"
    return text.removesuffix(".00").replace("-", "−")
