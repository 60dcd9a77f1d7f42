"""The difference in AUC between a model and the best baseline, with an interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.churn.evaluation.measures import Flags, Numbers, tie_numbers, weighted_auc

_RESAMPLES = 1_000
"""Ends of an interval of 95 % vary by some twentieth of its width between seeds."""
_SEED = 0
_MIN_CUSTOMERS = 30
"""For an interval: fewer do not tell how much customers differ."""


@dataclass(frozen=True, slots=True)
class ComparedOrigin:
    """Two scores of the same customers. Arrays have the shape (customers,)."""

    customer: NDArray[np.int64]
    """A number of each customer, from 0, the same at all origins."""
    has_bought: Flags
    model: Numbers
    baseline: Numbers


@dataclass(frozen=True, slots=True)
class AucDifference:
    """The mean AUC of a model over origins less that of a baseline."""

    baseline: str
    mean: float
    interval: tuple[float, float] | None
    """95 %, by resampling customers (Efron, 1979), each with both scores at all origins; None for fewer than
    30 customers, or where an AUC is not known."""


def auc_difference(baseline: str, origins: Sequence[ComparedOrigin]) -> AucDifference:
    """Return the difference, over origins that have buyers and others; NaN where none has."""
    usable = [one for one in origins if one.has_bought.any() and not one.has_bought.all()]
    ranks = [(tie_numbers(one.model), tie_numbers(one.baseline)) for one in usable]
    customers = 1 + max((int(one.customer.max()) for one in usable), default=-1)

    def difference(weight: Numbers) -> float:
        differences = [
            weighted_auc(one.has_bought, model, weight[one.customer])
            - weighted_auc(one.has_bought, baseline, weight[one.customer])
            for one, (model, baseline) in zip(usable, ranks, strict=True)
        ]
        return float(np.mean(differences)) if differences else np.nan

    mean = difference(np.ones(customers))
    if customers < _MIN_CUSTOMERS:
        return AucDifference(baseline, mean, None)
    random = np.random.default_rng(_SEED)
    drawn = [
        difference(np.bincount(random.integers(0, customers, customers), minlength=customers).astype(float))
        for _ in range(_RESAMPLES)
    ]
    low, high = np.nanquantile(drawn, (0.025, 0.975)).tolist()
    return AucDifference(baseline, mean, None if np.isnan(low) else (low, high))
