"""Whether two runs over the same queries differ by more than chance."""

from collections.abc import Sequence

import numpy as np

# Sign flips and resamples: the standard error of a p near .05 is then .002.
ROUNDS = 10_000
# Up to here all 2**n sign flips are gone through, which is no more than `ROUNDS`.
_EXACT_UP_TO = 13
# Any fixed number: the same runs give the same figures.
_SEED = 20261123
# Sums of the same differences in another order are equal but for rounding.
_ROUNDING = 1e-12


def randomisation_p(differences: Sequence[float]) -> float:
    """Return the two-sided p of the paired randomisation test, 1 where there is no difference.

    Under the null hypothesis the sign of each query's difference is a coin toss (Fisher, 1935; for
    retrieval Smucker, Allan and Carterette, 2007). Up to 13 queries that changed, all signs are gone
    through; beyond, 10,000 seeded draws and the observed one are counted, so that p is never 0.
    """
    changed = np.array([value for value in differences if value], dtype=np.float64)
    observed = abs(changed.sum()) - _ROUNDING
    if len(changed) <= _EXACT_UP_TO:
        flips = np.arange(2 ** len(changed))[:, None] >> np.arange(len(changed)) & 1
        return float(np.mean(np.abs((1 - 2 * flips) @ changed) >= observed))
    source = np.random.default_rng(_SEED)
    extreme = sum(abs(source.choice((-1.0, 1.0), len(changed)) @ changed) >= observed for _ in range(ROUNDS))
    return float((extreme + 1) / (ROUNDS + 1))


def bootstrap_interval(differences: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % percentile interval of the mean difference over queries (Efron, 1979).

    Raises
    ------
    ValueError
        When there is no difference to draw from.
    """
    if not differences:
        raise ValueError("no differences: compare at least one query")
    values = np.array(differences, dtype=np.float64)
    source = np.random.default_rng(_SEED)
    means = [source.choice(values, len(values)).mean() for _ in range(ROUNDS)]
    low, high = np.percentile(means, (2.5, 97.5))
    return float(low), float(high)
