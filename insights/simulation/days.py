"""One day of simulated shoppers: who leaves, who orders and who looks around, from what they did before."""

from dataclasses import dataclass, fields

import numpy as np

from insights.simulation.settings import ShopSettings
from insights.simulation.shoppers import (
    CATEGORIES,
    FAVORITE_CATEGORY_SHARE,
    Flags,
    Integers,
    Numbers,
    ShopModel,
)

NEVER = 1 << 30
# Views fade with a half-life of a week.
_VIEWS_KEPT = 0.5 ** (1 / 7)
_DAYS_A_YEAR = 365.25
# Silent longer than usual: three times the mean time between visits.
_SILENCE = 3.0


@dataclass(slots=True)
class ShopperState:
    """What shoppers have done so far. Arrays have the shape (shoppers,); days from 0, -NEVER for never."""

    decided: Integers
    """The day on which a shopper decides to leave; NEVER where that has not happened."""
    last_visit: Integers
    last_order: Integers
    orders: Integers
    """How many."""
    bad_day: Integers
    """Of the last bad experience."""
    cart_day: Integers
    """On which a cart was left that no order has followed."""
    cart_product: Integers
    views: Numbers
    """Since the last order, faded."""

    @classmethod
    def at_first(cls, count: int) -> "ShopperState":
        """Return the state of shoppers who have not come yet."""
        never = np.full(count, -NEVER)
        zeros = np.zeros(count, np.int64)
        return cls(
            np.full(count, NEVER), never, never.copy(), zeros, never.copy(), never.copy(), zeros - 1,
            np.zeros(count),
        )  # fmt: skip

    def tiled(self, copies: int) -> "ShopperState":
        """Return the states of all shoppers so many times over."""
        return ShopperState(*(np.tile(getattr(self, one.name), copies) for one in fields(self)))


@dataclass(frozen=True, slots=True)
class DayVisits:
    """The visits of a day. Arrays have the shape (visits,)."""

    shopper: Integers
    """Positions, rising: one visit each."""
    is_leaving: Flags
    orders: Flags
    leaves_cart: Flags
    product: Integers
    """That is ordered or left in the cart; else the one looked at last."""
    views: Integers
    """How many, that of `product` among them: 1 or more."""


def is_gone(model: ShopModel, state: ShopperState, day: int) -> Flags:
    """Return who will never come again after the day before. Shape (shoppers,)."""
    return np.asarray(state.decided + model.settings.leaving_days <= day)


def leaving_hazards(model: ShopModel, state: ShopperState, day: int) -> Numbers:
    """Return the probability that each shopper decides on a day to leave, who has not before."""
    shoppers, settings = model.shoppers, model.settings
    is_silent = (day - state.last_visit) * (shoppers.rate + shoppers.visit_rate) > _SILENCE
    is_angry = day - state.bad_day <= settings.bad_experience_days
    rise = model.assortment.price_levels(day)[shoppers.category] - 1
    hazard = settings.leaving_hazard * np.exp(settings.price_sensitivity * rise)
    hazard *= np.where(is_silent, settings.silence_lift, 1.0)
    hazard *= np.where(is_angry, settings.bad_experience_lift, 1.0)
    return np.asarray(-np.expm1(-hazard))


def order_rates(model: ShopModel, state: ShopperState, day: int) -> Numbers:
    """Return the orders a day of each shopper who is not about to leave. Shape (shoppers,)."""
    settings = model.settings
    season = 1 + settings.season * np.sin(2 * np.pi * day / _DAYS_A_YEAR)
    cart = np.where(day - state.cart_day <= settings.cart_days, settings.cart_lift, 1.0)
    views = 1 + settings.view_lift * np.minimum(state.views, settings.max_views)
    return np.asarray(model.shoppers.rate * season * cart * views)


def simulate_day(model: ShopModel, state: ShopperState, day: int, rng: np.random.Generator) -> DayVisits:
    """Return the visits of a day, and bring the state up to its end.

    Causes work in this order: the decision to leave by what was known the day before; then orders; then
    visits without one, and what is done in them.
    """
    shoppers, settings = model.shoppers, model.settings
    count = len(shoppers)
    is_here = (shoppers.arrival <= day) & ~is_gone(model, state, day)
    is_first = shoppers.arrival == day
    decides = rng.random(count) < leaving_hazards(model, state, day)
    state.decided[is_here & ~is_first & decides & (state.decided == NEVER)] = day
    is_leaving = state.decided <= day
    activity = np.where(is_leaving, settings.leaving_visits, 1.0)
    rate = order_rates(model, state, day) * activity
    orders = is_here & ~is_first & (rng.random(count) < -np.expm1(-rate))
    orders |= is_first & shoppers.orders_at_arrival
    visits = is_here & (rng.random(count) < -np.expm1(-shoppers.visit_rate * activity))
    visitors = np.flatnonzero(visits | orders | is_first)
    day_visits = _visits(model, state, visitors, orders, is_leaving, rng=rng)
    _remember(state, day_visits, day, settings, rng)
    return day_visits


def _visits(  # noqa: PLR0913 - a visit is decided by all of it
    model: ShopModel,
    state: ShopperState,
    visitors: Integers,
    orders: Flags,
    is_leaving: Flags,
    *,
    rng: np.random.Generator,
) -> DayVisits:
    is_favorite = rng.random(len(visitors)) < FAVORITE_CATEGORY_SHARE
    other = rng.integers(0, len(CATEGORIES), len(visitors))
    product = model.assortment.draw(np.where(is_favorite, model.shoppers.category[visitors], other), rng)
    # Who orders takes what is in the cart.
    in_cart = state.cart_product[visitors]
    product = np.where(orders[visitors] & (in_cart >= 0), in_cart, product)
    return DayVisits(
        visitors,
        is_leaving[visitors],
        orders[visitors],
        ~orders[visitors] & (rng.random(len(visitors)) < model.settings.cart),
        product,
        1 + rng.poisson(max(model.settings.views_a_visit - 1, 0), len(visitors)),
    )


def _remember(
    state: ShopperState, visits: DayVisits, day: int, settings: ShopSettings, rng: np.random.Generator
) -> None:
    state.views *= _VIEWS_KEPT
    state.views[visits.shopper] += visits.views
    state.last_visit[visits.shopper] = day
    left = visits.shopper[visits.leaves_cart]
    state.cart_day[left], state.cart_product[left] = day, visits.product[visits.leaves_cart]
    buyers = visits.shopper[visits.orders]
    state.orders[buyers] += 1
    state.last_order[buyers] = day
    state.cart_day[buyers], state.cart_product[buyers] = -NEVER, -1
    state.views[buyers] = 0
    state.bad_day[buyers[rng.random(len(buyers)) < settings.bad_experience]] = day
