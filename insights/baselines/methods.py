"""The simple forecasts by name."""

from collections.abc import Callable, Mapping

from insights.baselines.croston import croston_sba
from insights.baselines.ets import ets
from insights.baselines.moving_average import moving_average
from insights.baselines.seasonal_naive import seasonal_naive
from insights.baselines.series import DemandSeries, SeriesForecast
from insights.baselines.theta import theta
from insights.baselines.tsb import tsb

Baseline = Callable[[DemandSeries, int], SeriesForecast]
"""Forecasts as many days after the series as its second argument says."""

BASELINES: Mapping[str, Baseline] = {
    "seasonal naive": seasonal_naive,
    "moving average": moving_average,
    "ETS": ets,
    "Theta": theta,
    "Croston SBA": croston_sba,
    "TSB": tsb,
}
