"""Carts that customers left: products put into it and not bought since."""

import numpy as np
from numpy.typing import NDArray

from insights.customers.activity import CART, PURCHASE, Activity

Numbers = NDArray[np.float64]


def days_since_cart_left(activity: Activity, last_day: int, size: int) -> Numbers:
    """Return how long ago each customer last put a product into the cart that they have not bought since.

    Shape (size,); infinite where there is none. A purchase of the product on the day of the cart or later
    ends it.

    Parameters
    ----------
    activity
        By positions of customers below `size`, up to `last_day`.
    last_day
        A day since 0001-01-01.
    size
        The number of customers.
    """
    products = int(activity.product.max(initial=0)) + 1
    pair = activity.customer * products + np.maximum(activity.product, 0)
    is_cart = (activity.kind == CART) & (activity.product >= 0)
    is_purchase = (activity.kind == PURCHASE) & (activity.product >= 0)
    pairs, positions = np.unique(pair[is_cart], return_inverse=True)
    put = np.zeros(len(pairs), np.int64)
    np.maximum.at(put, positions, activity.day[is_cart])
    bought = np.zeros(len(pairs), np.int64)
    found = np.searchsorted(pairs, pair[is_purchase])
    is_of_cart = found < len(pairs)
    is_of_cart[is_of_cart] = pairs[found[is_of_cart]] == pair[is_purchase][is_of_cart]
    np.maximum.at(bought, found[is_of_cart], activity.day[is_purchase][is_of_cart])
    is_left = bought < put
    latest = np.zeros(size, np.int64)
    np.maximum.at(latest, pairs[is_left] // products, put[is_left])
    return np.where(latest > 0, last_day - latest, np.inf).astype(np.float64)
