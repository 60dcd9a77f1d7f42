"""Daily sales of all items of a shop, as matrices of items by days."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
"""Shape (items, days). NaN where a value is unknown."""
Mask = NDArray[np.bool_]
"""Shape (items, days)."""
CATEGORY_SEPARATOR = " > "


@dataclass(frozen=True, slots=True)
class Item:
    """An item that a shop sells."""

    id: str
    """As the table or the events write it."""
    name: str = ""
    category: str = ""
    """The path from the root, with `CATEGORY_SEPARATOR` between its parts; empty where unknown."""


@dataclass(frozen=True, slots=True)
class SalesHistory:
    """What each item sold on each day, from the first day of the records to the last.

    Days are consecutive; a day without a row is one on which nothing was sold.
    """

    first_day: date
    items: tuple[Item, ...]
    """In the order of their ids."""
    quantity: Matrix
    """What was sold, less what was returned on the same day; never negative, never NaN."""
    is_observed: Mask
    """Whether the quantity tells the demand. It does not where the item was out of stock, nor on a day on
    which the whole shop sold nothing."""
    price: Matrix
    """Of a piece, in the currency of the table: the mean of the day."""
    promotion: Matrix
    """How much of a promotion there was, 0 for none: a flag of 0 or 1, or the share of a discount."""
    stock: Matrix
    """At the end of the day."""
    unit_cost: Matrix
    """What the shop paid for a piece."""
    loss_rate: NDArray[np.float32]
    """Shape (items,): the share that spoils before it is sold, from 0 to below 1; NaN where unknown."""

    @property
    def days(self) -> int:
        """The number of days."""
        return int(self.quantity.shape[1])

    @property
    def last_day(self) -> date:
        """The last day of the records: forecasts begin on the day after it."""
        return self.first_day + timedelta(days=self.days - 1)

    @property
    def open_days(self) -> NDArray[np.bool_]:
        """Shape (days,): whether the shop sold anything at all."""
        return np.asarray(np.any(self.quantity > 0, axis=0))

    def until(self, days: int) -> "SalesHistory":
        """Return the first days alone, with all items: what was known then."""
        return SalesHistory(
            self.first_day,
            self.items,
            self.quantity[:, :days],
            self.is_observed[:, :days],
            self.price[:, :days],
            self.promotion[:, :days],
            self.stock[:, :days],
            self.unit_cost[:, :days],
            self.loss_rate,
        )


@dataclass(frozen=True, slots=True)
class PlannedDays:
    """Prices and promotions that are decided for the days to come. The days after the last day of sales."""

    price: Matrix
    """Shape (items, horizon), items as in the history; NaN where nothing is planned."""
    promotion: Matrix
    """Shape (items, horizon); NaN where nothing is planned."""
