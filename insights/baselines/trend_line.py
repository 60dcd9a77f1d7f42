"""Least squares lines through series with missing days."""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def trend_line(values: Values, observed: NDArray[np.bool_]) -> tuple[Values, Values]:
    """Return intercept (on day 0) and slope of the line through each series, shape (series,) each.

    Both arguments have the shape (series, days).
    """
    day = np.arange(values.shape[1], dtype=np.float64)
    count = observed.sum(axis=1)
    mean_day = (observed * day).sum(axis=1) / count
    mean = values.mean(axis=1, where=observed)
    centred = np.where(observed, day - mean_day[:, None], 0.0)
    spread = np.square(centred).sum(axis=1)
    slope = (centred * values).sum(axis=1) / np.where(spread > 0, spread, 1.0)
    return mean - slope * mean_day, slope
