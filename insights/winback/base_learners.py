"""Regressions that uplift models are made of: few customers respond, so both are held back strongly."""

import os
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Predictor = Callable[[Numbers], Numbers]
"""Returns the expected outcome of rows of features: shape (rows, features) in, (rows,) out."""
BaseLearner = Callable[[Numbers, Numbers, Numbers], Predictor]
"""Fits features (rows, features), an outcome (rows,) and weights (rows,)."""

# From hardly any to nearly the mean of all; a factor of ten is finer than cross-validation can tell.
_PENALTIES = (0.01, 0.1, 1.0, 10.0)
# Trees of four leaves of a tenth of the customers each, in small steps: effects of two features at a time.
_ROUNDS = 60
_LEAVES = 4
_MIN_LEAF, _LEAF_SHARE = 40, 10
_BOOSTING = {
    "objective": "regression",
    "num_leaves": _LEAVES,
    "learning_rate": 0.05,
    "lambda_l2": 10.0,
    "feature_fraction": 0.8,
    "max_bin": 31,
    "force_col_wise": True,
    "deterministic": True,
    "seed": 0,
    "verbose": -1,
}


def ridge(features: Numbers, outcome: Numbers, weights: Numbers) -> Predictor:
    """Return ridge regression on the ranks of features, so that great values have no greater say.

    The penalty is chosen by generalized cross-validation (Golub, Heath and Wahba, 1979). An unknown value
    counts as the median.
    """
    ranks = _ranks_among(features)
    share = weights / weights.sum()
    matrix = ranks(features)
    means, mean = share @ matrix, float(share @ outcome)
    centred = matrix - means
    variance, axes = np.linalg.eigh(centred.T @ (share[:, None] * centred))
    variance = np.maximum(variance, 0.0)
    if not variance.any():
        return lambda rows: np.full(len(rows), mean)
    along = axes.T @ (centred.T @ (share * (outcome - mean)))
    total = float(share @ np.square(outcome - mean))

    def shrunk(penalty: float) -> Numbers:
        return np.asarray(along / (variance + penalty * variance.mean()))

    def validated_error(penalty: float) -> float:
        slopes = shrunk(penalty)
        error = total - 2 * float(slopes @ along) + float(variance @ np.square(slopes))
        used = 1 + float(np.sum(variance / (variance + penalty * variance.mean())))
        return error / (1 - used / len(outcome)) ** 2

    coefficients = axes @ shrunk(min(_PENALTIES, key=validated_error))
    return lambda rows: mean + (ranks(rows) - means) @ coefficients


def boosting(features: Numbers, outcome: Numbers, weights: Numbers) -> Predictor:
    """Return gradient-boosted trees (LightGBM), few and small."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # As in insights.demand.quantile_models.
    import lightgbm

    # One thread: the tables are small, and threads would wait for each other most of the time.
    leaf = max(_MIN_LEAF, len(outcome) // _LEAF_SHARE)
    parameters = {**_BOOSTING, "min_data_in_leaf": leaf, "num_threads": 1}
    data = lightgbm.Dataset(features, outcome, weight=weights / weights.mean(), params=parameters)
    booster = lightgbm.train(parameters, data, _ROUNDS)
    return lambda rows: np.asarray(booster.predict(rows, num_threads=1), np.float64)


def _ranks_among(features: Numbers) -> Predictor:
    """Return what gives each value its rank among those of some rows, from -.5 to .5."""
    columns = [np.sort(column[np.isfinite(column)]) for column in features.T]

    def ranks(rows: Numbers) -> Numbers:
        result = np.zeros(rows.shape)
        for position, known in enumerate(columns):
            values = rows[:, position]
            below = np.searchsorted(known, values, "left") + np.searchsorted(known, values, "right")
            is_known = np.isfinite(values) & (len(known) > 0)
            result[is_known, position] = below[is_known] / (2 * max(len(known), 1)) - 0.5
        return result

    return ranks
