"""Orders of a shop for tests of evaluations: some customers buy regularly, others once."""

from datetime import date

import numpy as np

from insights.customers.activity import VIEW, Activity
from insights.customers.orders import Orders

FIRST_DAY = date(2026, 1, 1)
FIRST = FIRST_DAY.toordinal()


def orders_of(days, *, last, amounts=None):
    """Return orders by customer: days from 0, and what was paid on each, 10 by default."""
    customers = tuple(sorted(days))
    sizes = [len(days[one]) for one in customers]
    paid = [(amounts or {}).get(one, [10.0] * len(days[one])) for one in customers]
    return Orders(
        customers,
        np.repeat(np.arange(len(customers)), sizes),
        FIRST + np.array([day for one in customers for day in sorted(days[one])]),
        np.array([amount for one in paid for amount in one]),
        date.fromordinal(FIRST + last),
    )


def shop_orders(customers=120, days=120, seed=1):
    """Return a shop in which every second customer orders about every ten days, the others once early on."""
    random = np.random.default_rng(seed)
    found = {}
    for number in range(customers):
        start = int(random.integers(0, days // 4))
        if number % 2:
            found[f"c{number:04}"] = [start]
        else:
            steps = random.geometric(0.1, days)
            found[f"c{number:04}"] = [
                day for day in (start + np.concatenate([[0], np.cumsum(steps)])).tolist() if day < days
            ]
    return orders_of(found, last=days - 1)


def views(customers, days):
    """Return an activity in which a customer looks at a product on each of these days."""
    size = len(days)
    return Activity(
        customers,
        np.zeros(size, np.int64),
        FIRST + np.array(days),
        FIRST + np.array(days),
        np.full(size, VIEW),
        np.zeros(size, np.int64),
        np.full(size, 5.0),
        FIRST + min(days),
    )
