"""Simulated campaigns: customers whose response to an offer is known."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from insights.winback.hold_out import hold_out_size
from insights.winback.uplift_rows import UpliftRows

Numbers = NDArray[np.float64]
Response = Literal["none", "even", "varied"]
_NOISE_FEATURES = 5
_MARGIN_SHARE = 0.3
# As real orders: the highest hundredth is some eight times the median.
_SPREAD_OF_AMOUNTS = 0.9
_PURCHASES_WON = 0.05
_MEAN_WON = 100.0


@dataclass(frozen=True, slots=True)
class SimulatedCampaign:
    """The rows of a campaign with the truth. Arrays have the shape (rows,)."""

    rows: UpliftRows
    effect: Numbers
    """The expected incremental margin of contacting each customer."""


def simulate_campaign(
    customers: int, response: Response, generator: np.random.Generator
) -> SimulatedCampaign:
    """Return a campaign with a hold-out of the usual size.

    Some 8 % buy anyway, by how long they are silent and how often they bought, and spend by what they spent
    before: margins differ between customers. Contacting them does nothing ("none"); wins an order of the same
    expected amount from the same share of all ("even"); or wins it from those who like discounts and are not
    yet long silent ("varied"), as many in all.
    """
    silent_weeks = generator.exponential(20, customers)
    orders = generator.geometric(0.4, customers).astype(np.float64)
    usual = np.exp(generator.normal(4.5, 0.7, customers))
    discounted = generator.beta(1, 2, customers)
    carts = generator.poisson(0.5, customers).astype(np.float64)
    noise = generator.normal(size=(customers, _NOISE_FEATURES))
    odds = np.exp(-2.2 - 0.03 * silent_weeks + 0.25 * np.log(orders) + 0.3 * carts)
    paid = usual * _amounts(customers, generator) * (generator.random(customers) < odds / (1 + odds))
    won = np.zeros(customers)
    if response == "even":
        won[:] = _PURCHASES_WON
    elif response == "varied":
        liking = discounted * np.exp(-silent_weeks / 20)
        won = np.minimum(_PURCHASES_WON * liking / liking.mean(), 1)
    is_treated = np.ones(customers, np.bool_)
    is_treated[generator.permutation(customers)[: hold_out_size(customers)]] = False
    is_won = is_treated & (generator.random(customers) < won)
    paid += is_won * _MEAN_WON * _amounts(customers, generator)
    features = np.column_stack([silent_weeks, orders, usual, discounted, carts, noise])
    rows = UpliftRows(
        features,
        is_treated,
        _MARGIN_SHARE * paid,
        np.zeros(customers, np.int64),
        np.arange(customers),
    )
    return SimulatedCampaign(rows, _MARGIN_SHARE * _MEAN_WON * won)


def _amounts(customers: int, generator: np.random.Generator) -> Numbers:
    """Return lognormal factors with a mean of 1."""
    return np.exp(generator.normal(-(_SPREAD_OF_AMOUNTS**2) / 2, _SPREAD_OF_AMOUNTS, customers))
