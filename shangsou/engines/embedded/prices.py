"""Prices by row, as they are at a moment: an offer that has ended or not begun is not the price."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shangsou.method_cache import cached_method
from shangsou.mmap_arrays import load_npy_mmap
from shangsou.product import Product

UNKNOWN_PRICE = -1
_ALWAYS, _NEVER = np.iinfo(np.int64).min, np.iinfo(np.int64).max
_MICROSECONDS = 1_000_000
# Row, list price, begin and end of an offer.
_OFFER_COLUMNS = 4


class PriceColumn:
    """The prices of all rows at a moment.

    Parameters
    ----------
    price_fen
        -1 where there is none; shape (rows,).
    ties
        Of rows with the same price the lowest comes first.
    """

    def __init__(self, price_fen: NDArray[np.int64], ties: NDArray[np.int64]) -> None:
        self.price_fen = price_fen
        self._ties = ties

    @cached_property
    def rank_ascending(self) -> NDArray[np.int32]:
        """The rank of each row by its price, those without one last."""
        return ranks(np.lexsort((self._ties, self.price_fen, self.price_fen == UNKNOWN_PRICE)))

    @cached_property
    def rank_descending(self) -> NDArray[np.int32]:
        """The same from the highest price on."""
        return ranks(np.lexsort((self._ties, -self.price_fen, self.price_fen == UNKNOWN_PRICE)))


class PricesBuilder:
    """Collects prices, product by product."""

    def __init__(self) -> None:
        self._prices: list[int] = []
        self._offers: list[tuple[int, int, int, int]] = []

    def add(self, product: Product) -> None:
        """Add the row of a product."""
        self._offers += _offers(len(self._prices), product)
        self._prices.append(_price(product))

    def prices(self, ties: NDArray[np.int64]) -> "Prices":
        """Return the prices of the products that were added."""
        return Prices(np.array(self._prices, np.int64), _offer_table(self._offers), ties)


class Prices:
    """The prices of some rows.

    Parameters
    ----------
    price_fen
        Within the time of their offers; -1 where there is none; shape (rows,).
    offers
        Row, list price in fen, begin and end in microseconds of each offer that has one; shape (offers, 4).
    ties
        Of each row, shape (rows,): of equals the lowest comes first.
    """

    def __init__(
        self, price_fen: NDArray[np.int64], offers: NDArray[np.int64], ties: NDArray[np.int64]
    ) -> None:
        self._price_fen, self._offers, self._ties = price_fen, offers, ties
        self._written = PriceColumn(price_fen, ties)
        limits = np.concatenate([offers[:, 2], offers[:, 3] + (offers[:, 3] != _NEVER)])
        # The moments at which a price changes: where an offer begins, and behind its end.
        self._changes = np.unique(limits[(limits != _ALWAYS) & (limits != _NEVER)])
        # Searches that run while a price changes need two.
        self._cached_column = cached_method(self._column, 2)

    def write(self, folder: Path) -> None:
        """Write prices and offers into a folder."""
        np.save(folder / "prices.npy", self._price_fen)
        np.save(folder / "prices.offers.npy", self._offers)

    def changed(
        self,
        patched: Mapping[int, Product],
        removed: Iterable[int],
        added: Sequence[Product],
        ties: NDArray[np.int64],
    ) -> "Prices":
        """Return the prices with those of other products in some rows, and of further ones."""
        rows = len(self._price_fen)
        price_fen = np.concatenate([self._price_fen, np.array([*map(_price, added)], np.int64)])
        price_fen[list(patched)] = [*map(_price, patched.values())]
        stale = np.isin(self._offers[:, 0], [*patched, *removed])
        offers = [
            offer
            for row, product in (*patched.items(), *enumerate(added, rows))
            for offer in _offers(row, product)
        ]
        return Prices(price_fen, np.concatenate([self._offers[~stale], _offer_table(offers)]), ties)

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
        prices = np.array(self._price_fen)
        prices[rows[is_over]] = list_prices[is_over]
        return PriceColumn(prices, self._ties)


def open_prices(folder: Path, ties: NDArray[np.int64]) -> Prices:
    """Return the prices in a folder."""
    return Prices(load_npy_mmap(folder / "prices.npy"), load_npy_mmap(folder / "prices.offers.npy"), ties)


def ranks(order: NDArray[np.intp] | Sequence[int]) -> NDArray[np.int32]:
    """Return the rank of each row in an order of rows."""
    of_rows = np.empty(len(order), np.int32)
    of_rows[order] = np.arange(len(order), dtype=np.int32)
    return of_rows


def _price(product: Product) -> int:
    return UNKNOWN_PRICE if product.price_fen is None else product.price_fen


def _offers(row: int, product: Product) -> list[tuple[int, int, int, int]]:
    """Return the offer of a product, none or one, as a row of the table of offers."""
    if product.list_price_fen is None or not (product.offer_from or product.offer_until):
        return []
    begin = _ALWAYS if product.offer_from is None else _microseconds(product.offer_from.timestamp())
    end = _NEVER if product.offer_until is None else _microseconds(product.offer_until.timestamp())
    return [(row, product.list_price_fen, begin, end)]


def _offer_table(offers: Sequence[tuple[int, int, int, int]]) -> NDArray[np.int64]:
    return np.array(offers, np.int64).reshape(-1, _OFFER_COLUMNS)


def _microseconds(seconds: float) -> int:
    return int(seconds * _MICROSECONDS)
