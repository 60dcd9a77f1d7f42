"""Daily demand of items as series for forecasts that look at one series at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.sales.history import SalesHistory

WEEK = 7
"""Days of the only season that these forecasts know."""


@dataclass(frozen=True, slots=True)
class DemandSeries:
    """What was asked for of each item, day by day; all series end on the same day."""

    quantity: NDArray[np.float64]
    """Shape (items, days)."""
    is_observed: NDArray[np.bool_]
    """Shape (items, days). False before the first sale of an item, and where its quantity is no demand.
    Every item has an observed day."""

    @property
    def days(self) -> int:
        """The number of days."""
        return int(self.quantity.shape[1])

    @property
    def first_days(self) -> NDArray[np.intp]:
        """Shape (items,): the day on which each series begins, its first observed one."""
        return np.asarray(np.argmax(self.is_observed, axis=1))


@dataclass(frozen=True, slots=True)
class SeriesForecast:
    """Mean demand on the days after a series, and what the method would have forecast on its own days."""

    mean: NDArray[np.float64]
    """Shape (items, horizon), not negative."""
    fitted: NDArray[np.float64]
    """Shape (items, days): for each day from the days before it, with the parameters of the whole series;
    NaN where there is none."""


def demand_series(history: SalesHistory, items: Sequence[int] | NDArray[np.intp]) -> DemandSeries:
    """Return the series of the items with these indices, each from its first sale on.

    Where no day of an item tells its demand, as that of one that is always sold out, its sales stand for it.
    """
    quantity = history.quantity[items].astype(np.float64)
    begun = np.logical_or.accumulate(quantity > 0, axis=1)
    is_observed = history.is_observed[items] & begun
    unknown = ~is_observed.any(axis=1)
    is_observed[unknown] = begun[unknown]
    # An item that never sold: a series of zeros.
    is_observed[~begun.any(axis=1)] = True
    return DemandSeries(quantity, is_observed)
