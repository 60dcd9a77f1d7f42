"""Whether a table of orders is that of the shop that ran a campaign."""

from insights.customers.orders import Orders
from insights.winback.campaign_lists import KeptCampaign
from shangsou.errors import UnusableInput
from shangsou.text.plurals import quantity

# Of customers with an order before a campaign, who are to be found again. Some are deleted in the shop since,
# and a cleaned table may lack an order or two.
_MIN_SHARE = 0.95
# Customers of a group who should be in a table by the share of the other: with none by chance once in 20,000.
_MIN_EXPECTED = 10


def check_coverage(orders: Orders, kept: KeptCampaign) -> None:
    """Raise `UnusableInput` for orders that lack many customers of a campaign, or one of its groups.

    Who is missing counts as not having bought, so that a campaign would be judged by accident: by the orders
    of another shop whose numbers are partly the same, by ids written another way, or by the orders of the
    contacted alone.

    Parameters
    ----------
    orders
        By pseudonyms.
    kept
        Of the same home.
    """
    campaign, known = kept.campaign, set(orders.customers)
    treated = sum(one in known for one in campaign.treated)
    held_out = sum(one in known for one in campaign.held_out)
    size = len(campaign.customers)
    found = (
        f"{treated:,} of {quantity(len(campaign.treated), 'customer')} contacted and {held_out:,} of "
        f"{len(campaign.held_out):,} held out are among the customers of the orders"
    )
    if orders.first_day <= kept.plan.known_from and treated + held_out < _MIN_SHARE * size:
        raise UnusableInput(
            f"{found}, and all had an order from {kept.plan.known_from} to {kept.plan.as_of}; give the "
            f"orders of the shop that ran campaign {campaign.name}, with the same ids"
        )
    share = (treated + held_out) / max(size, 1)
    expected = share * min(len(campaign.treated), len(campaign.held_out))
    if expected >= _MIN_EXPECTED and not (treated and held_out):
        raise UnusableInput(f"{found}; give the orders of all customers, contacted or not")
