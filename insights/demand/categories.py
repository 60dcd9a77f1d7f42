"""Forecasts of categories: the sums of their items, over the whole tree."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.demand.forecast import DemandForecast
from insights.sales.history import CATEGORY_SEPARATOR


@dataclass(frozen=True, slots=True)
class CategoryForecast:
    """What all items of a category, and of those below it, are expected to sell."""

    path: str
    """From the root; empty for the whole shop."""
    items: int
    mean: NDArray[np.float64]
    """Shape (horizon,): the sum of the means of the items, as all others of a day."""
    q10: NDArray[np.float64]
    """Of the sums of simulated paths: quantiles of items do not add up."""
    q50: NDArray[np.float64]
    q90: NDArray[np.float64]


def forecast_categories(demand: DemandForecast) -> list[CategoryForecast]:
    """Return the forecast of the whole shop, then of each category, parents before what is below them.

    Items without a category count for the shop alone.
    """
    members: dict[str, list[int]] = defaultdict(list)
    for index, item in enumerate(demand.forecast.items):
        members[""].append(index)
        parts = item.category.split(CATEGORY_SEPARATOR) if item.category else []
        for depth in range(1, len(parts) + 1):
            members[CATEGORY_SEPARATOR.join(parts[:depth])].append(index)
    return [_sum(path, indices, demand) for path, indices in sorted(members.items())]


def _sum(path: str, indices: list[int], demand: DemandForecast) -> CategoryForecast:
    mean = demand.forecast.mean[indices].sum(axis=0, dtype=np.float64)
    totals = np.zeros((demand.paths.quantity.shape[0], demand.forecast.horizon))
    for index in indices:  # One by one: all paths of a shop at once would be copied.
        totals += demand.paths.quantity[:, index]
    # Means of paths differ a little from those of the items, by chance and by how these are corrected.
    simulated = totals.mean(axis=0)
    totals *= np.divide(mean, simulated, out=np.ones_like(mean), where=simulated > 0)
    q10, q50, q90 = np.quantile(totals, (0.1, 0.5, 0.9), axis=0)
    return CategoryForecast(path, len(indices), mean, q10, q50, q90)
