"""The position-based click model: a product is clicked where its place is looked at and it attracts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Looks that the prior of a pair is worth, at the mean rate: enough that no product attracts everybody or
# nobody, and little beside the twenty impressions from which a grade is given.
_PRIOR_LOOKS = 2.0
# Spread of the prior of a place's log examination around that of 1/rank: a factor of 20 either way is within
# it, so that it only speaks where nearly no clicks do.
_PRIOR_SPREAD = 3.0
# The likelihood is concave: Newton's method needs some ten rounds.
_ROUNDS = 50
_SETTLED = 1e-9
# Of the normal distribution, for 95 %.
_Z = 1.959964


@dataclass(frozen=True, slots=True)
class Cells:
    """How often pairs were shown at places, and clicked there: four arrays of one length."""

    pair: NDArray[np.int64]
    """From 0, without gaps."""
    place: NDArray[np.int64]
    """From 0, which is the first."""
    shown: NDArray[np.float64]
    clicked: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PositionModel:
    """What the clicks say."""

    examination: NDArray[np.float64]
    """How often each place is looked at, beside the first, which counts as always; NaN where unknown."""
    attraction: NDArray[np.float64]
    """Share of shoppers who would click the pair in the first place; NaN where unknown."""
    looks: NDArray[np.float64]
    """Of each pair: impressions, each as much as its place is looked at."""
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    """95 % of the attraction, what is not known of the places included."""


def fit(cells: Cells) -> PositionModel:
    """Return the model that explains clicks best.

    P(click) = examination of the place x attraction of the pair (the position-based model, Craswell et al.,
    2008). Given how often a pair was clicked in all, how its clicks fall on places depends on examination
    alone, whatever the pair attracts (the idea of Agarwal et al., 2019): that likelihood is maximised first,
    then each pair's attraction is its clicks by its looks. Expectation maximisation (Chuklin, Markov
    and de Rijke, 2015) aims at the same, but where places are rarely looked at it was still 13 % off after
    2,000 rounds (simulated, docs/adr/0014-clicks-by-place.md).

    Only the product of both shows, so the first place is said to be always looked at. A place is comparable
    with it only through pairs that were shown at both, or through others in between: where there are none, a
    good product far down and a bad place look the same. Such places and the pairs that were shown nowhere
    else are left unknown.
    """
    pairs, places = int(cells.pair.max()) + 1, int(cells.place.max()) + 1
    comparable = _comparable_places(cells, pairs, places)
    used = comparable[cells.place]
    shown = np.zeros((pairs, places))
    clicked = np.zeros((pairs, places))
    shown[cells.pair[used], cells.place[used]] = cells.shown[used]
    clicked[cells.pair[used], cells.place[used]] = cells.clicked[used]
    examination, covariance = _examination(shown, clicked)

    by_place = shown * examination
    looks, clicks = by_place.sum(axis=1), clicked.sum(axis=1)
    rate = clicks.sum() / max(looks.sum(), 1e-12)
    attraction = np.clip((clicks + _PRIOR_LOOKS * rate) / (looks + _PRIOR_LOOKS), 0, 1)
    share = by_place / np.maximum(looks, 1e-12)[:, None]
    # Variance of the logarithm of a pair's looks, by the delta method.
    spread = np.einsum("pk,kl,pl->p", share, covariance, share)
    low, high = _wilson(attraction, looks, spread)
    known = shown.any(axis=1)
    return PositionModel(
        np.where(comparable, examination, np.nan),
        np.where(known, attraction, np.nan),
        looks,
        np.where(known, low, np.nan),
        np.where(known, high, np.nan),
    )


def _examination(
    shown: NDArray[np.float64], clicked: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the examination of each place, the first being 1, and the covariance of its logarithm."""
    places = shown.shape[1]
    # Only what was clicked, and shown at several places, says anything of them.
    telling = (clicked.sum(axis=1) > 0) & ((shown > 0).sum(axis=1) > 1)
    shown, clicked = shown[telling], clicked[telling]
    clicks, at_place = clicked.sum(axis=1), clicked.sum(axis=0)
    prior = -np.log(np.arange(1, places + 1, dtype=np.float64))
    precision = _PRIOR_SPREAD**-2
    logs = prior.copy()
    hessian = np.eye(places) * precision
    for _ in range(_ROUNDS):
        expected = shown * np.exp(logs)
        expected /= expected.sum(axis=1, keepdims=True)
        fallen = clicks @ expected
        slope = at_place - fallen - precision * (logs - prior)
        weighted = expected * clicks[:, None]
        hessian = np.diag(fallen + precision) - weighted.T @ expected
        step = np.zeros(places)
        step[1:] = np.linalg.solve(hessian[1:, 1:], slope[1:])
        # No further at once than a factor of e: the first steps from a poor start could overshoot.
        logs += np.clip(step, -1, 1)
        if float(np.abs(step).max()) < _SETTLED:
            break
    covariance = np.zeros((places, places))
    covariance[1:, 1:] = np.linalg.inv(hessian[1:, 1:])
    return np.exp(logs), covariance


def _comparable_places(cells: Cells, pairs: int, places: int) -> NDArray[np.bool_]:
    """Return which places hang together with the first through pairs that were shown at several."""
    seen: list[set[int]] = [set() for _ in range(pairs)]
    for pair, place in zip(cells.pair.tolist(), cells.place.tolist(), strict=True):
        seen[pair].add(place)
    groups = {frozenset(some) for some in seen if len(some) > 1}
    reached, grown = {0}, True
    while grown:
        grown = False
        for group in groups:
            if group & reached and not group <= reached:
                reached |= group
                grown = True
    return np.isin(np.arange(places), list(reached))


def _wilson(
    share: NDArray[np.float64], looks: NDArray[np.float64], spread: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the ends of the score interval of a share (Wilson, 1927) of so many looks, themselves uncertain.

    They are counted as the fewer looks whose share would vary as much for both reasons together.
    """
    # Two looks more, of which one a click: by the share alone, one of 0 or 1 would not vary at all.
    smooth = (share * looks + 1) / (looks + 2)
    varies = smooth * (1 - smooth)
    size = varies / (varies / np.maximum(looks, 1e-12) + smooth**2 * spread)
    middle = (share + _Z**2 / (2 * size)) / (1 + _Z**2 / size)
    half = _Z / (1 + _Z**2 / size) * np.sqrt(share * (1 - share) / size + _Z**2 / (4 * size**2))
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)
