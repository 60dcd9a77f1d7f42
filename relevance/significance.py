"""Significance of the difference between two runs over the same queries."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# Sign flips and resamples: the standard error of a p near .05 is then .002.
RESAMPLES = 10_000
# Up to this n all 2**n sign flips are enumerated, which is no more than `RESAMPLES`.
_MAX_EXACT_QUERIES = 13
# An arbitrary fixed seed: the same runs give the same figures.
_SEED = 20261123
# Numbers drawn at once: 8 MB of them.
_MAX_DRAWS_AT_ONCE = 1_000_000
# Sums of the same differences in another order differ by rounding.
_ROUNDING = 1e-12


def randomization_p(differences: Sequence[float]) -> float:
    """Return the two-sided p of the paired randomization test, 1 if there is no difference.

    Under the null hypothesis the sign of each query's difference is a coin toss (Fisher, 1935; for
    retrieval Smucker, Allan and Carterette, 2007). For up to 13 changed queries all signs are
    enumerated; for more, 10,000 seeded draws and the observed one are counted, so that p is never 0.
    """
    changed = np.array([value for value in differences if value], dtype=np.float64)
    observed = abs(changed.sum()) - _ROUNDING
    if len(changed) <= _MAX_EXACT_QUERIES:
        flips = np.arange(2 ** len(changed))[:, None] >> np.arange(len(changed)) & 1
        return float(np.mean(np.abs((1 - 2 * flips) @ changed) >= observed))
    rng = np.random.default_rng(_SEED)
    extreme = sum(
        int(np.sum(np.abs(rng.choice((-1.0, 1.0), (rounds, len(changed))) @ changed) >= observed))
        for rounds in _batches(len(changed))
    )
    return float((extreme + 1) / (RESAMPLES + 1))


def bootstrap_interval(differences: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % percentile interval of the mean difference over queries (Efron, 1979).

    Raises
    ------
    ValueError
        If there is no difference to draw from.
    """
    return stratified_interval([differences])


def stratified_interval(groups: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Return the same interval for the mean of group means; each group is resampled separately.

    Raises
    ------
    ValueError
        If there is no group, or an empty one.
    """
    if not groups or not all(groups):
        raise ValueError("no differences: compare at least one query")
    rng = np.random.default_rng(_SEED)
    means = np.mean([_resampled_means(np.array(group, np.float64), rng) for group in groups], axis=0)
    low, high = np.percentile(means, (2.5, 97.5))
    return float(low), float(high)


def _resampled_means(values: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    size = len(values)
    return np.concatenate(
        [values[rng.integers(0, size, (rounds, size))].mean(axis=1) for rounds in _batches(size)]
    )


def _batches(size: int) -> list[int]:
    """Return the batch sizes of draws that keep memory bounded for any number of queries."""
    max_rounds = max(1, _MAX_DRAWS_AT_ONCE // size)
    return [min(max_rounds, RESAMPLES - drawn) for drawn in range(0, RESAMPLES, max_rounds)]
