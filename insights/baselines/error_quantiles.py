"""Quantiles of simple forecasts, from their own errors."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from insights.baselines.series import DemandSeries, SeriesForecast

_ERROR_DAYS = 182
"""Half a year of errors: of the season at hand, and some twenty in each tail of 10 %."""


def error_quantiles(
    series: DemandSeries, forecast: SeriesForecast, levels: Sequence[float]
) -> list[NDArray[np.float64]]:
    """Return the forecast at each level, shape (items, horizon): the mean plus a quantile of past errors.

    The errors are those of each item one day ahead over the last half year; over several days they would be
    greater, so that these quantiles are rather too close. They are not negative, and do not cross as long as
    the levels rise. An item without errors has its mean for each.
    """
    recent = slice(-_ERROR_DAYS, None)
    errors = np.where(
        series.is_observed[:, recent], series.quantity[:, recent] - forecast.fitted[:, recent], np.nan
    )
    # Else nanquantile warns of items without errors.
    errors[np.isnan(errors).all(axis=1)] = 0.0
    shifts = np.nanquantile(errors, levels, axis=1)
    return [np.maximum(forecast.mean + shift[:, None], 0.0) for shift in shifts]
