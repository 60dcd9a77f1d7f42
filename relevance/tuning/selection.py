"""Forward selection of parameter changes: each step must beat chance."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from relevance.comparison import SIGNIFICANCE_LEVEL
from relevance.tuning.parameters import Parameter, Setting, neighbour_settings

QueryScores = NDArray[np.float64]
MeasureSetting = Callable[[Setting], QueryScores]
"""The measure of each query under a setting, shape (queries,)."""

# Sign flips in a step: the standard error of its level, .05, is then .005.
_FLIPS = 2_000
# An arbitrary fixed seed: the same judgements give the same result.
_SEED = 20261125
# Differences of the measure below this are rounding.
_ROUNDING = 1e-9


def select(
    measure_setting: MeasureSetting,
    start: Setting,
    parameters: Sequence[Parameter],
    weights: QueryScores,
) -> Setting:
    """Return the setting reached by forward selection of changes with a significant gain.

    The threshold accounts for the number of parameters: the more values are tried, the more the best of them
    gains by luck. So at each step the best gain, in standard errors, is compared with the best gain of all
    changes when the sign of each query's difference is a coin toss (the maximum statistic of Westfall and
    Young, 1993); it must be above all but 5 % of those. The gains of related values are correlated, which
    this accounts for. Of the changes that pass, the one that gains most is made, and all are tried again from
    there.

    Parameters
    ----------
    measure_setting
        Returns the measure of each query under a setting.
    start
        The setting to begin with.
    parameters
        The parameters that may be changed.
    weights
        The weight of each query in the mean, shape (queries,); 0 for those held out.
    """
    setting = start
    weighted_queries = np.flatnonzero(weights)
    source = np.random.default_rng(_SEED)
    signs = source.choice((-1.0, 1.0), (_FLIPS, len(weighted_queries)))
    while True:
        before = measure_setting(setting)
        candidates = neighbour_settings(setting, parameters)
        gains = np.stack([weights * (measure_setting(neighbour) - before) for neighbour in candidates])[
            :, weighted_queries
        ]
        best = _best_significant(gains, signs)
        if best is None:
            return setting
        setting = candidates[best]


def set_weights(sets: Sequence[str], weighted_queries: NDArray[np.bool_]) -> QueryScores:
    """Return the weight of each query in the mean over sets; 0 for queries that are not selected."""
    names = np.array(sets)
    weights = np.zeros(len(names))
    asked_sets = np.unique(names[weighted_queries])
    for name in asked_sets:
        of_set = weighted_queries & (names == name)
        weights[of_set] = 1 / (len(asked_sets) * of_set.sum())
    return weights


def _best_significant(gains: QueryScores, signs: QueryScores) -> int | None:
    """Return the row of weighted gains, shape (changes, queries), with the largest significant gain."""
    # Independent of the signs: the standard error under the null hypothesis.
    errors = np.sqrt((gains**2).sum(axis=1))
    counted = np.flatnonzero(errors > _ROUNDING)
    if not len(counted):
        return None
    in_errors = gains[counted] / errors[counted, None]
    threshold = np.quantile((signs @ in_errors.T).max(axis=1), 1 - SIGNIFICANCE_LEVEL)
    # Strictly above: with few queries, all of them gain in some of the tosses.
    passed = counted[in_errors.sum(axis=1) > threshold + _ROUNDING]
    return int(passed[np.argmax(gains[passed].sum(axis=1))]) if len(passed) else None
