"""Small shops for tests: orders and activity from rows, by days since 2024-01-01."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from insights.customers.activity import Activity
from insights.customers.orders import Orders

FIRST_DAY = date(2024, 1, 1)


def day(number):
    return FIRST_DAY + timedelta(days=number)


def make_orders(rows, last):
    """Rows of customer, day and, optionally, amount; up to the day `last`."""
    rows = sorted((customer, at, *(amount or [np.nan])) for customer, at, *amount in rows)
    customers = sorted({row[0] for row in rows})
    return Orders(
        tuple(customers),
        np.array([customers.index(row[0]) for row in rows], np.int64),
        np.array([FIRST_DAY.toordinal() + row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], np.float64),
        day(last),
    )


def make_activity(rows):
    """Rows of customer, day, kind and, optionally, product (-1) and price (unknown)."""
    rows = sorted((list(row) + [-1, np.nan][len(row) - 3 :] for row in rows), key=lambda row: row[:2])
    customers = sorted({row[0] for row in rows})
    days = np.array([FIRST_DAY.toordinal() + row[1] for row in rows], np.int64)
    return Activity(
        tuple(customers),
        np.array([customers.index(row[0]) for row in rows], np.int64),
        days,
        days,
        np.array([row[2] for row in rows], np.int64),
        np.array([row[3] for row in rows], np.int64),
        np.array([row[4] for row in rows], np.float64),
        int(days.min(initial=FIRST_DAY.toordinal())),
    )


def random_orders(seed, customers, days, mean=2.0):
    """Customers who order on days drawn evenly, at rates that differ between them."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        count = 1 + rng.poisson(rng.gamma(1, mean))
        rows += [
            (f"c{number:04}", int(at), float(rng.integers(1, 90))) for at in rng.integers(0, days, count)
        ]
    return make_orders(rows, days - 1)


def random_activity(seed, orders, actions):
    """As many actions of each customer, of all kinds, on days drawn evenly."""
    rng = np.random.default_rng(seed)
    size, days = len(orders.customers), (orders.last_day - orders.first_day).days + 1
    count = size * actions
    customer, kind = np.repeat(np.arange(size), actions), rng.integers(0, 5, count)
    at = orders.first_day.toordinal() + np.sort(rng.integers(0, days, (size, actions)), axis=1).ravel()
    product = np.where(kind == 0, -1, rng.integers(0, 9, count))
    price = np.where(kind == 0, np.nan, 10.0 + product)
    return Activity(orders.customers, customer, at, at, kind, product, price, orders.first_day.toordinal())


def renamed(orders, activity, names):
    """The same customers under other ids, which stand in another order."""
    ranks = np.argsort(np.argsort(names))
    rows = np.lexsort((orders.day, ranks[orders.customer]))
    ids = tuple(sorted(names))
    shop = replace(orders, customers=ids, customer=ranks[orders.customer][rows], day=orders.day[rows])
    actions = np.argsort(ranks[activity.customer], kind="stable")
    return replace(shop, amount=orders.amount[rows]), Activity(
        ids,
        ranks[activity.customer][actions],
        activity.day[actions],
        activity.known_from[actions],
        activity.kind[actions],
        activity.product[actions],
        activity.price[actions],
        activity.first_day,
    )
