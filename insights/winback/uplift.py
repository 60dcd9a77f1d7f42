"""The expected incremental margin of customers, learned from campaigns with a hold-out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from insights.winback.base_learners import BaseLearner, Predictor, boosting, ridge
from insights.winback.estimate import Estimate
from insights.winback.mean_difference import mean_difference
from insights.winback.meta_learners import fit_meta_learners
from insights.winback.qini import Qini, qini, qini_coefficient
from insights.winback.uplift_rows import UpliftRows

Numbers = NDArray[np.float64]
Integers = NDArray[np.int64]

MIN_GROUP: Final = 200
"""Customers of each group, and `MIN_BUYERS` who bought: with fewer, folds have next to no buyers."""
MIN_BUYERS: Final = 20
_FOLDS = 5
_INNER_FOLDS = 2
# Held out customers from which trees may be tried: leaves of 40, in half of four fifths of them.
_MIN_FOR_BOOSTING = 400
_SEED = 0


@dataclass(frozen=True, slots=True)
class Uplift:
    """What past campaigns tell of who can be won back."""

    average: Estimate
    """Incremental margin a customer, over all: whether there is an effect at all (95 %)."""
    qini: Qini | None
    """By models that have not seen the customer; None where there are too few of them for any model."""
    learner: str
    """As `X-learner, ridge`; empty without a model."""
    _model: Predictor | None

    @property
    def is_usable(self) -> bool:
        """Whether customers differ in what contacting them gains: the Qini's interval lies above 0."""
        return self._model is not None and self.qini is not None and self.qini.coefficient.low > 0

    def to_text(self) -> str:
        """Return what was found, in a line."""
        average = f"past campaigns: {self.average.value:+.2f} a customer"
        average += f" (95 %: {self.average.low:+.2f} to {self.average.high:+.2f})"
        if self.qini is None:
            return f"{average}; too few customers to tell who can be won back"
        if self.is_usable:
            return f"{average}; who can be won back is told by {self.learner}"
        return f"{average}; who can be won back cannot be told: the Qini coefficient may be 0"

    def predict(self, features: Numbers) -> Numbers:
        """Return the expected incremental margin of customers; shape (customers, features) in.

        Raises `ValueError` where the model may not be used.
        """
        if self._model is None or not self.is_usable:
            raise ValueError("no uplift was found, so that none can be predicted; see is_usable")
        return self._model(features)


def fit_uplift(rows: UpliftRows) -> Uplift:
    """Return the uplift model of past campaigns, and whether it may be used.

    Customers are dealt to five folds. Those of each are scored by a model of the other four, whose learner
    cross-validation chose among these four alone: what tests a model has had no part in choosing it. All
    of these scores, by their ranks within the folds, make the Qini curve.

    The model for new customers is fitted to all. Its predictions are drawn towards the average by how much of
    their differences held true across folds (the best linear predictor of Chernozhukov et al., 2018).

    Parameters
    ----------
    rows
        Of one or several campaigns.
    """
    average = mean_difference(rows.groups())
    if not _is_enough(rows):
        return Uplift(average, None, "", None)
    fold = _deal(rows.customer, _FOLDS, _SEED)
    rank, predicted = np.empty(len(rows.margin)), np.empty(len(rows.margin))
    for one in range(_FOLDS):
        is_scored = fold == one
        rest = rows.take(~is_scored)
        effect = _fit(rest, _choose_learner(rest))(rows.features[is_scored])
        rank[is_scored] = _ranks(effect)
        predicted[is_scored] = effect - effect.mean()
    learner = _choose_learner(rows)
    model = _fit(rows, learner)
    slope = float(np.clip(_slope(predicted, rows), 0.0, 1.0))
    mean = float(model(rows.features).mean())
    return Uplift(
        average,
        qini(rank, rows),
        learner,
        lambda features: average.value + slope * (model(features) - mean),
    )


def _is_enough(rows: UpliftRows) -> bool:
    return all(
        group.sum() >= MIN_GROUP and np.count_nonzero(rows.margin[group]) >= MIN_BUYERS
        for group in (rows.is_treated, ~rows.is_treated)
    )


def _bases(rows: UpliftRows) -> Mapping[str, BaseLearner]:
    if int((~rows.is_treated).sum()) < _MIN_FOR_BOOSTING:
        return {"ridge": ridge}
    return {"ridge": ridge, "boosting": boosting}


def _choose_learner(rows: UpliftRows) -> str:
    """Return the learner with the best Qini coefficient by cross-validation."""
    fold = _deal(rows.customer, _INNER_FOLDS, _SEED + 1)
    ranks: dict[str, Numbers] = {}
    for base_name, base in _bases(rows).items():
        for one in range(_INNER_FOLDS):
            is_scored = fold == one
            fitted = fit_meta_learners(rows.take(~is_scored), base)
            for name, model in zip(("T-learner", "X-learner"), fitted, strict=True):
                rank = ranks.setdefault(f"{name}, {base_name}", np.empty(len(rows.margin)))
                rank[is_scored] = _ranks(model(rows.features[is_scored]))
    return max(ranks, key=lambda name: qini_coefficient(ranks[name], rows))


def _fit(rows: UpliftRows, learner: str) -> Predictor:
    fitted = fit_meta_learners(rows, ridge if learner.endswith("ridge") else boosting)
    return fitted.t_learner if learner.startswith("T") else fitted.x_learner


def _deal(customer: Integers, folds: int, seed: int) -> Integers:
    """Return a random fold of each row, the same for all rows of a customer."""
    position = np.unique(customer, return_inverse=True)[1]
    dealt = np.random.default_rng(seed).permutation(int(position.max()) + 1) % folds
    return np.asarray(dealt[position], np.int64)


def _ranks(effect: Numbers) -> Numbers:
    """Return ranks from 0 to 1, the same for equal effects: those of different models do not compare."""
    ordered = np.sort(effect)
    both = np.searchsorted(ordered, effect, "left") + np.searchsorted(ordered, effect, "right")
    return both / (2.0 * len(effect))


def _slope(predicted: Numbers, rows: UpliftRows) -> float:
    """Return by how much real effects differ where predicted ones differ by 1."""
    spread = float(np.square(predicted).mean())
    if spread == 0:
        return 0.0
    slopes = []
    for group in (rows.is_treated, ~rows.is_treated):
        weights = rows.weights()[group] / rows.weights()[group].sum()
        centred = predicted[group] - weights @ predicted[group]
        slopes.append(float(weights @ (centred * rows.margin[group])) / float(weights @ np.square(centred)))
    return slopes[0] - slopes[1]
