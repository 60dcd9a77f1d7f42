"""Measures of forecasts of daily demand."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.evaluation.backtest import QuantileForecast, Values

LEVELS = (0.1, 0.5, 0.9)
"""Of the quantiles that are measured."""


@dataclass(frozen=True, slots=True)
class Scores:
    """How well some item days were forecast; NaN where nothing was sold in any, or there is none."""

    item_days: int
    sold: float
    """The sum of what was sold."""
    wape: float
    """Weighted absolute percentage error: the sum of absolute errors of the mean over that of sales."""
    bias: float
    """The sum of forecasts less sales over that of sales: above 0 where too much was forecast."""
    quantile_loss: tuple[float, float, float]
    """Weighted quantile loss at .1, .5 and .9: twice the pinball loss over the sum of sales."""
    above_q90: float
    """The share of item days that sold more than the quantile at .9; .1 is right."""
    below_q10: float
    """The share that sold less than the quantile at .1; at most .1, as most sell nothing where that is 0."""
    below_q50: float
    """The share that sold less than the quantile at .5."""


def score(sold: Values, forecast: QuantileForecast) -> Scores:
    """Return the measures of item days; all arrays are of shape (item days,)."""
    total = float(sold.sum())
    quantiles = (forecast.q10, forecast.q50, forecast.q90)
    losses = [
        _over(2 * pinball(sold, quantile, level), total)
        for quantile, level in zip(quantiles, LEVELS, strict=True)
    ]
    return Scores(
        len(sold),
        total,
        _over(float(np.abs(sold - forecast.mean).sum()), total),
        _over(float((forecast.mean - sold).sum()), total),
        (losses[0], losses[1], losses[2]),
        _share(sold > forecast.q90),
        _share(sold < forecast.q10),
        _share(sold < forecast.q50),
    )


def pinball(sold: Values, quantile: Values, level: float) -> float:
    """Return the sum of pinball losses of a quantile at a level (Koenker and Bassett, 1978)."""
    error = sold - quantile
    return float(np.maximum(level * error, (level - 1) * error).sum())


def _over(value: float, total: float) -> float:
    return value / total if total > 0 else math.nan


def _share(condition: NDArray[np.bool_]) -> float:
    return float(condition.mean()) if condition.size else math.nan
