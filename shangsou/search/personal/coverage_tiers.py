"""Tiers of candidates by how well they cover the query, which no preference may outweigh."""

import numpy as np
from numpy.typing import NDArray

from shangsou.search.personal.candidates import Floats

# A candidate falls short by one step for each quarter of the query's characters that it lacks: without
# one of three or four it is another thing (半身裙, 连衣裙), without one of five to eight the same in other
# words. Set by hand; on searches of SIMULATED shoppers, thirds do as well (docs/personal.md).
_TIER_WIDTH = 0.25
# More steps than can be missing: what is filed elsewhere than the query asks for falls behind all else.
_OTHER_CATEGORY_TIERS = 5


def assign_tiers(coverage: Floats, other_type: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the tier of each candidate, shape (candidates,); 0 fits the query, others fall short of it.

    Parameters
    ----------
    coverage
        Shares of the query's characters that they hold.
    other_type
        Whether they are filed elsewhere than in the categories that the query asks for.
    """
    # Of an exact quarter nothing may get lost in the division.
    missing: NDArray[np.int64] = np.floor((1 - coverage) / _TIER_WIDTH + 1e-9).astype(np.int64)
    return missing + _OTHER_CATEGORY_TIERS * other_type.astype(np.int64)


def cap_by_tier(scores: Floats, tiers: NDArray[np.int64]) -> Floats:
    """Return scores that let no candidate pass one that falls less short and stands before it.

    Where the plain order agrees that another fits better, preferences have no say; they decide among
    those that fit alike, and where the plain order has what fits less in front.

    Parameters
    ----------
    scores
        Of candidates in plain order. Those that are equal in what is returned keep this order.
    tiers
        As `assign_tiers`.
    """
    capped = scores.copy()
    for tier in np.flatnonzero(np.bincount(tiers))[1:]:
        bound = np.minimum.accumulate(np.where(tiers < tier, scores, np.inf))
        capped = np.where(tiers == tier, np.minimum(scores, bound), capped)
    return capped
