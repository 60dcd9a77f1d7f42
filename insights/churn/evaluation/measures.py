"""Measures of scores of who buys again: how well they rank customers, and how true their probabilities are.

The positive class is "buys again". Arrays have the shape (customers,). No measure depends on the order of
customers: those of equal score count with the mean of their outcomes.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]
BINS = 10
"""Of the calibration error."""
_DECILE = 0.1


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Customers of about the same probability."""

    customers: int
    expected: float
    """Their mean probability."""
    bought: float
    """The share that bought again."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """Customers by what a cut says of them and by what they did."""

    true_positives: int
    """At the cut or above, and bought again."""
    false_positives: int
    false_negatives: int
    true_negatives: int

    @property
    def accuracy(self) -> float:
        """The share of customers of whom the cut says what they did."""
        right = self.true_positives + self.true_negatives
        return _over(right, right + self.false_positives + self.false_negatives)

    @property
    def precision(self) -> float:
        """The share that bought of those at the cut or above."""
        return _over(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> float:
        """The share at the cut or above of those who bought."""
        return _over(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        errors = self.false_positives + self.false_negatives
        return _over(2 * self.true_positives, 2 * self.true_positives + errors)


@dataclass(frozen=True, slots=True)
class Errors:
    """How far expected sums of customers are from the true ones."""

    rmse: float
    """The root mean square error of a customer."""
    expected: float
    """Of all customers together, as the next."""
    true: float

    @property
    def bias(self) -> float:
        """The expected sum less the true one, over the true one; NaN where that is 0."""
        return _over(self.expected - self.true, self.true)


def auc(has_bought: Flags, score: Numbers) -> float:
    """Return the probability that a buyer has a higher score than another customer, half for equal scores.

    The area under the ROC curve (Hanley and McNeil, 1982); NaN where all customers bought, or none.
    """
    rank = tie_numbers(score)
    return weighted_auc(has_bought, rank, np.ones(len(rank)))


def tie_numbers(score: Numbers) -> NDArray[np.int64]:
    """Return the position of each score among the different ones, from the lowest, 0."""
    return np.unique(score, return_inverse=True)[1].reshape(-1).astype(np.int64)


def weighted_auc(has_bought: Flags, rank: NDArray[np.int64], weight: Numbers) -> float:
    """Return `auc` where customers count with weights; ranks as `tie_numbers` has them."""
    buyers = np.bincount(rank, weight * has_bought)
    others = np.bincount(rank, weight * ~has_bought)
    below = np.cumsum(others) - others
    return _over(float(buyers @ (below + others / 2)), float(buyers.sum() * others.sum()))


def average_precision(has_bought: Flags, score: Numbers) -> float:
    """Return the mean precision at the scores of buyers, from the highest score down; NaN without a buyer.

    The area under the curve of precision over recall without interpolation: customers of equal score are
    one step of it.
    """
    rank = tie_numbers(score)
    buyers = np.bincount(rank, has_bought)[::-1]
    customers = np.cumsum(np.bincount(rank)[::-1])
    precision = np.cumsum(buyers) / customers
    return _over(float(buyers @ precision), float(buyers.sum()))


def buyer_lift(has_bought: Flags, score: Numbers) -> float:
    """Return how many times as many buyers there are in the tenth of the highest scores as among all.

    A tenth is rounded up; NaN where nobody bought.
    """
    order = np.argsort(-score, kind="stable")
    top = tied_outcomes(has_bought, score)[order][: math.ceil(_DECILE * len(score))]
    return _over(_mean(top), _mean(has_bought))


def leaver_lift(has_bought: Flags, score: Numbers) -> float:
    """Return how many times as many who do not buy there are in the tenth of the lowest scores as among all.

    The mirror image of `buyer_lift`, for who wants to reach customers at risk; NaN where all bought.
    """
    return buyer_lift(~has_bought, -score)


def brier_score(has_bought: Flags, probability: Numbers) -> float:
    """Return the mean square of probabilities less outcomes (Brier, 1950); NaN without customers."""
    return _mean((probability - has_bought) ** 2)


def calibration_bins(has_bought: Flags, probability: Numbers, bins: int = BINS) -> tuple[CalibrationBin, ...]:
    """Return customers by their probability in bins of equal size, the lowest first.

    Sizes differ by one at most; there are fewer bins than wanted where there are fewer customers.
    """
    order = np.argsort(probability, kind="stable")
    bought = tied_outcomes(has_bought, probability)
    parts = np.array_split(order, min(bins, len(order))) if len(order) else []
    return tuple(CalibrationBin(len(part), _mean(probability[part]), _mean(bought[part])) for part in parts)


def calibration_error(has_bought: Flags, probability: Numbers) -> float:
    """Return the expected calibration error over ten bins of equal size; NaN without customers.

    The mean, weighted by the customers of a bin, of the absolute difference between their mean probability
    and the share of them that bought (Naeini, Cooper and Hauskrecht, 2015; bins as in Nixon et al., 2019).
    """
    bins = calibration_bins(has_bought, probability)
    off = sum(one.customers * abs(one.expected - one.bought) for one in bins)
    return _over(off, len(probability))


def confusion(has_bought: Flags, probability: Numbers, cut: float) -> Confusion:
    """Return customers by a cut: those with this probability or a higher one are said to buy."""
    is_above = probability >= cut
    return Confusion(
        int((is_above & has_bought).sum()),
        int((is_above & ~has_bought).sum()),
        int((~is_above & has_bought).sum()),
        int((~is_above & ~has_bought).sum()),
    )


def errors(true: Numbers, expected: Numbers) -> Errors | None:
    """Return the errors of the customers of whom both are known; None where there is none."""
    is_known = np.isfinite(true) & np.isfinite(expected)
    if not is_known.any():
        return None
    true, expected = true[is_known], expected[is_known]
    rmse = math.sqrt(float(np.mean((expected - true) ** 2)))
    return Errors(rmse, float(expected.sum()), float(true.sum()))


def tied_outcomes(has_bought: Flags, score: Numbers) -> Numbers:
    """Return the share of buyers among the customers with the score of each."""
    rank = tie_numbers(score)
    return np.asarray(np.bincount(rank, has_bought) / np.bincount(rank))[rank]


def mean_known(values: Sequence[float]) -> float:
    """Return the mean of those that are not NaN; NaN where all are."""
    known = [value for value in values if not math.isnan(value)]
    return sum(known) / len(known) if known else math.nan


def _mean(values: NDArray[np.bool_] | Numbers) -> float:
    return float(np.mean(values)) if values.size else math.nan


def _over(value: float, total: float) -> float:
    return value / total if total > 0 else math.nan
