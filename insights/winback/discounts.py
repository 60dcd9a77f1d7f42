"""The share that an offer takes off: never more than the margin, nor more than can pay."""

from dataclasses import dataclass

import numpy as np

# As shops print them: 9.5, 9, 8.5, 8, 7, 6 and 5 折.
DISCOUNTS = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
# Half of what can pay at most is given away, half is kept. Chosen by judgement, until a campaign tells more.
_SHARE_GIVEN = 0.5
# Who pays the full price four times of five needs less of a reason: half as much. Likewise.
_FULL_PRICE_SHARE = 0.8
_FULL_PRICE_FACTOR = 0.5
# From this probability to buy on, half the margin off cannot pay even if it persuaded all who would not buy:
# (1 - p) (m - m/2) < p m/2.
BUYS_ANYWAY = 0.5
# Of sums of decimal fractions.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """What a shop can afford."""

    margin: float
    """The share of the usual price that is left after the cost of a product, above 0 and at most 1."""

    def __post_init__(self) -> None:
        """Raise `ValueError` for a margin that is none."""
        if not 0 < self.margin <= 1:
            raise ValueError(f"a margin of {self.margin:g} is no share above 0 and at most 1")

    def discount(self, probability: float, full_price_share: float) -> float:
        """Return the share to take off the usual price for a customer, one of `DISCOUNTS` or 0.

        Of a customer who buys anyway with probability p, a discount d of a margin m gains m - d with 1 - p at
        most and costs d with p: it can pay up to (1 - p) m. Half of that is offered, a quarter to who usually
        pays the full price, and nothing from p = .5 on.

        Parameters
        ----------
        probability
            To buy within the time of the offer without it, from 0 to 1.
        full_price_share
            Of the customer's purchases; NaN where unknown.
        """
        if probability >= BUYS_ANYWAY:
            return 0.0
        limit = _SHARE_GIVEN * (1 - probability) * self.margin
        if not np.isnan(full_price_share) and full_price_share >= _FULL_PRICE_SHARE:
            limit *= _FULL_PRICE_FACTOR
        return max((one for one in DISCOUNTS if one <= limit + _ROUNDING), default=0.0)
