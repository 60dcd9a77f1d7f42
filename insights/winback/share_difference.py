"""The difference of two shares, as of buyers in two groups."""

from math import sqrt
from statistics import NormalDist

from insights.customers.wilson import Z, wilson_interval
from insights.winback.estimate import Estimate

POWER = 0.8
"""Of a real effect to be found: what studies are planned for by custom (Cohen, 1988)."""
DETECTABLE = Z + NormalDist().inv_cdf(POWER)
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
    p, q = first / of_first, second / of_second
    (low_p, high_p), (low_q, high_q) = wilson_interval(p, of_first), wilson_interval(q, of_second)
    difference = p - q
    return Estimate(
        difference,
        difference - sqrt((p - low_p) ** 2 + (high_q - q) ** 2),
        difference + sqrt((high_p - p) ** 2 + (q - low_q) ** 2),
    )


def detectable_share(share: float, of_first: int, of_second: int) -> float:
    """Return the least difference in shares that such groups show with a power of 80 %, at this share."""
    return DETECTABLE * sqrt(share * (1 - share) * (1 / of_first + 1 / of_second))
