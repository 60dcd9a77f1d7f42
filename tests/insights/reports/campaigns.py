"""Selections and offers that are made by hand."""

from datetime import date

import numpy as np

from insights.winback.offers import Offer, OfferProduct
from insights.winback.selection import Exclusions, Selection
from insights.winback.terms import CampaignTerms

START = date(2026, 7, 1)
HAT, COAT = OfferProduct("p1", "帽子"), OfferProduct("p2", "大衣")
CART = Offer("cart-reminder", 0.0, (HAT,), "", "您加购的“帽子”仍在售")
NEW = Offer("new-products", 0.0, (), "", "店里上新了")


def off(discount, *products):
    """Return an offer of a discount on products."""
    return Offer("discount", discount, products, "", "老客专享")


def selection_of(contacted, held_out, *, excluded=(0, 0, 0, 0), basis="value-at-risk", notes=(), name="夏季"):
    """Return a selection of so many customers, those held out last, each of whom costs 2."""
    size = contacted + held_out
    return Selection(
        CampaignTerms(name, 1000.0, contact_cost=0.5, margin_share=0.4),
        basis,
        tuple(f"秘密{number}" for number in range(size)),
        np.arange(size) >= contacted,
        np.arange(size, 0, -1.0),
        np.full(size, 2.0),
        size + sum(excluded),
        Exclusions(*excluded),
        notes,
    )
