"""The activity of customers besides their orders, as arrays."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]

SEARCH, VIEW, FAVORITE, CART, PURCHASE = range(5)
ACTIVITIES: Final = ("search", "view", "favorite", "add_to_cart", "purchase")
"""Names of the kinds; a click in results or on a shelf is a view."""


@dataclass(frozen=True, slots=True)
class Activity:
    """Actions of customers, in the order of time within a customer. Arrays have the shape (actions,).

    It holds customers who never ordered too.
    """

    customers: tuple[str, ...]
    """Ids, in order."""
    customer: Integers
    """A position in `customers`; never falls."""
    day: Integers
    """Days since 0001-01-01, which is 1, in China; never falls within a customer."""
    known_from: Integers
    """The day from which on it is known whose action it is: `day`, or that of a later signing in."""
    kind: Integers
    """`SEARCH`, `VIEW`, `FAVORITE`, `CART` or `PURCHASE`."""
    product: Integers
    """A number of the product, the same for the same product; -1 for a search."""
    price: Numbers
    """Of a piece, in the shop's currency; NaN where unknown."""
    first_day: int
    """The first day of the records: before it nothing is known."""

    def take(self, rows: NDArray[np.bool_] | Integers) -> "Activity":
        """Return some of the actions, by their positions or by a flag each."""
        return replace(
            self,
            customer=self.customer[rows],
            day=self.day[rows],
            known_from=self.known_from[rows],
            kind=self.kind[rows],
            product=self.product[rows],
            price=self.price[rows],
        )

    def until(self, last_day: date) -> "Activity":
        """Return what was known at the end of a day, when some had not signed in yet."""
        return self.take(self.known_from <= last_day.toordinal())
