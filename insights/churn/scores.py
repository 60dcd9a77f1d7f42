"""The scores of customers, which lists, pages and evaluations read."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from insights.churn.choice import MethodLoss

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reason:
    """What speaks for or against a customer's buying again. It names no product and quotes no query."""

    code: str
    """As `silent` or `cart-left`: the same for all customers."""
    english: str
    """With the customer's own figures: "silent for 74 days, usually 20"."""
    chinese: str
    is_risk: bool
    """Whether it speaks against buying again."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What is expected of each customer in the days after `as_of`. Arrays have the shape (customers,)."""

    customers: tuple[str, ...]
    """Ids, each once."""
    as_of: date
    """The last day of which orders are known."""
    horizon_days: int
    probability: Numbers
    """Of one order or more within the horizon."""
    expected_purchases: Numbers
    """Days with an order within the horizon."""
    expected_value: Numbers
    """What these orders come to, in the currency of the orders; NaN where no amounts are known."""
    reasons: tuple[tuple[Reason, ...], ...]
    """Of each customer, the weightiest first; may be empty."""
    method: str = ""
    """By which probabilities were made; empty where they come from elsewhere."""
    losses: tuple[MethodLoss, ...] = ()
    """Of the methods on the last days of the records; empty where these are too short to tell."""

    def only(self, customers: Set[str]) -> "Scores":
        """Return the scores of those of these customers that there are."""
        return self.take([at for at, one in enumerate(self.customers) if one in customers])

    def take(self, rows: Sequence[int]) -> "Scores":
        """Return the scores of the customers at these positions, in this order."""
        return replace(
            self,
            customers=tuple(self.customers[at] for at in rows),
            probability=self.probability[rows],
            expected_purchases=self.expected_purchases[rows],
            expected_value=self.expected_value[rows],
            reasons=tuple(self.reasons[at] for at in rows),
        )
