"""The difference of two shares, as of buyers in two groups."""

from math import sqrt
from statistics import NormalDist

from insights.winback.estimate import Estimate

CONFIDENCE = 0.95
POWER = 0.8
"""Of a real effect to be found: what studies are planned for by custom (Cohen, 1988)."""
_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
DETECTABLE = _Z + NormalDist().inv_cdf(POWER)
"""Standard errors that a difference must have to be found so often: 2.8."""


def share_difference(first: int, of_first: int, second: int, of_second: int) -> Estimate:
    """Return the first share less the second, with the interval of Newcombe (1998, method 10).

    It combines the intervals of Wilson (1927) of both shares, and holds for few buyers and for none.

    Parameters
    ----------
    first, second
        How many of each group.
    of_first, of_second
        The sizes of the groups, above 0.
    """
    p, low_p, high_p = _wilson(first, of_first)
    q, low_q, high_q = _wilson(second, of_second)
    difference = p - q
    return Estimate(
        difference,
        difference - sqrt((p - low_p) ** 2 + (high_q - q) ** 2),
        difference + sqrt((high_p - p) ** 2 + (q - low_q) ** 2),
    )


def detectable_share(share: float, of_first: int, of_second: int) -> float:
    """Return the least difference in shares that such groups show with a power of 80 %, at this share."""
    return DETECTABLE * sqrt(share * (1 - share) * (1 / of_first + 1 / of_second))


def _wilson(count: int, size: int) -> Estimate:
    share = count / size
    middle = share + _Z**2 / (2 * size)
    spread = _Z * sqrt(share * (1 - share) / size + _Z**2 / (4 * size**2))
    scale = 1 + _Z**2 / size
    return Estimate(share, (middle - spread) / scale, (middle + spread) / scale)
