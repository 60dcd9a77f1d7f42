"""The sheet of a campaign: whom to contact, with which offer."""

from collections.abc import Callable, Sequence

from insights.reports.spreadsheet import Column, Sheet
from insights.winback.offer_wording import discount_chinese
from insights.winback.offers import Offer, OfferKind
from insights.winback.selection import Selection

OFFER_KINDS: dict[OfferKind, str] = {
    "discount": "老客折扣",
    "cart-reminder": "加购提醒",
    "new-products": "上新推荐",
}
# A sheet is passed on without its page: its title says what the customers are ranked by.
_TITLES = {"uplift": "联系名单（按增量）", "value-at-risk": "联系名单（价值×流失风险，不是增量）"}
_COLUMNS = (
    Column("客户", width=24),
    Column("优惠", width=12),
    Column("折扣", width=8),
    Column("商品", width=48),
    Column("文案", width=60),
    Column("预计成本", "price", 12),
    Column("价值", "price", 12),
)


def winback_sheet(selection: Selection, offers: Sequence[Offer], name_of: Callable[[str], str]) -> Sheet:
    """Return the customers to contact, the worthiest first; nobody who is held out is among them.

    Parameters
    ----------
    selection
        The customers of the campaign.
    offers
        Of those who are contacted, in their order.
    name_of
        Returns what stands for the id of a customer.

    Raises
    ------
    ValueError
        There is not one offer for each who is contacted.
    """
    contacted = (~selection.is_held_out).nonzero()[0].tolist()
    rows = [
        (
            name_of(selection.customers[at]),
            OFFER_KINDS[offer.kind],
            discount_chinese(offer.discount) if offer.discount else None,
            "；".join(product.title for product in offer.products),
            offer.chinese,
            float(selection.cost[at]),
            float(selection.worth[at]),
        )
        for at, offer in zip(contacted, offers, strict=True)
    ]
    return Sheet(_TITLES[selection.basis], _COLUMNS, rows)
