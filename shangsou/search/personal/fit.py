"""How well candidates fit the query, which no taste may outweigh."""

import numpy as np
from numpy.typing import NDArray

from shangsou.search.personal.offer import Floats

# A candidate falls short by one step for each quarter of the query's characters that it lacks: without
# one of three or four it is another thing (半身裙, 连衣裙), without one of five to eight the same in other
# words. Set by hand; on searches of SIMULATED shoppers, thirds do as well (docs/personal.md).
_STEP = 0.25
# More steps than can be missing: what is filed elsewhere than the query asks for falls behind all else.
_ELSEWHERE = 5


def shortfalls(coverage: Floats, elsewhere: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return by how many steps candidates fall short of the query, shape (candidates,); 0: they fit.

    Parameters
    ----------
    coverage
        Shares of the query's characters that they hold.
    elsewhere
        Whether they are filed elsewhere than in the categories that the query asks for.
    """
    # Of an exact quarter nothing may get lost in the division.
    missing: NDArray[np.int64] = np.floor((1 - coverage) / _STEP + 1e-9).astype(np.int64)
    return missing + _ELSEWHERE * elsewhere.astype(np.int64)


def kept_behind(scores: Floats, short: NDArray[np.int64]) -> Floats:
    """Return scores that let no candidate pass one that falls less short and stands before it.

    Where the plain order agrees that another fits better, taste has no say; it decides among those that fit
    alike, and where the plain order has what fits less in front.

    Parameters
    ----------
    scores
        Of candidates in plain order. Those that are equal in what is returned keep this order.
    short
        As `shortfalls`.
    """
    kept = scores.copy()
    for steps in np.flatnonzero(np.bincount(short))[1:]:
        bound = np.minimum.accumulate(np.where(short < steps, scores, np.inf))
        kept = np.where(short == steps, np.minimum(scores, bound), kept)
    return kept
