"""Terms of a campaign: what it may cost, and what the shop earns."""

from dataclasses import dataclass
from typing import Final

RESPONSE: Final = 0.05
"""Assumed until a campaign was measured: of those who would not buy, how many buy with the offer.

Rather high, so that the budget holds: in the test of Hillstrom (2008) mails raised buyers from .6 to 1.2 %.
"""


@dataclass(frozen=True, slots=True)
class CampaignTerms:
    """The terms of a campaign. Money is in the currency of the orders.

    Raises `ValueError` for a budget or cost below 0, and for shares outside of 0 to 1.
    """

    name: str
    """Random groups are drawn by it: another campaign has another name."""
    budget: float
    contact_cost: float
    """Of each customer contacted, as a text message."""
    margin_share: float
    """Of what is sold at full price, what is left after the cost of the goods; above 0."""
    response: float = RESPONSE
    """Of those who would not buy without the offer, how many are expected to buy with it."""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a campaign needs a name")
        for name, value in (("budget", self.budget), ("contact cost", self.contact_cost)):
            if not 0 <= value < float("inf"):
                raise ValueError(f"a {name} of {value} is no amount of money of 0 or more")
        if not 0 < self.margin_share <= 1:
            raise ValueError(f"a margin of {self.margin_share} is not above 0 and at most 1")
        if not 0 <= self.response <= 1:
            raise ValueError(f"a response of {self.response} is not between 0 and 1")
