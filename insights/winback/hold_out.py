"""The hold-out of a campaign: customers who would be contacted, but are not, to compare with."""

import math
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import numpy as np
from numpy.typing import NDArray

SHARE: Final = 0.1
MIN_CUSTOMERS: Final = 500
"""Of a hold-out. With one in ten buying, 500 against 4,500 show a difference of 4 points (80 % power)."""
MAX_SHARE: Final = 0.5
"""Never more: two groups of one size show most, and whoever is held out is not won back."""


@dataclass(frozen=True, slots=True)
class HoldOut:
    """Who of the customers of a campaign is held out."""

    is_held_out: NDArray[np.bool_]
    """Shape (customers,)."""
    is_small: bool
    """Whether it has fewer than 500, so that the groups may be too small to measure."""


def hashes(customers: tuple[str, ...], campaign: str) -> NDArray[np.uint64]:
    """Return a number for each customer that is random between customers and campaigns. Shape (customers,).

    The length of the name stands before it, so that no two pairs of name and id are one text.
    """
    start = sha256(f"{len(campaign)}:{campaign}".encode("utf-8", "surrogatepass"))
    numbers = []
    for customer in customers:
        one = start.copy()
        one.update(customer.encode("utf-8", "surrogatepass"))
        numbers.append(int.from_bytes(one.digest()[:8], "big"))
    return np.array(numbers, np.uint64)


def hold_out_of(numbers: NDArray[np.uint64]) -> HoldOut:
    """Return a random tenth of customers, but at least 500 and at most half: those with the lowest hashes.

    So the same customers of the same campaign give the same groups, one more changes the place of one other
    at most, and other campaigns draw independently: nobody is held out again and again. It is to be drawn
    from those who are chosen, and after them: others who were not chosen differ from them, so that a
    comparison would show that too.

    Parameters
    ----------
    numbers
        From `hashes`, of shape (customers,).
    """
    size = hold_out_size(len(numbers))
    is_held_out = np.zeros(len(numbers), np.bool_)
    is_held_out[np.argsort(numbers, kind="stable")[:size]] = True
    return HoldOut(is_held_out, size < MIN_CUSTOMERS)


def hold_out_size(customers: int) -> int:
    """Return how many of so many customers are held out."""
    return min(max(math.ceil(SHARE * customers), MIN_CUSTOMERS), math.floor(MAX_SHARE * customers))
