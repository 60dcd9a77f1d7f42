"""Margins of orders, after the cost of the goods and the discount."""

import numpy as np
from numpy.typing import NDArray

from insights.customers.orders import Orders

Numbers = NDArray[np.float64]


def check_discount(discount: Numbers | float) -> None:
    """Raise `ValueError` for a discount below 0, or of 1 and more."""
    if not (np.all(np.asarray(discount) >= 0) and np.all(np.asarray(discount) < 1)):
        raise ValueError(f"a discount of {discount} is not a share of the price from 0 to below 1")


def order_margin(paid: Numbers, margin_share: float, discount: Numbers | float = 0.0) -> Numbers:
    """Return the margin of what was paid. Shape (customers,).

    What was paid is the price less the discount, and the goods cost as much with a discount as without. Of
    100 at a margin of .3 the goods cost 70; at 10 % off 90 are paid, and 20 are left.

    Parameters
    ----------
    paid
        After the discount, of each customer.
    margin_share
        Of the price without a discount.
    discount
        A share of the price; 0 for those who had none. It is taken to have been used in all of the orders,
        so that the margin is rather too low where some were without it.
    """
    check_discount(discount)
    return np.asarray(paid * (1.0 - (1.0 - margin_share) / (1.0 - np.asarray(discount))), np.float64)


def less_discount(won: Numbers, discount: Numbers, expected_value: Numbers, margin_share: float) -> Numbers:
    """Return the margin won by an offer less what its discount costs. Shape (customers,).

    The discount is on all that is bought: on what would have been without the offer, and on what was won.

    Parameters
    ----------
    won
        The incremental margin at full prices.
    discount
        Offered to each, as a share of the price.
    expected_value
        What each is expected to spend without the offer.
    margin_share
        Of the price without a discount.
    """
    check_discount(discount)
    spent = np.nan_to_num(expected_value) + np.maximum(won, 0.0) / margin_share
    return np.asarray(won - discount * spent)


def mean_order_amount(orders: Orders) -> float:
    """Return the mean of the amounts that are known; 1 where none is, so that orders count alike."""
    is_known = np.isfinite(orders.amount)
    return float(orders.amount[is_known].mean()) if is_known.any() else 1.0
