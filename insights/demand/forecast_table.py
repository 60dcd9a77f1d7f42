"""Forecasts of items, as matrices of items by days and as sampled paths."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from insights.sales.history import Item


@dataclass(frozen=True, slots=True)
class Forecast:
    """What each item is expected to sell on each of the days after `origin`.

    `0 <= q10 <= q50 <= q90` and `mean >= 0` hold everywhere, and all are finite.
    """

    origin: date
    """The last day whose sales were known; the first column is the day after it."""
    items: tuple[Item, ...]
    mean: NDArray[np.float32]
    """Shape (items, horizon), as all others."""
    q10: NDArray[np.float32]
    q50: NDArray[np.float32]
    q90: NDArray[np.float32]

    @property
    def horizon(self) -> int:
        """The number of days."""
        return int(self.mean.shape[1])


@dataclass(frozen=True, slots=True)
class SamplePaths:
    """Simulated sales of each item, day after day: what may happen, with the chance that it does.

    Days of one path belong together, and so do items: sums over days and over items have the spread that
    sums have, which sums of quantiles do not.
    """

    origin: date
    items: tuple[Item, ...]
    quantity: NDArray[np.float32]
    """Shape (paths, items, horizon), not negative."""
