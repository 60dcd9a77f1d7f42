"""An offer for each customer of a list: what, how much off, and which products."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from insights.winback.discounts import OfferTerms
from insights.winback.offer_customers import OfferCustomer
from insights.winback.offer_products import OfferProducts
from insights.winback.offer_wording import discount_chinese, named
from shangsou.degradation import Degradation
from shangsou.product import Product

OfferKind = Literal["cart-reminder", "discount", "new-products"]


@dataclass(frozen=True, slots=True)
class OfferProduct:
    """A product of an offer."""

    product_id: str
    title: str


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer to one customer."""

    kind: OfferKind
    discount: float
    """The share of the price that is taken off, from 0; 0 but for `discount`."""
    products: tuple[OfferProduct, ...]
    """None where the shop has no index, or nothing that fits."""
    english: str
    chinese: str
    """As the shop may write it to the customer."""
    degraded: tuple[Degradation, ...] = ()
    """What failed, so that the offer lacks products or has those of a stranger."""


def offered_discounts(
    customers: Sequence[OfferCustomer], products: OfferProducts, terms: OfferTerms
) -> NDArray[np.float64]:
    """Return the share of the price that the offer of each takes off, as `make_offers`. Shape (customers,).

    It asks for no shelf, so that the discounts of all are known before some of them are chosen.
    """
    return np.array([_discount(one, products, terms) for one in customers], np.float64)


def make_offers(
    customers: Sequence[OfferCustomer], products: OfferProducts, terms: OfferTerms
) -> list[Offer]:
    """Return the offer of each customer, in their order.

    Who left something in the cart that is still on sale is reminded of it, at its price. Others get as much
    off as the terms allow on products of their shelf `for-you`, none of which is reduced already. Who only
    looks around, or is offered nothing off, hears what is new. Who is not known among the events gets what
    is in demand, which is read once.

    Parameters
    ----------
    customers
        Those of the list.
    products
        Of the shop; it has read the carts of these customers.
    terms
        How much may be taken off.
    """
    return [_offer(customer, products, terms) for customer in customers]


def _offer(customer: OfferCustomer, products: OfferProducts, terms: OfferTerms) -> Offer:
    cart = products.in_cart(customer)
    if cart is not None:
        return Offer(
            "cart-reminder",
            0.0,
            _listed([cart]),
            "a reminder of the product in the cart",
            f"您加购的{named(cart)}仍在售，喜欢就带回家吧",
            products.cart_problems,
        )
    discount = _discount(customer, products, terms)
    if not discount:
        chosen, problems = products.of_shelf("new", customer)
        names = "、".join(map(named, chosen))
        chinese = f"店里上新了，为您挑了{names}" if chosen else "店里上新了，欢迎来逛逛"
        return Offer("new-products", 0.0, _listed(chosen), "new products, nothing off", chinese, problems)
    chosen, problems = products.of_shelf("for-you", customer)
    what = f"：{'、'.join(map(named, chosen))}" if chosen else "，特价商品除外"
    return Offer(
        "discount",
        discount,
        _listed(chosen),
        f"{discount:.0%} off" + ("" if chosen else ", but for what is reduced already"),
        f"老客专享 {discount_chinese(discount)}{what}",
        problems,
    )


def _discount(customer: OfferCustomer, products: OfferProducts, terms: OfferTerms) -> float:
    if customer.is_browsing or products.in_cart(customer) is not None:
        return 0.0
    return terms.discount(customer.probability, customer.full_price_share)


def _listed(products: Sequence[Product]) -> tuple[OfferProduct, ...]:
    return tuple(OfferProduct(product.product_id, product.title) for product in products)
