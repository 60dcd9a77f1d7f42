"""Fit the positive parameters of a model by maximum likelihood."""

from collections.abc import Callable, Sequence
from math import exp, inf

import numpy as np
from numpy.typing import NDArray

# Parameters from 1e-6 to 1e6: beyond, the data do not tell one from another.
_MAX_LOG = 14.0


def fit_positive(
    log_likelihood: Callable[[Sequence[float]], float], starts: Sequence[Sequence[float]]
) -> tuple[list[float], float]:
    """Return the parameters with the highest likelihood, and its logarithm.

    The search (L-BFGS-B) goes over the logarithms of the parameters, from several starts, since likelihoods
    of such models may have more than one maximum.

    Parameters
    ----------
    log_likelihood
        Of positive parameters; may be infinite or NaN where they are beyond what can be computed.
    starts
        One set of parameters or more.
    """
    from scipy.optimize import minimize

    def loss(logs: NDArray[np.float64]) -> float:
        value = log_likelihood([exp(one) for one in logs.tolist()])
        return -value if np.isfinite(value) else 1e300

    best, lowest = list(starts[0]), inf
    for start in starts:
        found = minimize(loss, np.log(start), method="L-BFGS-B", bounds=[(-_MAX_LOG, _MAX_LOG)] * len(start))
        if found.fun < lowest:
            best, lowest = [exp(one) for one in found.x.tolist()], float(found.fun)
    return best, -lowest
