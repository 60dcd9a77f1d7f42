"""The single actions in the visits of simulated shoppers."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from insights.customers.activity import CART, FAVORITE, PURCHASE, SEARCH, VIEW
from insights.simulation.days import DayVisits
from insights.simulation.shoppers import PRODUCTS_A_CATEGORY, Integers, Numbers, ShopModel


@dataclass(frozen=True, slots=True)
class Actions:
    """Actions of shoppers. Arrays have the shape (actions,)."""

    shopper: Integers
    day: Integers
    """From 0."""
    kind: Integers
    """As in `insights.customers.activity`."""
    product: Integers
    """The number of the product; -1 for a search."""
    price: Numbers
    """Of a piece, in whole fen; NaN for a search."""
    pieces: Integers
    """That are bought; 1 where nothing is."""
    category: Integers
    """That is searched for or looked at."""


def actions_of_day(model: ShopModel, visits: DayVisits, day: int, rng: np.random.Generator) -> Actions:
    """Return what is done in the visits of a day: searches, views, and what follows from them."""
    assortment, settings = model.assortment, model.settings
    count = len(visits.shopper)
    searches = settings.searches_a_visit * np.where(visits.is_leaving, settings.leaving_searches, 1.0)
    pieces = 1 + rng.poisson(model.shoppers.spending[visits.shopper])
    category = visits.product // PRODUCTS_A_CATEGORY
    # The product of the visit is the last one that is looked at.
    other_views = np.repeat(np.arange(count), visits.views - 1)
    visit_of_kind = {
        SEARCH: np.repeat(np.arange(count), rng.poisson(searches)),
        VIEW: np.concatenate([other_views, np.arange(count)]),
        FAVORITE: np.flatnonzero(rng.random(count) < settings.favorite),
        CART: np.flatnonzero(visits.orders | visits.leaves_cart),
        PURCHASE: np.flatnonzero(visits.orders),
    }
    visit = np.concatenate(list(visit_of_kind.values()))
    kind = np.repeat(list(visit_of_kind), [len(one) for one in visit_of_kind.values()])
    product = visits.product[visit]
    first_view = len(visit_of_kind[SEARCH])
    product[:first_view] = -1
    product[first_view : first_view + len(other_views)] = assortment.draw(category[other_views], rng)
    price = np.round(assortment.price[product] * assortment.price_levels(day)[category[visit]], 2)
    return Actions(
        visits.shopper[visit],
        np.full(len(visit), day),
        kind,
        product,
        np.where(kind == SEARCH, np.nan, price),
        np.where(kind == PURCHASE, pieces[visit], 1),
        category[visit],
    )


def purchases(actions: Actions) -> Actions:
    """Return the purchases among actions, one for each order."""
    is_purchase = actions.kind == PURCHASE
    return Actions(*(getattr(actions, one.name)[is_purchase] for one in fields(Actions)))


def joined_actions(days: Sequence[Actions]) -> Actions:
    """Return the actions of days, by shopper and then by time."""
    columns = [np.concatenate([getattr(day, one.name) for day in days]) for one in fields(Actions)]
    joined = Actions(*columns)
    # In a visit by kind, which is the order in which it goes: stable, so that views stay as they were.
    order = np.lexsort((joined.kind, joined.day, joined.shopper))
    return Actions(*(column[order] for column in columns))
