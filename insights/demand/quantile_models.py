"""One LightGBM model of all items for each quantile, and how far it errs on days that it has not seen."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from insights.demand.running_totals import Values
from insights.demand.training_rows import MIN_ROWS, TrainingRows

if TYPE_CHECKING:
    import lightgbm

LEVELS = (0.1, 0.5, 0.9)
# Eight weeks: long against the horizon, so that few rows of a fold look like those of its neighbours.
_BLOCK_DAYS = 56
_FOLDS = 2
# On 13 fortnights of a supermarket's vegetables weights by age, extremely randomized trees and trees of 15
# leaves were no better.
_ROUNDS = 150
_PARAMETERS = {
    "objective": "quantile",
    "num_leaves": 31,
    "learning_rate": 0.07,
    "min_data_in_leaf": MIN_ROWS,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "feature_fraction": 0.7,
    "max_bin": 63,
    "force_col_wise": True,
    "deterministic": True,
    "seed": 0,
    "verbose": -1,
}


@dataclass(frozen=True, slots=True)
class FittedQuantiles:
    """A model for each of `LEVELS`."""

    boosters: Sequence["lightgbm.Booster"]
    held_out: Values
    """Shape (levels, rows): of each training row by a model that has not seen its day, in units of scale."""

    def predict(self, features: NDArray[np.float32]) -> Values:
        """Return the quantiles of rows, shape (levels, rows), in units of scale and in order."""
        return in_order(np.array([booster.predict(features) for booster in self.boosters]))


def fit_quantiles(rows: TrainingRows, threads: int) -> FittedQuantiles:
    """Return models of the demand at `LEVELS` fitted on all rows.

    Those that tell the errors are fitted on one of two folds each. Days belong to folds by blocks of eight
    weeks, so that no day is both learned from and held out. Rows weigh by their scale, which makes their
    loss that of the quantities themselves: the pinball loss (Koenker & Bassett 1978).
    """
    # Threads that wait in a loop take cores from each other: two forecasts at once on two cores took 131 s
    # each, and 38 s where they sleep. OpenMP reads this when it is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import lightgbm

    data = lightgbm.Dataset(
        rows.features, rows.quantity, weight=rows.scale, params=_PARAMETERS, free_raw_data=False
    ).construct()
    fold = rows.day // _BLOCK_DAYS % _FOLDS
    held_out = np.empty((len(LEVELS), len(rows.day)))
    boosters = []
    for position, level in enumerate(LEVELS):
        parameters = {**_PARAMETERS, "alpha": level, "num_threads": threads}
        boosters.append(lightgbm.train(parameters, data, _ROUNDS))
        for held in range(_FOLDS):
            rest, is_held = np.flatnonzero(fold != held), fold == held
            if len(rest) >= MIN_ROWS and is_held.any():
                booster = lightgbm.train(parameters, data.subset(rest.tolist()), _ROUNDS)
                held_out[position, is_held] = booster.predict(rows.features[is_held])
            else:  # All days, or nearly all, within one block.
                held_out[position] = boosters[-1].predict(rows.features)
    return FittedQuantiles(boosters, in_order(held_out))


def in_order(quantiles: Values) -> Values:
    """Return quantiles, levels first, without negative ones and with none that cross.

    Sorting never makes them worse (Chernozhukov, Fernández-Val & Galichon 2010).
    """
    return np.sort(np.maximum(quantiles, 0), axis=0)
