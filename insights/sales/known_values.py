"""Values of rows in which some are unknown."""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def mean_of_known(values: NDArray[np.floating]) -> Values:
    """Return the mean of what is known in each row of `values`, shape (rows,); NaN where nothing is."""
    known = np.isfinite(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0).sum(axis=1, dtype=np.float64)
    return np.asarray(np.divide(total, count, out=np.full(len(values), np.nan), where=count > 0))


def last_known(values: NDArray[np.floating]) -> Values:
    """Return the last known value of each row of `values`, shape (rows,); NaN where nothing is known."""
    known = np.isfinite(values)
    last = values.shape[1] - 1 - known[:, ::-1].argmax(axis=1)
    return np.where(known.any(axis=1), values[np.arange(len(values)), last], np.nan).astype(np.float64)
