"""Logistic regression with a penalty, by Newton's method."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

# One on standardized columns: as if one customer more had told nothing. It decides between columns that say
# the same, and is nothing beside hundreds of customers.
_PENALTY = 1.0
# Standard deviations: a customer further out than any learned from is treated as one at the edge.
_MAX_DEVIATION = 4.0
_MAX_STEPS = 50
_TOLERANCE = 1e-8


@dataclass(frozen=True, slots=True)
class LogisticRegression:
    """A fitted model. Arrays have the shape (columns,), and are of standardized columns."""

    mean: Numbers
    scale: Numbers
    intercept: float
    coefficients: Numbers
    standard_errors: Numbers
    """Of the coefficients."""

    def log_odds(self, values: Numbers) -> Numbers:
        """Return the log odds of rows. Shape (rows,)."""
        return np.asarray(self.intercept + _standardized(values, self.mean, self.scale) @ self.coefficients)


def fit_logistic_regression(
    values: Numbers, is_true: NDArray[np.bool_], group: NDArray[np.int64] | None = None
) -> LogisticRegression:
    """Return the model with the highest likelihood less a quadratic penalty on all but the intercept.

    Standard errors are the larger ones of the usual estimator and of a sandwich (Angrist and Pischke, 2009).
    The sandwich (Liang and Zeger, 1986) holds for rows of a group that depend on each other, as those of one
    customer do; but it is near 0 where by chance none of few rows in a column is true.

    Parameters
    ----------
    values
        Shape (rows, columns).
    is_true
        Shape (rows,): the outcome.
    group
        Shape (rows,): the number of the group of each row, from 0; by default each row is one.
    """
    mean, scale = values.mean(axis=0), values.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    rows = np.column_stack([np.ones(len(values)), _standardized(values, mean, scale)])
    penalty = np.full(rows.shape[1], _PENALTY)
    penalty[0] = 0.0
    share = np.clip(is_true.mean(), 1e-6, 1 - 1e-6)
    weights = np.zeros(rows.shape[1])
    weights[0] = np.log(share / (1 - share))
    loss = _loss(rows, is_true, weights, penalty)
    hessian = np.diag(penalty + 1.0)
    for _ in range(_MAX_STEPS):
        probability = 1 / (1 + np.exp(-rows @ weights))
        gradient = rows.T @ (probability - is_true) + penalty * weights
        hessian = (rows * (probability * (1 - probability))[:, None]).T @ rows + np.diag(penalty)
        step = np.linalg.lstsq(hessian, gradient, rcond=None)[0]
        # A step too far is halved: far from the optimum Newton's method may pass it.
        while (closer := _loss(rows, is_true, weights - step, penalty)) > loss and np.abs(step).max() > 1e-12:
            step = step / 2
        weights, before, loss = weights - step, loss, closer
        if before - loss < _TOLERANCE * max(1.0, abs(loss)):
            break
    covariance = np.asarray(np.linalg.pinv(hessian), np.float64)
    errors = _standard_errors(rows, is_true, weights, covariance, group)
    return LogisticRegression(mean, scale, float(weights[0]), weights[1:], errors[1:])


def _standard_errors(
    rows: Numbers,
    is_true: NDArray[np.bool_],
    weights: Numbers,
    covariance: Numbers,
    group: NDArray[np.int64] | None,
) -> Numbers:
    scores = rows * (is_true - 1 / (1 + np.exp(-rows @ weights)))[:, None]
    if group is not None:
        scores = np.column_stack([np.bincount(group, column) for column in scores.T])
    # The diagonal of the sandwich as sums of squares, which rounding cannot make negative.
    sandwich = np.sqrt(((scores @ covariance) ** 2).sum(axis=0))
    return np.asarray(np.maximum(sandwich, np.sqrt(np.clip(np.diag(covariance), 0, None))))


def _standardized(values: Numbers, mean: Numbers, scale: Numbers) -> Numbers:
    return np.asarray(np.clip((values - mean) / scale, -_MAX_DEVIATION, _MAX_DEVIATION))


def _loss(rows: Numbers, is_true: NDArray[np.bool_], weights: Numbers, penalty: Numbers) -> float:
    log_odds = rows @ weights
    return float((np.logaddexp(0, log_odds) - is_true * log_odds).sum() + penalty @ weights**2 / 2)
