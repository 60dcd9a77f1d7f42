"""Gradient boosting on top of a regression: what trees see that a line does not."""

import os
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import lightgbm

Numbers = NDArray[np.float64]

# Few and small trees: the regression has said the most. On CDNOW 80 rounds gained nothing over 40.
_ROUNDS = 60
_MIN_ROWS, _ROWS_SHARE = 20, 200
_PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 7,
    "lambda_l2": 10.0,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "feature_fraction": 0.7,
    "max_bin": 63,
    "force_col_wise": True,
    "deterministic": True,
    "seed": 0,
    "verbose": -1,
}


def fit_boosting(
    values: Numbers, is_true: NDArray[np.bool_], log_odds: Numbers, threads: int
) -> "lightgbm.Booster":
    """Return trees fitted to what log odds leave unexplained (Friedman, 2001); predictions add to these.

    Parameters
    ----------
    values
        Shape (rows, features).
    is_true, log_odds
        Shape (rows,): the outcome, and what another model says of it.
    threads
        Of LightGBM.
    """
    # Threads that wait in a loop take cores from each other; OpenMP reads this when it is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import lightgbm

    parameters = {
        **_PARAMETERS,
        "min_data_in_leaf": max(_MIN_ROWS, len(values) // _ROWS_SHARE),
        "num_threads": threads,
    }
    data = lightgbm.Dataset(
        values.astype(np.float32), is_true.astype(np.float32), init_score=log_odds, params=parameters
    )
    return lightgbm.train(parameters, data, _ROUNDS)


def boosted_log_odds(booster: "lightgbm.Booster", values: Numbers, log_odds: Numbers) -> Numbers:
    """Return log odds with what the trees add. Shape (rows,)."""
    return np.asarray(log_odds + booster.predict(values.astype(np.float32), raw_score=True))
