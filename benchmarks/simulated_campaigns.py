"""Simulated campaigns: customers whose response to an offer is known."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from insights.winback.campaign import Campaign
from insights.winback.hold_out import hold_out_size
from insights.winback.outcomes import Outcomes
from insights.winback.uplift_rows import UpliftRows

MARGIN_SHARE = 0.3
DISCOUNT = 0.1
CONTACT_COST = 0.1

Numbers = NDArray[np.float64]
Response = Literal["none", "even", "varied"]
_NOISE_FEATURES = 5
# As real orders: the highest hundredth is some eight times the median.
_SPREAD_OF_AMOUNTS = 0.9
_ORDERS_WON = 0.05
_MEAN_AMOUNT = 100.0
# Of the contacted: the others overlook the discount, and pay the full price.
_USE_DISCOUNT = 0.5


@dataclass(frozen=True, slots=True)
class SimulatedCampaign:
    """A campaign with the truth. Arrays have the shape (customers,)."""

    rows: UpliftRows
    """With what orders tell: how many there are, each at the mean margin."""
    outcomes: Outcomes
    """With what was paid, of which half of the contacted had the discount off."""
    effect: Numbers
    """The expected incremental margin of contacting each customer, as `rows` has margins."""
    gain: float
    """Expected of the whole campaign, in money: after the discounts used and the contacts."""


def simulate_campaign(
    customers: int, response: Response, generator: np.random.Generator
) -> SimulatedCampaign:
    """Return a campaign with a hold-out of the usual size, that offers 10 % off.

    Some 8 % buy anyway, by how long they are silent and how often they bought, and spend by what they spent
    before: amounts differ between customers. Contacting them does nothing ("none"); wins an order of 100
    from the same share of all ("even"); or wins it from those who like discounts and are not
    yet long silent ("varied"), as many in all.
    """
    silent_weeks = generator.exponential(20, customers)
    orders_before = generator.geometric(0.4, customers).astype(np.float64)
    usual = np.exp(generator.normal(4.5, 0.7, customers))
    discounted = generator.beta(1, 2, customers)
    carts = generator.poisson(0.5, customers).astype(np.float64)
    noise = generator.normal(size=(customers, _NOISE_FEATURES))
    odds = np.exp(-2.2 - 0.03 * silent_weeks + 0.25 * np.log(orders_before) + 0.3 * carts)
    anyway = odds / (1 + odds)
    won = np.zeros(customers)
    if response == "even":
        won[:] = _ORDERS_WON
    elif response == "varied":
        liking = discounted * np.exp(-silent_weeks / 20)
        won = np.minimum(_ORDERS_WON * liking / liking.mean(), 1)
    # In a random order: the first of them are held out.
    is_treated = np.arange(customers) >= hold_out_size(customers)
    buys = generator.random(customers) < anyway
    is_won = is_treated & (generator.random(customers) < won)
    price = usual * _amounts(customers, generator) * buys
    price += _MEAN_AMOUNT * _amounts(customers, generator) * is_won
    has_discount = is_treated & (generator.random(customers) < _USE_DISCOUNT)
    orders = buys.astype(np.int64) + is_won
    rows = UpliftRows(
        np.column_stack([silent_weeks, orders_before, usual, discounted, carts, noise]),
        is_treated,
        MARGIN_SHARE * _MEAN_AMOUNT * orders,
        np.zeros(customers, np.int64),
        np.arange(customers),
    )
    lost = DISCOUNT * _USE_DISCOUNT
    earned = won * _MEAN_AMOUNT * (MARGIN_SHARE - lost) - anyway * usual * lost - CONTACT_COST
    return SimulatedCampaign(
        rows,
        _outcomes(is_treated, orders, price * np.where(has_discount, 1 - DISCOUNT, 1.0)),
        MARGIN_SHARE * _MEAN_AMOUNT * won,
        float(earned.mean() * is_treated.sum()),
    )


def _outcomes(is_treated: NDArray[np.bool_], orders: NDArray[np.int64], paid: Numbers) -> Outcomes:
    """Return them with the treated first, as campaigns have them."""
    order = np.argsort(~is_treated, kind="stable")
    names = tuple(map(str, order.tolist()))
    treated = int(is_treated.sum())
    campaign = Campaign("simulated", date(2026, 1, 1), 30, names[:treated], names[treated:])
    return Outcomes(
        campaign,
        is_treated[order],
        orders[order],
        paid[order],
        campaign.start,
        campaign.last_day,
        ended_by="",
        unknown_amounts=0,
    )


def _amounts(customers: int, generator: np.random.Generator) -> Numbers:
    """Return lognormal factors with a mean of 1."""
    return np.exp(generator.normal(-(_SPREAD_OF_AMOUNTS**2) / 2, _SPREAD_OF_AMOUNTS, customers))
