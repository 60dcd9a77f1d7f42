"""Quotas of brands and categories on each page, so that no taste takes over what was searched for."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from shangsou.search.personal.candidates import Floats
from shangsou.search.personal.product_traits import UNKNOWN

# Places that are looked after together: a page.
PAGE_SIZE = 10
# How far down: what hardly anybody sees may stay as it is.
_MAX_DEPTH = 50
# What one product of this session weighs in a history (`history_items`), which is one sign of a taste.
_WEIGHT_OF_SIGN = 2.0
# Signs that count as one for what the query does not ask for: a pot for who searches for tea. More than the
# clicks of one visit to a shelf: with 4 five clicks took .1 of the page in two of nine pairs of the sample
# shop (tests/relevance/test_sold_together.py), with 8 in none.
_SIGNS_OF_UNASKED = 8


@dataclass(frozen=True, slots=True)
class Quota:
    """How many places of a page the products of each brand, or of each category, may take.

    As many as the plain order gives them there, and more by the square root of the signs of a taste for
    them: with one click they gain one place, with five two. What the query does not ask for, and what the
    plain order has none of on the page, takes eight times as many.
    """

    codes: Sequence[int]
    """Brand or category of each candidate, in plain order; `UNKNOWN` ones have no quota."""
    signs: Mapping[int, int]
    """How often the shopper showed a taste for each."""
    unasked: Set[int] = frozenset()
    """Those that the query does not ask for, though it names what others are."""
    floor: int = 0
    """What each may take in any case before it gains any."""
    least_gain: int = 0
    """Places that each may gain without any sign."""


def count_signs(codes: NDArray[np.int64], strengths: Floats) -> dict[int, int]:
    """Return how often a history shows a taste for each of its brands or categories, older signs less."""
    distinct, positions = np.unique(codes, return_inverse=True)
    weights = np.bincount(positions, strengths, len(distinct)) / _WEIGHT_OF_SIGN
    return dict(zip(distinct.tolist(), weights.astype(np.int64).tolist(), strict=True))


def keep_within_quotas(order: Sequence[int], quotas: Sequence[Quota], tiers: NDArray[np.int64]) -> list[int]:
    """Return an order in which nothing exceeds its quota on any of the first pages, as far as possible.

    What exceeds it waits for the next page, and returns where only it is left, or what fits the query less,
    as other brands do where one was asked for.

    Parameters
    ----------
    order
        Candidates, best first, as positions in the plain order.
    tiers
        As `assign_tiers`.
    """
    pages: list[int] = []
    remaining, tier_of = list(order), tiers.tolist()
    for page in range(_MAX_DEPTH // PAGE_SIZE):
        taken = _fill_page(remaining, [_PageQuota(quota, page) for quota in quotas], tier_of)
        pages += taken
        left_out = set(taken)
        remaining = [position for position in remaining if position not in left_out]
    return pages + remaining


class _PageQuota:
    """Counts the places of one page that each brand or category has taken."""

    def __init__(self, quota: Quota, page: int) -> None:
        self._quota = quota
        self._plain = Counter(quota.codes[page * PAGE_SIZE : (page + 1) * PAGE_SIZE])
        self._taken = Counter[int]()

    def has_room(self, position: int) -> bool:
        code = self._quota.codes[position]
        return code == UNKNOWN or self._taken[code] < self._limit(code)

    def take(self, position: int) -> None:
        self._taken[self._quota.codes[position]] += 1

    def _limit(self, code: int) -> int:
        first = max(self._quota.floor, self._plain[code])
        signs = self._quota.signs.get(code, 0)
        is_asked = first and code not in self._quota.unasked
        gained = isqrt(signs if is_asked else signs // _SIGNS_OF_UNASKED)
        return first + max(self._quota.least_gain, gained)


def _fill_page(remaining: Sequence[int], quotas: Sequence[_PageQuota], tier_of: Sequence[int]) -> list[int]:
    """Return the next page: what has room, in order, then what has waited for longest."""
    taken: list[int] = []
    waiting: list[int] = []
    for position in remaining:
        if len(taken) == PAGE_SIZE or (waiting and tier_of[position] > tier_of[waiting[0]]):
            break
        if all(quota.has_room(position) for quota in quotas):
            taken.append(position)
            for quota in quotas:
                quota.take(position)
        else:
            waiting.append(position)
    behind = remaining[len(taken) + len(waiting) :]
    return [*taken, *waiting, *behind][:PAGE_SIZE]
