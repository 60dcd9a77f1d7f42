"""Customers of past campaigns with what they bought: what uplift models learn from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.winback.mean_difference import TwoGroups

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class UpliftRows:
    """A row for each customer of each campaign. Arrays have the shape (rows,) unless said otherwise."""

    features: Numbers
    """Shape (rows, features): what was known before the campaign; NaN where unknown."""
    is_treated: Mask
    margin: Numbers
    """Of the customer's orders in the days measured, each at the same margin."""
    campaign: Integers
    """A number of the campaign, from 0."""
    customer: Integers
    """A number of the customer, the same in all campaigns."""

    def take(self, chosen: Mask) -> "UpliftRows":
        """Return some of the rows."""
        return UpliftRows(
            self.features[chosen],
            self.is_treated[chosen],
            self.margin[chosen],
            self.campaign[chosen],
            self.customer[chosen],
        )

    def propensity(self) -> Numbers:
        """Return the probability of each row to be treated: the share of its campaign. Shape (rows,)."""
        size = np.bincount(self.campaign)
        return np.asarray((np.bincount(self.campaign, self.is_treated) / np.maximum(size, 1))[self.campaign])

    def weights(self) -> Numbers:
        """Return the inverse of the probability of each row to be in its group. Shape (rows,).

        With them both groups stand for all rows, whatever share each campaign held out.
        """
        propensity = self.propensity()
        return 1.0 / np.where(self.is_treated, propensity, 1.0 - propensity)

    def groups(self) -> list[TwoGroups]:
        """Return the margins of the two groups of each campaign that has rows."""
        return [
            TwoGroups(
                self.margin[(self.campaign == one) & self.is_treated],
                self.margin[(self.campaign == one) & ~self.is_treated],
            )
            for one in np.unique(self.campaign).tolist()
        ]
