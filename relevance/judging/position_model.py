"""The position-based click model: a click needs a position that is examined and a product that attracts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Weight of the prior of a pair in examinations, at the mean rate: enough that no product attracts everybody
# or nobody, and little compared with the twenty impressions that a grade needs.
_PRIOR_EXAMINATIONS = 2.0
# Standard deviation of the prior of a position's log examination around that of 1/rank: a factor of 20 either
# way is within it, so that it matters only with hardly any clicks.
_PRIOR_SPREAD = 3.0
# The likelihood is concave: Newton's method needs about ten iterations.
_MAX_ITERATIONS = 50
_TOLERANCE = 1e-9
# Quantile of the normal distribution for 95 %.
_Z = 1.959964


@dataclass(frozen=True, slots=True)
class ClickCounts:
    """Impressions and clicks of pairs at positions: four arrays of equal length."""

    pair: NDArray[np.int64]
    """From 0, without gaps."""
    position: NDArray[np.int64]
    """From 0, which is the first."""
    impressions: NDArray[np.float64]
    clicked: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PositionModel:
    """The fitted model: the examination of positions and the attraction of pairs."""

    examination: NDArray[np.float64]
    """How often each position is examined relative to the first, which is 1; NaN if unknown."""
    attraction: NDArray[np.float64]
    """The share of shoppers who would click the pair at the first position; NaN if unknown."""
    expected_examinations: NDArray[np.float64]
    """The impressions of each pair, weighted by the examination of their positions."""
    clicks: NDArray[np.float64]
    """The clicks of each pair at the positions whose examination is known."""
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    """The end of the attraction's 95 % interval, including the uncertainty of positions."""


def fit_position_model(click_counts: ClickCounts) -> PositionModel:
    """Fit the model that explains clicks best.

    P(click) = examination of the position x attraction of the pair (the position-based model, Craswell et
    al., 2008). Given the total clicks of a pair, their distribution over positions depends only on
    examination, not on attraction (the idea of Agarwal et al., 2019): that likelihood is maximized first,
    then each pair's attraction is its clicks divided by its expected examinations. Expectation maximization
    (Chuklin, Markov and de Rijke, 2015) aims at the same, but where positions are rarely looked at it was
    still 13 % off after 2,000 rounds (simulated, docs/adr/0014-clicks-by-position.md).

    Only the product of the two is observable, so the first position is defined as always examined. A position
    is comparable with it only through pairs that were shown at both, or through further positions in between:
    otherwise a good product and a bad position cannot be distinguished. Such positions, and the pairs shown
    nowhere else, are left unknown.
    """
    pairs, positions = int(click_counts.pair.max()) + 1, int(click_counts.position.max()) + 1
    comparable = _comparable_positions(click_counts, pairs, positions)
    used = comparable[click_counts.position]
    impressions = np.zeros((pairs, positions))
    clicked = np.zeros((pairs, positions))
    impressions[click_counts.pair[used], click_counts.position[used]] = click_counts.impressions[used]
    clicked[click_counts.pair[used], click_counts.position[used]] = click_counts.clicked[used]
    examination, covariance = _examination(impressions, clicked)

    expected_by_position = impressions * examination
    expected_examinations, clicks = expected_by_position.sum(axis=1), clicked.sum(axis=1)
    rate = clicks.sum() / max(expected_examinations.sum(), 1e-12)
    attraction = np.clip(
        (clicks + _PRIOR_EXAMINATIONS * rate) / (expected_examinations + _PRIOR_EXAMINATIONS), 0, 1
    )
    share = expected_by_position / np.maximum(expected_examinations, 1e-12)[:, None]
    # Variance of the logarithm of a pair's examinations, by the delta method.
    spread = np.einsum("pk,kl,pl->p", share, covariance, share)
    low, high = _wilson(attraction, expected_examinations, spread)
    known = impressions.any(axis=1)
    return PositionModel(
        np.where(comparable, examination, np.nan),
        np.where(known, attraction, np.nan),
        expected_examinations,
        clicks,
        np.where(known, low, np.nan),
        np.where(known, high, np.nan),
    )


def _examination(
    impressions: NDArray[np.float64], clicked: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the examination of each position, the first being 1, and the covariance of its logarithm."""
    positions = impressions.shape[1]
    # Only pairs that were clicked, and shown at several positions, are informative.
    informative = (clicked.sum(axis=1) > 0) & ((impressions > 0).sum(axis=1) > 1)
    impressions, clicked = impressions[informative], clicked[informative]
    clicks, clicks_at_position = clicked.sum(axis=1), clicked.sum(axis=0)
    prior = -np.log(np.arange(1, positions + 1, dtype=np.float64))
    precision = _PRIOR_SPREAD**-2
    logs = prior.copy()
    hessian = np.eye(positions) * precision
    for _ in range(_MAX_ITERATIONS):
        expected = impressions * np.exp(logs)
        expected /= expected.sum(axis=1, keepdims=True)
        expected_clicks = clicks @ expected
        gradient = clicks_at_position - expected_clicks - precision * (logs - prior)
        weighted = expected * clicks[:, None]
        hessian = np.diag(expected_clicks + precision) - weighted.T @ expected
        step = np.zeros(positions)
        step[1:] = np.linalg.solve(hessian[1:, 1:], gradient[1:])
        # Steps of at most a factor of e: the first steps from a poor start could overshoot.
        logs += np.clip(step, -1, 1)
        if float(np.abs(step).max()) < _TOLERANCE:
            break
    covariance = np.zeros((positions, positions))
    covariance[1:, 1:] = np.linalg.inv(hessian[1:, 1:])
    return np.exp(logs), covariance


def _comparable_positions(click_counts: ClickCounts, pairs: int, positions: int) -> NDArray[np.bool_]:
    """Return which positions are connected with the first through pairs that were shown at several."""
    positions_of_pair: list[set[int]] = [set() for _ in range(pairs)]
    for pair, position in zip(click_counts.pair.tolist(), click_counts.position.tolist(), strict=True):
        positions_of_pair[pair].add(position)
    groups = {frozenset(group) for group in positions_of_pair if len(group) > 1}
    linked, has_grown = {0}, True
    while has_grown:
        has_grown = False
        for group in groups:
            if group & linked and not group <= linked:
                linked |= group
                has_grown = True
    return np.isin(np.arange(positions), list(linked))


def _wilson(
    share: NDArray[np.float64], expected_examinations: NDArray[np.float64], spread: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the score interval of a share (Wilson, 1927) of an uncertain number of examinations.

    The number is reduced to that whose share would vary as much as both sources together.
    """
    # Two more examinations, one of them with a click: otherwise a share of 0 or 1 would not vary at all.
    smooth = (share * expected_examinations + 1) / (expected_examinations + 2)
    varies = smooth * (1 - smooth)
    size = varies / (varies / np.maximum(expected_examinations, 1e-12) + smooth**2 * spread)
    middle = (share + _Z**2 / (2 * size)) / (1 + _Z**2 / size)
    half_width = _Z / (1 + _Z**2 / size) * np.sqrt(share * (1 - share) / size + _Z**2 / (4 * size**2))
    return np.clip(middle - half_width, 0, 1), np.clip(middle + half_width, 0, 1)
