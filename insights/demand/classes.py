"""Classes of demand, by how often there is any and how much its size varies."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from insights.sales.history import SalesHistory

DemandClass = Literal["smooth", "erratic", "intermittent", "lumpy"]
CLASSES: tuple[DemandClass, ...] = ("smooth", "erratic", "intermittent", "lumpy")

_MAX_INTERVAL = 1.32
"""Days between two with demand (Syntetos, Boylan and Croston, 2005)."""
_MAX_VARIATION = 0.49
"""Of sizes: variance over squared mean (the same)."""
_RECENT_DAYS = 91
"""A quarter: what an item of a season was like a year ago does not tell what it is like now."""


def demand_classes(history: SalesHistory, items: Sequence[int] | NDArray[np.intp]) -> list[DemandClass]:
    """Return the class of each of the items with these indices, by its last 91 days.

    The interval is the mean number of observed days, from the first sale on, for each with demand; the
    squared coefficient of variation is that of the sizes of demand. Demand is smooth if both are low, erratic
    if sizes vary, intermittent if it is rare, lumpy if both (Syntetos, Boylan and Croston, 2005). An item
    that sold nothing is intermittent.
    """
    begun = np.logical_or.accumulate(history.quantity[items] > 0, axis=1)[:, -_RECENT_DAYS:]
    quantity = history.quantity[items, -_RECENT_DAYS:].astype(np.float64)
    observed = history.is_observed[items, -_RECENT_DAYS:] & begun
    sold = observed & (quantity > 0)
    count = np.maximum(sold.sum(axis=1), 1)
    is_rare = ~sold.any(axis=1) | (observed.sum(axis=1) / count >= _MAX_INTERVAL)
    mean = np.where(sold, quantity, 0.0).sum(axis=1) / count
    variance = np.where(sold, np.square(quantity - mean[:, None]), 0.0).sum(axis=1) / count
    varies = variance / np.where(mean > 0, np.square(mean), 1.0) >= _MAX_VARIATION
    return [CLASSES[2 * rare + vary] for rare, vary in zip(is_rare, varies, strict=True)]
