"""Means of daily values over any span of days, from running totals."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
_MAX_ROWS_AT_ONCE = 4_096


@dataclass(frozen=True, slots=True)
class RunningTotals:
    """Totals of rows of daily values from the first day on."""

    total: Values
    """Shape (rows, days + 1): the sum of the observed values before each day."""
    observed: NDArray[np.int32]
    """Shape (rows, days + 1): the number of observed values before each day."""

    def mean(self, rows: NDArray[np.intp] | slice, first: int, end: int) -> Values:
        """Return the mean of the observed values of the days from `first` until before `end`.

        Shape (rows,); NaN where none of them was observed. Days outside the history count as not observed.
        """
        last = self.total.shape[1] - 1
        first, end = min(max(first, 0), last), min(max(end, 0), last)
        observed = self.observed[rows, end] - self.observed[rows, first]
        total = self.total[rows, end] - self.total[rows, first]
        return np.asarray(np.divide(total, observed, out=np.full(total.shape, np.nan), where=observed > 0))


def running_totals(values: NDArray[np.floating], is_observed: NDArray[np.bool_]) -> RunningTotals:
    """Return the running totals of daily values, both of shape (rows, days)."""
    shape = values.shape[0], values.shape[1] + 1
    total, observed = np.zeros(shape), np.zeros(shape, np.int32)
    # In blocks, since the product of the two would be another matrix of this size.
    for start in range(0, values.shape[0], _MAX_ROWS_AT_ONCE):
        block = slice(start, start + _MAX_ROWS_AT_ONCE)
        np.cumsum(np.where(is_observed[block], values[block], 0), axis=1, out=total[block, 1:])
        np.cumsum(is_observed[block], axis=1, dtype=np.int32, out=observed[block, 1:])
    return RunningTotals(total, observed)
