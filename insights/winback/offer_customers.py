"""Customers of a list as offers need them: carts left, looking around, and whether they pay full prices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from insights.customers.activity import CART, PURCHASE, VIEW, Activity
from insights.customers.events import CustomerEvents
from insights.customers.orders import Integers, Numbers

# A cart of a month ago is what a reminder is about; before that it is mostly forgotten or bought elsewhere.
CART_DAYS = 30
# Looking around: so many views in so many days, and no purchase ever, or none in half a year.
_BROWSING_DAYS = 30
_BROWSING_VIEWS = 5
_NO_PURCHASE_DAYS = 180
# A price within 3 % of the usual one is the full price: coins off the sum are no discount.
_FULL_PRICE = 0.97
# The usual price of a product: most are sold at it most of the time, and a single wrong price is not taken.
_USUAL_QUANTILE = 0.75


@dataclass(frozen=True, slots=True)
class OfferCustomer:
    """A customer of a list, and what decides the offer."""

    id: str
    probability: float
    """To buy within the time of the offer without it."""
    is_known: bool = False
    """Whether the shop's events know the customer, so that there is a shelf of the own."""
    carts: tuple[str, ...] = ()
    """Ids of products put into the cart in the last 30 days and not bought since, the latest first."""
    is_browsing: bool = False
    """Has looked at several products in the last 30 days, and bought none ever or in half a year."""
    full_price_share: float = np.nan
    """Of purchases; NaN where unknown."""


def offer_customers(
    customers: Sequence[str],
    probability: Numbers,
    as_of: date,
    events: CustomerEvents | None = None,
) -> list[OfferCustomer]:
    """Return these customers with what offers need to know of them.

    Parameters
    ----------
    customers
        Ids.
    probability
        Shape (customers,): to buy within the time of the offer.
    as_of
        The last day of which is known.
    events
        Of the shop; without them, and for who is not among them, nothing but the probability is known.
    """
    if events is None:
        return [OfferCustomer(*one) for one in zip(customers, probability.tolist(), strict=True)]
    activity = events.activity
    position = {one: place for place, one in enumerate(activity.customers)}
    starts = np.searchsorted(activity.customer, np.arange(len(position) + 1))
    full_price = _is_full_price(activity)
    found = []
    for one, chance in zip(customers, probability.tolist(), strict=True):
        place = position.get(one)
        if place is None:
            found.append(OfferCustomer(one, chance))
            continue
        rows = slice(int(starts[place]), int(starts[place + 1]))
        paid = full_price[rows][activity.kind[rows] == PURCHASE]
        paid = paid[np.isfinite(paid)]
        found.append(
            OfferCustomer(
                one,
                chance,
                is_known=True,
                carts=tuple(events.products[product] for product in _left_carts(activity, rows, as_of)),
                is_browsing=_is_browsing(activity, rows, as_of),
                full_price_share=float(paid.mean()) if len(paid) else np.nan,
            )
        )
    return found


def _left_carts(activity: Activity, rows: slice, as_of: date) -> list[int]:
    """Return the products that one customer put into the cart lately and did not buy since, latest first."""
    kind, product, day = activity.kind[rows], activity.product[rows], activity.day[rows]
    is_recent = (day > as_of.toordinal() - CART_DAYS) & (day <= as_of.toordinal()) & (product >= 0)
    left: dict[int, None] = {}
    for row in np.flatnonzero(is_recent & ((kind == CART) | (kind == PURCHASE))).tolist():
        left.pop(int(product[row]), None)
        if kind[row] == CART:
            left[int(product[row])] = None
    return list(reversed(left))


def _is_browsing(activity: Activity, rows: slice, as_of: date) -> bool:
    kind, age = activity.kind[rows], as_of.toordinal() - activity.day[rows]
    views = (kind == VIEW) & (age >= 0) & (age < _BROWSING_DAYS)
    purchases = (kind == PURCHASE) & (age >= 0) & (age < _NO_PURCHASE_DAYS)
    return bool(views.sum() >= _BROWSING_VIEWS and not purchases.any())


def _is_full_price(activity: Activity) -> Numbers:
    """Return whether each action was at the usual price of its product, NaN where unknown.

    The usual price is the upper quartile of those at which the product was looked at or bought: one at
    which it is seldom offered is not taken for it. Shape (actions,).
    """
    priced = np.flatnonzero(np.isfinite(activity.price) & (activity.product >= 0))
    full_price = np.full(len(activity.price), np.nan)
    if not len(priced):
        return full_price
    product, price = activity.product[priced], activity.price[priced]
    order = np.lexsort((price, product))
    first = np.searchsorted(product[order], np.arange(int(product.max()) + 2))
    counts = np.diff(first)
    usual = price[order][_quartile_rows(first[:-1], counts)]
    full_price[priced] = price >= _FULL_PRICE * usual[product]
    return full_price


def _quartile_rows(first: Integers, counts: Integers) -> Integers:
    """Return the row of the upper quartile of each run; any row for an empty one."""
    rows = first + np.ceil(_USUAL_QUANTILE * counts).astype(np.int64) - 1
    return np.asarray(np.clip(rows, 0, int(counts.sum()) - 1))
