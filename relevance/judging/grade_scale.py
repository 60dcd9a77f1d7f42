"""The scale of grades from clicks: what the best products of a query attract, whatever its ranking shows."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from relevance.judgements import MAX_GRADE

Floats = NDArray[np.float64]

# A grade may be wrong by half a grade (its root mean square error): what rounding to whole grades allows too.
MAX_GRADE_ERROR = 0.5
# The attraction of the best of a log: a high quantile, since a single best would be the luckiest. A ranking
# that shows one product of the best grade among twenty is enough to find it, however many others it shows.
_BEST_QUANTILE = 0.95
# Steps of the distribution from the highest attraction down to a five-hundredth of it, one in nine apart:
# finer than a thousand examinations can tell.
_STEPS = 60
_RANGE = 500.0
# Expectation maximization nears the quantile within some hundred rounds; stopped there, it stays smooth.
_ROUNDS = 200
# Pairs that the distribution is estimated from, drawn with an arbitrary fixed seed: 10 MB of likelihoods, and
# a quantile that is known within a fifth of a percent of the pairs.
_MAX_PAIRS = 20_000
_SEED = 20261123
# Half of the distance, in logarithms, between the best of a query and the best of all. Their geometric mean.
_SHARE_OF_QUERY = 0.5
# A query whose best would have grade 0 by the best of all counts as one at that limit: without a click, it
# could else be taken for one whose shoppers hardly ever click.
_LOWEST_QUERY = 0.5 / MAX_GRADE
# Standard deviation of a uniform distribution, by its half-width.
_UNIFORM = 3**-0.5
_normal_cdf = np.vectorize(NormalDist().cdf, otypes=[np.float64])


@dataclass(frozen=True, slots=True)
class GradeScale:
    """What counts as the best for each pair's query: two arrays by pair."""

    best: Floats
    """The attraction of a product of the highest grade."""
    error: Floats
    """The standard error of `best`, as a share of it."""


def fit_grade_scale(query: NDArray[np.int64], clicks: Floats, examinations: Floats) -> GradeScale:
    """Return the scale of each pair's query.

    A mean over what was shown depends on the ranking: a poor one shows poor products, and makes the mediocre
    look good. The best that a log shows depends on it far less. Two bests are joined:

    - the best of all: the 95 % quantile of attraction over all pairs of query and product, each counting
      once, however often it was shown. Its distribution is estimated free of chance, as the mixture that
      explains all clicks best (Kiefer and Wolfowitz, 1956; by expectation maximization, Laird, 1978);
    - the best of the query: the highest posterior mean attraction of its products, with this distribution as
      prior (empirical Bayes, Robbins, 1956), but a sixth of the best of all at least.

    Clicks alone cannot tell a query whose shoppers click little from one that was shown nothing good: the
    first calls for the best of the query, the second for the best of all. The scale is their geometric mean,
    and its error that of anything between the two.

    Parameters
    ----------
    query
        The number of each pair's query, from 0.
    clicks
        The clicks of each pair; they need not be whole.
    examinations
        The expected examinations of each pair; pairs with 0 take no part. One at least must have clicks.
    """
    known = examinations > 0
    attractions = _steps(float((clicks[known] / np.maximum(examinations[known], 1)).max()))
    weights = _distribution(clicks[known], examinations[known], attractions)
    best_of_all = float(np.exp(np.interp(_BEST_QUANTILE, np.cumsum(weights), np.log(attractions))))
    best_of_query = np.zeros(int(query.max()) + 1)
    means = _posterior_means(clicks[known], examinations[known], attractions, weights)
    np.maximum.at(best_of_query, query[known], means)
    best_of_query[best_of_query == 0] = best_of_all
    distance = np.log(np.maximum(best_of_query / best_of_all, _LOWEST_QUERY))[query]
    return GradeScale(
        best_of_all * np.exp(_SHARE_OF_QUERY * distance), _UNIFORM * _SHARE_OF_QUERY * np.abs(distance)
    )


def grade_by_scale(values: Floats, errors: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return the grade of each value, and its root mean square error.

    Grades are equally far apart: three times the value, rounded, and 3 for all above the best.

    Parameters
    ----------
    values
        The attraction of each pair as a share of the best; not NaN.
    errors
        Their standard errors; the true value is taken to be normally distributed.
    """
    grades = np.minimum(np.floor(MAX_GRADE * values + 0.5), MAX_GRADE).astype(np.int64)
    # Between grade 0 and 1, 1 and 2, 2 and 3.
    limits = (np.arange(MAX_GRADE) + 0.5) / MAX_GRADE
    # Floats have no error of exactly 0 here.
    below = _normal_cdf((limits - values[:, None]) / np.maximum(errors, 1e-12)[:, None])
    edges = np.hstack([np.zeros((len(values), 1)), below, np.ones((len(values), 1))])
    distance = np.arange(MAX_GRADE + 1) - grades[:, None]
    return grades, np.sqrt((np.diff(edges, axis=1) * distance**2).sum(axis=1))


def _steps(highest: float) -> Floats:
    return np.geomspace(highest / _RANGE, highest, _STEPS)


def _distribution(clicks: Floats, examinations: Floats, attractions: Floats) -> Floats:
    """Return the share of pairs with each attraction that makes the clicks of all most likely."""
    if len(clicks) > _MAX_PAIRS:
        drawn = np.random.default_rng(_SEED).choice(len(clicks), _MAX_PAIRS, replace=False)
        clicks, examinations = clicks[drawn], examinations[drawn]
    likelihood = _likelihood(clicks, examinations, attractions)
    weights = np.full(len(attractions), 1 / len(attractions))
    for _ in range(_ROUNDS):
        weights *= likelihood.T @ (1 / (likelihood @ weights)) / len(clicks)
    return weights


def _posterior_means(clicks: Floats, examinations: Floats, attractions: Floats, weights: Floats) -> Floats:
    means = []
    for first in range(0, len(clicks), _MAX_PAIRS):
        part = slice(first, first + _MAX_PAIRS)
        likelihood = _likelihood(clicks[part], examinations[part], attractions)
        means.append(likelihood @ (weights * attractions) / (likelihood @ weights))
    return np.concatenate(means)


def _likelihood(clicks: Floats, examinations: Floats, attractions: Floats) -> Floats:
    """Return the likelihood of each pair's clicks (Poisson) by attraction, relative to the highest."""
    logs = clicks[:, None] * np.log(attractions) - examinations[:, None] * attractions
    likelihood: Floats = np.exp(logs - logs.max(axis=1, keepdims=True))
    return likelihood
