"""Columns over all products, which their documents need: groups, ratings, and ranks of prices."""

from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.elastic.documents import has_offer_times
from shangsou.engines.listing import shrink_ratings
from shangsou.product import Product

# In place of the number of a group.
_SINGLE, _OFF_SALE = -1, -2


class Columns:
    """Collects groups, ratings and prices, product by product."""

    def __init__(self) -> None:
        self._number_by_group: dict[str, int] = {}
        self._groups = array("q")
        self._ratings = array("f")
        self._reviews = array("q")
        self._prices: set[int] = set()
        self._has_offers = False

    def add(self, product: Product) -> None:
        """Add the row of a product."""
        self._groups.append(self._group_number(product))
        self._ratings.append(np.nan if product.rating is None else product.rating)
        self._reviews.append(product.reviews)
        self._prices.update(
            price for price in (product.price_fen, product.list_price_fen) if price is not None
        )
        self._has_offers |= has_offer_times(product)

    def groups(self) -> "Groups":
        """Return the groups of all products on sale."""
        return Groups(np.array(self._groups, np.int64))

    def ratings(self) -> NDArray[np.float32]:
        """Return the ratings of all products, drawn to their mean; NaN where there is none."""
        return shrink_ratings(np.array(self._ratings, np.float32), np.array(self._reviews, np.int64))

    def price_ranks(self) -> dict[int, int]:
        """Return the rank of each price and list price, from 1; empty where there are no offers."""
        if not self._has_offers:
            return {}
        return {price: rank for rank, price in enumerate(sorted(self._prices), start=1)}

    def _group_number(self, product: Product) -> int:
        if product.status == "off":
            return _OFF_SALE
        if not product.group_id:
            return _SINGLE
        return self._number_by_group.setdefault(product.group_id, len(self._number_by_group))


class Groups:
    """The rows of each group, of products on sale."""

    def __init__(self, numbers: NDArray[np.int64]) -> None:
        """`numbers` are those of the groups of all rows, or what stands in place of them."""
        grouped = np.flatnonzero(numbers >= 0)
        self._rows = grouped[np.argsort(numbers[grouped], kind="stable")]
        # Numbers count up from 0 without gaps.
        self._ends = np.cumsum(np.bincount(numbers[grouped]))
        self._numbers = numbers
        self.has_variants = len(self._ends) < len(grouped)

    def completed_by(self, row: int) -> Sequence[int]:
        """Return the rows of the group of which this is the last one; itself, if it is in no group.

        None, if others follow or it is off sale.
        """
        number = self._numbers[row]
        if number == _SINGLE:
            return [row]
        if number == _OFF_SALE:
            return []
        start = self._ends[number - 1] if number else 0
        rows: list[int] = self._rows[start : self._ends[number]].tolist()
        return rows if rows[-1] == row else []
