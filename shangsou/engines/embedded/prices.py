"""Prices by row, as they are at a moment: an offer that has ended or not begun is not the price."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.mmap_arrays import load_npy_mmap
from shangsou.product import Product

UNKNOWN_PRICE = -1
_ALWAYS, _NEVER = np.iinfo(np.int64).min, np.iinfo(np.int64).max
_MICROSECONDS = 1_000_000


class PriceColumn(NamedTuple):
    """The prices of all rows at a moment."""

    price_fen: NDArray[np.int64]
    """-1 where there is none."""
    rank_ascending: NDArray[np.int32]
    """The rank of each row by its price, those without one last; ties in catalog order."""
    rank_descending: NDArray[np.int32]


class PricesBuilder:
    """Collects prices, product by product."""

    def __init__(self) -> None:
        self._prices: list[int] = []
        self._offers: list[tuple[int, int, int, int]] = []

    def add(self, product: Product) -> None:
        """Add the row of a product."""
        if product.list_price_fen is not None and (product.offer_from or product.offer_until):
            begin = _ALWAYS if product.offer_from is None else _microseconds(product.offer_from.timestamp())
            end = _NEVER if product.offer_until is None else _microseconds(product.offer_until.timestamp())
            self._offers.append((len(self._prices), product.list_price_fen, begin, end))
        self._prices.append(UNKNOWN_PRICE if product.price_fen is None else product.price_fen)

    def write(self, folder: Path) -> None:
        """Write prices, offers, and the order by price without offers into a folder."""
        prices = np.array(self._prices, np.int64)
        column = _rank(prices)
        np.save(folder / "prices.npy", prices)
        np.save(folder / "prices.ascending.npy", column.rank_ascending)
        np.save(folder / "prices.descending.npy", column.rank_descending)
        np.save(folder / "prices.offers.npy", np.array(self._offers, np.int64).reshape(-1, 4))


class Prices:
    """The prices, opened for reading."""

    def __init__(self, folder: Path) -> None:
        self._written = PriceColumn(
            load_npy_mmap(folder / "prices.npy"),
            load_npy_mmap(folder / "prices.ascending.npy"),
            load_npy_mmap(folder / "prices.descending.npy"),
        )
        self._offers: NDArray[np.int64] = load_npy_mmap(folder / "prices.offers.npy")
        limits = np.concatenate([self._offers[:, 2], self._offers[:, 3] + (self._offers[:, 3] != _NEVER)])
        # The moments at which a price changes: where an offer begins, and behind its end.
        self._changes = np.unique(limits[(limits != _ALWAYS) & (limits != _NEVER)])
        # Searches that run while a price changes need two.
        self._cached_column = lru_cache(2)(self._column)

    def period(self, moment: float) -> int:
        """Return the number of the time without a change of price that a moment, in seconds, lies in."""
        if not len(self._changes):
            return 0
        return int(np.searchsorted(self._changes, _microseconds(moment), side="right"))

    def during(self, period: int) -> PriceColumn:
        """Return the prices of a period."""
        return self._cached_column(period) if len(self._changes) else self._written

    def _column(self, period: int) -> PriceColumn:
        moment = self._changes[period - 1] if period else self._changes[0] - 1
        rows, list_prices, begin, end = self._offers.T
        is_over = (moment < begin) | (moment > end)
        prices = np.array(self._written.price_fen)
        prices[rows[is_over]] = list_prices[is_over]
        return _rank(prices)


def _rank(prices: NDArray[np.int64]) -> PriceColumn:
    unknown = prices == UNKNOWN_PRICE
    # The last key of lexsort is the primary one; ties keep the order of rows.
    ascending, descending = np.lexsort((prices, unknown)), np.lexsort((-prices, unknown))
    return PriceColumn(prices, ranks(ascending), ranks(descending))


def ranks(order: NDArray[np.intp] | Sequence[int]) -> NDArray[np.int32]:
    """Return the rank of each row in an order of rows."""
    of_rows = np.empty(len(order), np.int32)
    of_rows[order] = np.arange(len(order), dtype=np.int32)
    return of_rows


def _microseconds(seconds: float) -> int:
    return int(seconds * _MICROSECONDS)
