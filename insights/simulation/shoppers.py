"""Simulated shoppers and products: drawn once, and the same on all days."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.simulation.settings import ShopSettings

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

CATEGORIES = ("连衣裙", "运动鞋", "零食", "面霜", "手机壳", "童装", "锅具", "背包")
PRODUCTS_A_CATEGORY = 40
# Popularity falls with the rank as in Zipf's law.
_POPULARITY = 1 / np.arange(1, PRODUCTS_A_CATEGORY + 1)
# Shoppers buy in the category they like best seven times of ten.
FAVORITE_CATEGORY_SHARE = 0.7
# Prices of a category go up and down once in a time drawn from these days.
_PRICE_PERIOD = (200, 500)
# The shape of the gamma distribution of visits an order: most shoppers have a third to two times the mean.
_VISITS_SHAPE = 4.0


@dataclass(frozen=True, slots=True)
class Shoppers:
    """What shoppers are like. Arrays have the shape (shoppers,)."""

    arrival: Integers
    """The day of the first visit, from 0."""
    orders_at_arrival: Flags
    rate: Numbers
    """Orders a day while nothing raises or lowers it."""
    visit_rate: Numbers
    """Visits without an order a day."""
    category: Integers
    """The one liked best."""
    spending: Numbers
    """The factor of the number of pieces."""

    def __len__(self) -> int:
        """The number of shoppers."""
        return len(self.rate)

    def tiled(self, copies: int) -> "Shoppers":
        """Return all shoppers so many times over."""
        return Shoppers(
            np.tile(self.arrival, copies),
            np.tile(self.orders_at_arrival, copies),
            np.tile(self.rate, copies),
            np.tile(self.visit_rate, copies),
            np.tile(self.category, copies),
            np.tile(self.spending, copies),
        )


@dataclass(frozen=True, slots=True)
class Assortment:
    """What the shop sells: each category has the same number of products, in order."""

    price: Numbers
    """Shape (products,): of a piece, before its category goes up or down."""
    period: Numbers
    """Shape (categories,): days in which prices go up and down once."""
    phase: Numbers
    """Shape (categories,), from 0 to 1."""
    swing: float

    def price_levels(self, day: int) -> Numbers:
        """Return the factor of the prices of each category on a day. Shape (categories,)."""
        return 1 + self.swing * np.sin(2 * np.pi * (day / self.period + self.phase))

    def draw(self, category: Integers, rng: np.random.Generator) -> Integers:
        """Return a product of each category by popularity. Shape that of `category`."""
        cumulative = np.cumsum(_POPULARITY) / _POPULARITY.sum()
        place = np.searchsorted(cumulative, rng.random(len(category)))
        return category * PRODUCTS_A_CATEGORY + np.minimum(place, PRODUCTS_A_CATEGORY - 1)


@dataclass(frozen=True, slots=True)
class ShopModel:
    """All that decides what happens in a simulated shop, but for chance."""

    shoppers: Shoppers
    assortment: Assortment
    settings: ShopSettings

    def tiled(self, copies: int) -> "ShopModel":
        """Return the shop with all its shoppers so many times over."""
        return ShopModel(self.shoppers.tiled(copies), self.assortment, self.settings)


def draw_shop(count: int, days: int, settings: ShopSettings, rng: np.random.Generator) -> ShopModel:
    """Return a shop and the shoppers who come to it within the first days of a time."""
    return ShopModel(_draw_shoppers(count, days, settings, rng), _draw_assortment(settings, rng), settings)


def _draw_shoppers(count: int, days: int, settings: ShopSettings, rng: np.random.Generator) -> Shoppers:
    rate = rng.gamma(settings.order_rate_shape, settings.order_rate / settings.order_rate_shape, count)
    visits_an_order = rng.gamma(_VISITS_SHAPE, settings.visits_an_order / _VISITS_SHAPE, count)
    return Shoppers(
        rng.integers(0, max(1, round(days * settings.arrival_share)), count),
        rng.random(count) < settings.first_order,
        rate,
        rate * visits_an_order + settings.visit_rate,
        rng.integers(0, len(CATEGORIES), count),
        np.exp(settings.spending_spread * rng.standard_normal(count)),
    )


def _draw_assortment(settings: ShopSettings, rng: np.random.Generator) -> Assortment:
    products = len(CATEGORIES) * PRODUCTS_A_CATEGORY
    prices = settings.price * np.exp(settings.price_spread * rng.standard_normal(products))
    return Assortment(
        prices,
        rng.uniform(*_PRICE_PERIOD, len(CATEGORIES)),
        rng.random(len(CATEGORIES)),
        settings.price_swing,
    )
