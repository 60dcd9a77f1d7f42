"""Team-draft interleaving: two rankings in one list, and which of them the clicks on such lists prefer."""

import math
import random
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Team = Literal["first", "second"]


@dataclass(frozen=True, slots=True)
class Interleaving:
    """A list made of two rankings, and which of them each product was taken from."""

    product_ids: tuple[str, ...]
    teams: tuple[Team | None, ...]
    """By place; None for a product that counts for neither."""


@dataclass(frozen=True, slots=True)
class Preference:
    """Which of two rankings the shoppers prefer."""

    first: int
    """Sessions with more clicks on products of the first ranking."""
    second: int
    ties: int
    """Sessions with as many on both, mostly none."""
    p: float
    """The two-sided p of the sign test; 1 where no session decides."""

    @property
    def winner(self) -> Team | None:
        """The ranking with more sessions; None where both have as many."""
        if self.first == self.second:
            return None
        return "first" if self.first > self.second else "second"


def team_draft(
    first: Sequence[str], second: Sequence[str], rng: random.Random, *, k: int | None = None
) -> Interleaving:
    """Return two rankings as one list, by team draft (Radlinski, Kurup and Joachims, 2008).

    In each round a coin decides which ranking begins; each gives the best of its products that is not in the
    list yet. So each place is as likely of either, and a shopper who clicks by place alone favours neither.
    The published method drafts as long as both have products left, and then favours the shorter of two
    rankings where its last product is in the other one too. Here a round is drafted only if both could
    complete it, whichever begins; what is left follows in its order and counts for neither.

    Parameters
    ----------
    first, second
        Ids of products, best first, each once.
    rng
        Tosses the coins. Seed it by the search, as with its `query_id`, to get the same list again.
    k
        Length of the list; everything unless given.

    Raises
    ------
    ValueError
        If a ranking holds a product twice, or `k` is below 1.
    """
    for ranking in (first, second):
        if len(set(ranking)) < len(ranking):
            raise ValueError("a ranking holds a product twice; give each id once")
    length = len({*first, *second}) if k is None else k
    if k is not None and k < 1:
        raise ValueError(f"k is {k}; a list has one place at least")
    chosen: dict[str, Team | None] = {}
    while len(chosen) < length:
        left = [[product for product in ranking if product not in chosen] for ranking in (first, second)]
        if not _can_complete(*left):
            # One is used up, or holds a single product that the other one begins with: it lacks nothing.
            chosen |= dict.fromkeys(left[0] if len(left[0]) > len(left[1]) else left[1])
            break
        order: tuple[Team, Team] = ("first", "second") if rng.random() < 0.5 else ("second", "first")
        for team in order:
            ranking = left[0] if team == "first" else left[1]
            chosen[next(product for product in ranking if product not in chosen)] = team
    return Interleaving(tuple(chosen)[:length], tuple(chosen.values())[:length])


def _can_complete(first: Sequence[str], second: Sequence[str]) -> bool:
    """Return whether both rankings can give a product, whichever begins."""
    if not (first and second):
        return False
    return first[0] != second[0] or min(len(first), len(second)) > 1


def session_credit(interleaving: Interleaving, clicked: Collection[str]) -> int:
    """Return how many more products were clicked of the first ranking than of the second.

    A product counts once, however often it was clicked.
    """
    credit = {"first": 1, "second": -1, None: 0}
    return sum(
        credit[team]
        for product_id, team in zip(interleaving.product_ids, interleaving.teams, strict=True)
        if product_id in clicked
    )


def preference(credits_of_sessions: Iterable[int]) -> Preference:
    """Return which ranking more sessions prefer, by the sign test; ties decide nothing.

    Parameters
    ----------
    credits_of_sessions
        The `session_credit` of each session. Sessions are taken to be independent: give one for each shopper
        and query, or one eager shopper decides.
    """
    signs = [(value > 0) - (value < 0) for value in credits_of_sessions]
    first, second = signs.count(1), signs.count(-1)
    return Preference(first, second, signs.count(0), sign_test_p(first, second))


def sign_test_p(first: int, second: int) -> float:
    """Return the two-sided p of so uneven a split where both sides are as likely (exact binomial test)."""
    total, fewer = first + second, min(first, second)
    if 2 * fewer == total:
        return 1.0
    # Logarithms of the binomial coefficients, each from the one before: they do not overflow.
    counts = np.arange(fewer, dtype=np.float64)
    logs = np.concatenate([[0.0], np.cumsum(np.log((total - counts) / (counts + 1)))])
    tail = np.exp(logs - total * math.log(2)).sum()
    return min(1.0, 2 * float(tail))
