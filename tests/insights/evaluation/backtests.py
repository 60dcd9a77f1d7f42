"""Backtests of a model that forecasts a given number for each item and day."""

import numpy as np

from insights.demand.forecast_table import Forecast
from insights.evaluation.backtest import Backtest, backtest
from insights.evaluation.origins import rolling_origins


def constant_model(mean, *, spread=1.0, without=()):
    """A model that expects the same of each item sold in the last 28 days, last item first."""

    def forecast(history, horizon):
        active = np.flatnonzero((history.quantity[:, -28:] > 0).any(axis=1))[::-1]
        items = tuple(history.items[index] for index in active if history.items[index].id not in without)
        values = np.full((len(items), horizon), mean, np.float32)
        return Forecast(
            history.last_day, items, values, np.maximum(values - spread, 0), values, values + spread
        )

    return forecast


def evaluated(history, model, *, horizon=14, step=14, origins=13) -> Backtest:
    return backtest(history, model, rolling_origins(history.days, horizon, step, origins), horizon, step)
