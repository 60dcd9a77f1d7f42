"""The interval of a share of customers."""

from math import sqrt
from statistics import NormalDist

CONFIDENCE = 0.95
Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
"""Standard errors on either side of an estimate that hold the true value with that confidence."""


def wilson_interval(share: float, size: int) -> tuple[float, float]:
    """Return the interval in which the true share lies with 95 % confidence (Wilson, 1927).

    It holds for shares near 0 and 1, and of few customers.
    """
    middle = share + Z**2 / (2 * size)
    spread = Z * sqrt(share * (1 - share) / size + Z**2 / (4 * size**2))
    scale = 1 + Z**2 / size
    return (middle - spread) / scale, (middle + spread) / scale
