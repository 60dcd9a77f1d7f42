"""Features of customers by what they did besides ordering."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from insights.churn.carts import days_since_cart_left
from insights.customers.activity import CART, FAVORITE, PURCHASE, SEARCH, VIEW, Activity
from insights.customers.orders import Orders, last_order_days

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]

WEEK_DAYS, MONTH_DAYS = 7, 28
"""Four weeks have each weekday as often."""
CART_DAYS = 28
"""A cart that was left longer ago is forgotten."""


def activity_features(orders: Orders, activity: Activity) -> dict[str, Numbers]:
    """Return columns by name for each customer of the orders: 0 for one who did nothing that is known.

    Counts and days are logarithms of one more. What was done after the last day of the orders does not
    count.
    """
    known = activity_of_customers(orders, activity)
    size, last_day = len(orders.customers), orders.last_day.toordinal()
    ago = last_day - known.day

    def count(*kinds: int, within: int) -> Numbers:
        is_counted = np.isin(known.kind, kinds) & (ago < within)
        return np.log1p(np.bincount(known.customer[is_counted], minlength=size))

    is_view = known.kind == VIEW
    cart_ago = days_since_cart_left(known, last_day, size)
    visits, before = visit_days(known, last_day, size)
    return {
        "visit_ago": np.log1p(days_since_visit(orders, known)),
        "visits": np.log1p(visits),
        "visits_change": np.log((visits + 1) / (before + 1)),
        "searches_week": count(SEARCH, within=WEEK_DAYS),
        "searches_month": count(SEARCH, within=MONTH_DAYS),
        "views_week": count(VIEW, within=WEEK_DAYS),
        "views_month": count(VIEW, within=MONTH_DAYS),
        "carts_month": count(CART, within=MONTH_DAYS),
        "favorites_month": count(FAVORITE, within=MONTH_DAYS),
        "views_since_order": np.log1p(views_since_order(orders, known)),
        "cart_left": (cart_ago < CART_DAYS).astype(np.float64),
        "cart_left_ago": np.log1p(np.minimum(cart_ago, CART_DAYS)),
        "products_bought": np.log1p(_distinct_products(known, known.kind == PURCHASE, size)),
        "products_viewed": np.log1p(_distinct_products(known, is_view & (ago < MONTH_DAYS), size)),
        "price_viewed": _mean_log_price(known, is_view & (ago < MONTH_DAYS), size),
    }


def activity_of_customers(orders: Orders, activity: Activity) -> Activity:
    """Return what these customers were known to have done at the end of the last day of the orders.

    Customers are given by their positions in the orders.
    """
    activity = activity.until(orders.last_day)
    place = {one: at for at, one in enumerate(orders.customers)}
    positions = np.array([place.get(one, -1) for one in activity.customers], np.int64)
    customer = positions[activity.customer] if len(positions) else activity.customer
    kept = np.flatnonzero(customer >= 0)
    kept = kept[np.argsort(customer[kept], kind="stable")]
    return replace(activity.take(kept), customers=orders.customers, customer=customer[kept])


def days_since_visit(orders: Orders, known: Activity) -> Numbers:
    """Return how long ago each customer last did anything or ordered. Shape (customers,)."""
    last = last_order_days(orders)
    np.maximum.at(last, known.customer, known.day)
    return (orders.last_day.toordinal() - last).astype(np.float64)


def views_since_order(orders: Orders, known: Activity) -> Numbers:
    """Return how often each customer looked at a product after the day of the last order."""
    is_since = (known.kind == VIEW) & (known.day > last_order_days(orders)[known.customer])
    return np.bincount(known.customer[is_since], minlength=len(orders.customers)).astype(np.float64)


def visit_days(known: Activity, last_day: int, size: int) -> tuple[Numbers, Numbers]:
    """Return on how many of the last four weeks' days, and of the four weeks before, customers came."""
    ago = last_day - known.day
    is_before = (ago >= MONTH_DAYS) & (ago < 2 * MONTH_DAYS)
    recent, before = (_distinct(known, known.day, is_in, size) for is_in in (ago < MONTH_DAYS, is_before))
    return recent, before


def _distinct_products(known: Activity, is_counted: NDArray[np.bool_], size: int) -> Numbers:
    return _distinct(known, known.product, is_counted & (known.product >= 0), size)


def _distinct(known: Activity, value: Integers, is_counted: NDArray[np.bool_], size: int) -> Numbers:
    """Return how many different values of 0 or more the counted actions of each customer have."""
    # One number for both: numpy finds different rows ten times slower than different numbers.
    values = int(value.max(initial=0)) + 1
    pairs = np.unique(known.customer[is_counted] * values + value[is_counted])
    return np.bincount(pairs // values, minlength=size).astype(np.float64)


def _mean_log_price(known: Activity, is_counted: NDArray[np.bool_], size: int) -> Numbers:
    """Return the mean logarithm of prices against that of all; 0 for a customer without a known price."""
    is_known = is_counted & (known.price > 0)
    if not is_known.any():
        return np.zeros(size)
    logs = np.log(known.price[is_known])
    sums = np.bincount(known.customer[is_known], logs - logs.mean(), size)
    return np.asarray(sums / np.maximum(np.bincount(known.customer[is_known], minlength=size), 1))
