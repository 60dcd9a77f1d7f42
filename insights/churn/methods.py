"""Methods that tell who buys again, from what needs no past to what needs much of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from insights.churn.boosting import boosted_log_odds, fit_boosting
from insights.churn.customer_numbers import customer_numbers
from insights.churn.features import BG_NBD_FEATURES, Features
from insights.churn.logistic_regression import fit_logistic_regression
from insights.churn.training_rows import Snapshot, training_rows

Numbers = NDArray[np.float64]
Predict = Callable[[Features], Numbers]

BG_NBD: Final = "BG/NBD"
CALIBRATED: Final = "calibrated BG/NBD"
REGRESSION: Final = "regression"
BOOSTING: Final = "boosting"
METHODS: Final = (BG_NBD, CALIBRATED, REGRESSION, BOOSTING)
"""The simplest first."""
# Ten buyers and ten who do not buy for each coefficient (Peduzzi and others, 1996). Windows share customers,
# and several rows of one tell less than rows of several: customers count, not rows.
_OUTCOMES_A_FEATURE = 10


@dataclass(frozen=True, slots=True)
class FittedMethod:
    """A method that has learned."""

    name: str
    predict: Predict
    """Probabilities to buy, of features of one horizon. Shape (customers,)."""


def fit_methods(snapshots: Sequence[Snapshot], threads: int) -> list[FittedMethod]:
    """Return the methods for which there is enough to learn from in the past, the simplest first.

    - BG/NBD as it is.
    - Calibrated: a logistic regression on what BG/NBD expects. Its probability is 1 to be alive for
      customers of one order, and its expected purchases rank better: both together are calibrated.
    - A logistic regression on all features, which are of the same kinds in a window of any length.
    - Gradient boosting on top of that.
    """
    methods = [FittedMethod(BG_NBD, lambda features: features.probability)]
    rows = training_rows(snapshots)
    if rows is None:
        return methods
    customer = customer_numbers(snapshots)
    rarer = min(len(np.unique(customer[rows.buys])), len(np.unique(customer[~rows.buys])))
    if rarer >= _OUTCOMES_A_FEATURE * BG_NBD_FEATURES:
        few = fit_logistic_regression(rows.values[:, :BG_NBD_FEATURES], rows.buys)
        methods.append(
            FittedMethod(
                CALIBRATED,
                lambda features: _probability(few.log_odds(features.values[:, :BG_NBD_FEATURES])),
            )
        )
    if rarer >= _OUTCOMES_A_FEATURE * rows.values.shape[1]:
        line = fit_logistic_regression(rows.values, rows.buys)
        booster = fit_boosting(rows.values, rows.buys, line.log_odds(rows.values), threads)
        methods += [
            FittedMethod(REGRESSION, lambda features: _probability(line.log_odds(features.values))),
            FittedMethod(
                BOOSTING,
                lambda features: _probability(
                    boosted_log_odds(booster, features.values, line.log_odds(features.values))
                ),
            ),
        ]
    return methods


def _probability(log_odds: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-log_odds)))
