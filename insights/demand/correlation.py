"""Errors that belong together: of one item on several days, of all items on one day, of the whole shop."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.demand.running_totals import Values

# What is left to chance of an item and a day: without it sums would spread as if nothing cancelled out.
_MIN_REST = 0.1


@dataclass(frozen=True, slots=True)
class ErrorShares:
    """Shares of the variance of normal scores; they add up to 1."""

    shop: float
    """Of all items on all days of a forecast."""
    day: float
    """Of all items on one day."""
    item: float
    """Of one item on all days."""
    rest: float


def error_shares(
    scores: Values, item: NDArray[np.intp], day: NDArray[np.int64], origin: NDArray[np.int64]
) -> ErrorShares:
    """Return the shares by the moments of pairs of scores: a variance component model (Searle 1971).

    All of shape (rows,). Pairs are those of one origin.
    """
    same_item, same_day, neither = _Pairs(), _Pairs(), _Pairs()
    for start in np.unique(origin):
        of_origin = origin == start
        z, items, days = scores[of_origin], item[of_origin], day[of_origin]
        z = z - scores.mean()
        by_item, by_day = _group_pairs(z, items), _group_pairs(z, days)
        everything = _group_pairs(z, np.zeros(len(z), np.intp))
        same_item.add(by_item)
        same_day.add(by_day)
        neither.add((everything[0] - by_item[0] - by_day[0], everything[1] - by_item[1] - by_day[1]))
    variance = max(float(scores.var()), 1e-9)
    shop = max(neither.mean / variance, 0.0)
    of_day, of_item = (max(pairs.mean / variance - shop, 0.0) for pairs in (same_day, same_item))
    most = (1 - _MIN_REST) / max(shop + of_day + of_item, 1 - _MIN_REST)
    shop, of_day, of_item = shop * most, of_day * most, of_item * most
    return ErrorShares(shop, of_day, of_item, 1 - shop - of_day - of_item)


def correlated_scores(
    shares: ErrorShares, paths: int, items: int, horizon: int, generator: np.random.Generator
) -> NDArray[np.float32]:
    """Return standard normal scores that belong together as the shares say, shape (paths, items, horizon)."""
    scores = generator.standard_normal((paths, items, horizon), dtype=np.float32)
    scores *= np.float32(shares.rest**0.5)
    for share, shape in (
        (shares.shop, (paths, 1, 1)),
        (shares.day, (paths, 1, horizon)),
        (shares.item, (paths, items, 1)),
    ):
        scores += generator.standard_normal(shape, dtype=np.float32) * np.float32(share**0.5)
    return scores


class _Pairs:
    """The sum of the products of pairs, and their number."""

    def __init__(self) -> None:
        self._total, self._count = 0.0, 0.0

    def add(self, pairs: tuple[float, float]) -> None:
        self._total += pairs[0]
        self._count += pairs[1]

    @property
    def mean(self) -> float:
        return self._total / self._count if self._count else 0.0


def _group_pairs(z: Values, group: NDArray[np.integer]) -> tuple[float, float]:
    """Return the sum of the products of all pairs of a group, and the number of pairs."""
    _, number = np.unique(group, return_inverse=True)
    total, squares, count = (np.bincount(number, weights) for weights in (z, z * z, np.ones(len(z))))
    return float((total**2 - squares).sum() / 2), float((count * (count - 1) / 2).sum())
