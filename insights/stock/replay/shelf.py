"""Stock of all items by the days on which it can still be sold."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Quantities = NDArray[np.float64]
"""Shape (items,)."""


class Shelf:
    """Stock that is sold first in, first out, and spoils at the end of its last day.

    Parameters
    ----------
    shelf_lives
        Days on which a delivered piece can be sold, of each item; None for one that keeps.
    """

    def __init__(self, shelf_lives: Sequence[int | None]) -> None:
        longest = max((days for days in shelf_lives if days is not None), default=0)
        # Column d: can be sold on d + 1 more days; the last one keeps.
        self._stock = np.zeros((len(shelf_lives), longest + 1))
        self._fresh = np.array([longest if days is None else days - 1 for days in shelf_lives], np.intp)
        self._rows = np.arange(len(shelf_lives))

    @property
    def on_hand(self) -> Quantities:
        """Stock of each item."""
        return np.asarray(self._stock.sum(axis=1))

    def receive(self, quantity: Quantities) -> None:
        """Put a delivery on the shelf before the day's sales."""
        self._stock[self._rows, self._fresh] += quantity

    def sell(self, demand: Quantities) -> Quantities:
        """Return what of the day's demand is sold, the oldest pieces first."""
        before = self._stock.cumsum(axis=1) - self._stock
        sold = np.clip(demand[:, None] - before, 0.0, self._stock)
        self._stock -= sold
        return np.asarray(sold.sum(axis=1))

    def end_day(self) -> Quantities:
        """Return what spoils overnight."""
        spoiled = np.zeros(len(self._stock))
        if self._stock.shape[1] > 1:
            spoiled = self._stock[:, 0].copy()
            self._stock[:, :-2] = self._stock[:, 1:-1]
            self._stock[:, -2] = 0.0
        return spoiled
