"""Shops for tests of new products."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from insights.sales.history import Item, SalesHistory

FIRST_DAY = date(2026, 1, 1)
DAYS = 40
LAST_DAY = date(2026, 2, 9)


def shop(
    sales: Mapping[Item, Mapping[int, float]], unobserved: Sequence[tuple[int, int]] = ()
) -> SalesHistory:
    """Return 40 days of a shop: what each item sold by day, from 0; and which items and days tell nothing."""
    quantity = np.zeros((len(sales), DAYS), np.float32)
    for row, by_day in enumerate(sales.values()):
        for day, sold in by_day.items():
            quantity[row, day] = sold
    observed = np.ones(quantity.shape, np.bool_)
    for row, day in unobserved:
        observed[row, day] = False
    unknown = np.full(quantity.shape, np.nan, np.float32)
    loss = np.full(len(sales), np.nan, np.float32)
    return SalesHistory(FIRST_DAY, tuple(sales), quantity, observed, unknown, unknown, unknown, unknown, loss)


def beginners(
    category: str, sales: Sequence[Sequence[float]], first_day: int = 30
) -> dict[Item, dict[int, float]]:
    """Return items of a category that sold this on their first days."""
    return {
        Item(f"{category}{number}", "", category): {first_day + day: sold for day, sold in enumerate(course)}
        for number, course in enumerate(sales)
    }
