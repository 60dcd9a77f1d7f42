"""Sales of a few items, made up."""

from datetime import date

import numpy as np

from insights.sales.history import Item, SalesHistory

FIRST_DAY = date(2024, 1, 1)


def history_of(quantity, *, unobserved=(), names=()) -> SalesHistory:
    """The history of a matrix of quantities; `unobserved` are pairs of item and day, beside closed days."""
    matrix = np.array(quantity, np.float32)
    is_observed = np.broadcast_to((matrix > 0).any(axis=0), matrix.shape).copy()
    for item, day in unobserved:
        is_observed[item, day] = False
    unknown = np.full_like(matrix, np.nan)
    ids = [f"A{number}" for number in range(len(matrix))]
    items = tuple(Item(one, name) for one, name in zip(ids, names or [""] * len(ids), strict=True))
    return SalesHistory(
        FIRST_DAY,
        items,
        matrix,
        is_observed,
        unknown,
        np.zeros_like(matrix),
        unknown,
        unknown,
        np.full(len(matrix), np.nan, np.float32),
    )
