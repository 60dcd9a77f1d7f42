"""Columns of all products that the documents of an index need: groups, offers, and the mean rating."""

from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.elastic.documents import has_offer_times
from shangsou.engines.listing import mean_rating
from shangsou.product import Product

# In place of the number of a group.
_SINGLE, _OFF_SALE = -1, -2


class Columns:
    """Collects groups, offers and ratings, product by product."""

    def __init__(self) -> None:
        self.has_offers = False
        """Whether the price of a product depends on the moment."""
        self._number_by_group: dict[str, int] = {}
        self._groups = array("q")
        self._ratings = array("f")
        self._reviews = array("q")

    def add(self, product: Product) -> None:
        """Add the row of a product."""
        self._groups.append(self._group_number(product))
        self._ratings.append(np.nan if product.rating is None else product.rating)
        self._reviews.append(product.reviews)
        self.has_offers |= has_offer_times(product)

    def groups(self) -> "Groups":
        """Return the groups of all products on sale."""
        return Groups(np.array(self._groups, np.int64))

    def mean_rating(self) -> float:
        """Return the mean of the ratings of all products; 0 where nothing is rated."""
        return mean_rating(np.array(self._ratings, np.float32), np.array(self._reviews, np.int64))

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
