"""Carts and purchases after clicks: how much more often than the mean those of each product end in one."""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Least weight of the prior of conversion, in clicks: a single purchase after a single click proves little.
_PRIOR_CLICKS = 10.0
# Sums of floats differ by rounding.
_ROUNDING = 1e-9


def relative_conversion(clicks: Floats, conversions: Floats) -> tuple[Floats, Floats]:
    """Return how much more often than the mean the clicks of each pair convert, and its relative error.

    The rate of a pair is shrunk to the mean by as many clicks as fit the spread of the rates: where they
    differ by no more than chance, all are the mean (empirical Bayes; the moments of the beta-binomial
    distribution, Kleinman, 1973). The error is how much that varies from one log to another: how far the
    true rate may lie would leave hardly anything but zeros, since purchases are rare. Without any cart or
    purchase in the log, only clicks count.

    Parameters
    ----------
    clicks, conversions
        By pair; conversions need not be whole, and are no more than clicks. One pair at least has clicks.
    """
    mean = conversions.sum() / clicks.sum()
    if not 0 < mean < 1:
        return np.ones(len(clicks)), np.zeros(len(clicks))
    prior_clicks = max(_PRIOR_CLICKS, _beta_binomial_size(clicks, conversions, mean))
    if math.isinf(prior_clicks):
        return np.ones(len(clicks)), np.zeros(len(clicks))
    rate = (conversions + prior_clicks * mean) / (clicks + prior_clicks)
    return rate / mean, np.sqrt(clicks * (1 - rate) / rate) / (clicks + prior_clicks)


def _beta_binomial_size(clicks: Floats, conversions: Floats, mean: float) -> float:
    """Return the clicks that the prior of a rate counts for; infinite if rates differ by chance alone."""
    clicked = clicks > 0
    clicks, rates = clicks[clicked], conversions[clicked] / clicks[clicked]
    total, degrees = float(clicks.sum()), len(clicks) - 1
    by_chance = mean * (1 - mean)
    excess = float((clicks * (rates - mean) ** 2).sum()) - degrees * by_chance
    repeated = total - float((clicks**2).sum()) / total - degrees
    # Nothing to see: rates differ by chance alone, or no pair was clicked twice.
    if excess <= 0 or repeated < _ROUNDING * total:
        return math.inf
    # Of the variance of a conversion, the part that is between pairs is 1 / (size + 1).
    return max(0.0, by_chance * repeated / excess - 1)
