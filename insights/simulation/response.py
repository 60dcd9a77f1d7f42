"""The response of simulated shoppers to an offer, by what they were seen to do before."""

from dataclasses import dataclass

import numpy as np

from insights.simulation.days import ShopperState
from insights.simulation.shoppers import Flags, Integers, Numbers, ShopModel

INDIFFERENT, PERSUADABLE, SURE, LOST, DISTURBED = range(5)
SEGMENTS = ("indifferent", "persuadable", "sure", "lost", "disturbed")
# In days; all of it can be seen in orders and visits.
_LOST_AFTER = 90
_RECENT = 30
_CART = 30
_SURE_ORDERS = 4
_JUST_BOUGHT = 14


@dataclass(frozen=True, slots=True)
class Response:
    """What an offer does to each shopper in the time of a campaign. Arrays have the shape (shoppers,)."""

    segment: Integers
    """As in `SEGMENTS`."""
    extra_orders: Numbers
    """The probability of an order that would not have been: exactly what is gained in orders."""
    lost_share: Numbers
    """The probability of each order that would have been not to be."""


def responses(model: ShopModel, state: ShopperState, day: int) -> Response:
    """Return how each shopper responds to an offer made after a day.

    Lost is who has not come for 90 days; persuadable who left a cart in the last 30 days, or ordered twice
    at least and the last time 31 to 90 days ago; disturbed who has just paid the full price, within 14 days;
    sure who ordered four times at least and within 30 days. The first that holds counts. The others are
    indifferent, as are shoppers who have not come yet.
    """
    settings, arrival = model.settings, model.shoppers.arrival
    silent = day - state.last_visit
    since_order = day - state.last_order
    segment = np.select(
        [
            arrival > day,
            silent > _LOST_AFTER,
            (day - state.cart_day <= _CART)
            | ((state.orders > 1) & (since_order > _RECENT) & (since_order <= _LOST_AFTER)),
            since_order <= _JUST_BOUGHT,
            (state.orders >= _SURE_ORDERS) & (since_order <= _RECENT),
        ],
        [INDIFFERENT, LOST, PERSUADABLE, DISTURBED, SURE],
        INDIFFERENT,
    ).astype(np.int64)
    nothing = np.zeros(len(arrival))
    if settings.response == "none":
        return Response(segment, nothing, nothing)
    if settings.response == "uniform":
        return Response(segment, np.where(arrival <= day, settings.extra_orders, 0.0), nothing)
    return Response(
        segment,
        np.where(segment == PERSUADABLE, settings.extra_orders, 0.0),
        np.where(segment == DISTURBED, settings.lost_share, 0.0),
    )


def is_extra(response: Response, treated: Flags, rng: np.random.Generator) -> Flags:
    """Return who orders once more because of an offer. Shape (shoppers,)."""
    return np.asarray(treated & (rng.random(len(treated)) < response.extra_orders))


def is_lost(response: Response, treated: Flags, shopper: Integers, rng: np.random.Generator) -> Flags:
    """Return which orders of these shoppers are not made because of an offer. Shape (orders,)."""
    return np.asarray(treated[shopper] & (rng.random(len(shopper)) < response.lost_share[shopper]))
