"""The recommendation model, built from the shop's events and read by every shelf."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from shangsou.behaviour.event import ADD_TO_CART, CLICK, FAVORITE, PURCHASE, VIEW, Event
from shangsou.recommend.affinity import Affinities, Basket, fit_affinities

# What counts as interest in a product, and its weight in trends: the weights that the issue gives
# for popularity, 1 for a click and 3 for a purchase, with the others in between.
SIGNAL_WEIGHTS = {VIEW: 1.0, CLICK: 1.0, FAVORITE: 2.0, ADD_TO_CART: 2.0, PURCHASE: 3.0}
BASKET_ACTIONS = frozenset({ADD_TO_CART, PURCHASE})
# How fast a trend fades: `本周热卖` speaks of a week.
TREND_HALF_LIFE_DAYS = 7.0
# How fast what goes together fades: seasons change, and a quarter has a season's length.
CO_OCCURRENCE_HALF_LIFE_DAYS = 90.0
# What one shopper buys within these is one basket: orders of one shopping trip.
BASKET_GAP = timedelta(days=1)
# Most that a shelf could show of each, excluded ones and duplicates left out.
_MAX_TRENDING = 500
_MAX_RELATED_CATEGORIES = 8
_MAX_PER_CATEGORY = 40


@dataclass(frozen=True, slots=True)
class RecommendModel:
    """What goes together, what is in demand, and what the categories of a basket are."""

    product_ids: tuple[str, ...]
    """The products that had events; a product's number is its position here."""
    viewed: Affinities
    """From the products of one session."""
    bought: Affinities
    """From what one shopper bought or put into the cart within a day."""
    trending: tuple[str, ...]
    """Product ids, the most wanted first."""
    related_categories: Mapping[str, tuple[str, ...]]
    """Category path to the categories that are bought by the same shoppers, the most telling first."""
    products_by_category: Mapping[str, tuple[str, ...]]
    """Category path to its product ids, the most wanted first."""
    events: int = 0
    last_at: datetime | None = None
    """Of the last event."""
    numbers: Mapping[str, int] = field(init=False, repr=False, compare=False)
    """Product id to its number."""

    def __post_init__(self) -> None:
        numbers = {product_id: position for position, product_id in enumerate(self.product_ids)}
        object.__setattr__(self, "numbers", numbers)


def build_model(
    events: Iterable[Event], category_of: Mapping[str, str], last_at: datetime | None = None
) -> RecommendModel:
    """Return what events say.

    Parameters
    ----------
    events
        In any order; impressions and those without a product have no say.
    category_of
        Product id to its category path, joined by `>`; products without one are left out of categories.
    last_at
        From when weights fade; by default the last event.
    """
    signals = select_preference_events(events)
    if not signals:
        return empty_model()
    now = last_at or signals[-1].at
    number = {
        product_id: position
        for position, product_id in enumerate(dict.fromkeys(event.product_id for event in signals))
    }
    sessions, purchases = session_baskets(signals, number, now), same_day_baskets(signals, number, now)
    product_ids = tuple(number)
    demand = compute_demand(signals, number, now)
    order = np.argsort(-demand, kind="stable")
    return RecommendModel(
        product_ids=product_ids,
        viewed=fit_affinities(sessions, len(number)),
        bought=fit_affinities(purchases, len(number)),
        trending=tuple(product_ids[position] for position in order[:_MAX_TRENDING]),
        related_categories=_related_categories(signals, category_of),
        products_by_category=_products_by_category(product_ids, order, category_of),
        events=len(signals),
        last_at=signals[-1].at,
    )


def select_preference_events(events: Iterable[Event]) -> list[Event]:
    """Return the events that show a preference of some shopper, the oldest first."""
    signals = (
        event
        for event in events
        if event.product_id and event.action in SIGNAL_WEIGHTS and (event.user_id or event.session_id)
    )
    return sorted(signals, key=lambda event: event.at)


def empty_model() -> RecommendModel:
    """Return what no events say."""
    none = fit_affinities([], 0)
    return RecommendModel((), none, none, (), {}, {})


def session_baskets(signals: Sequence[Event], number: Mapping[str, int], now: datetime) -> list[Basket]:
    """Return a basket for each session: what a shopper looked at in one visit."""
    items: defaultdict[str, list[int]] = defaultdict(list)
    ended: dict[str, datetime] = {}
    for event in signals:
        session = event.session_id or f"{event.user_id} {event.at:%F}"
        items[session].append(number[event.product_id])
        ended[session] = event.at
    return [
        Basket(numbers, time_decay(now - ended[session], CO_OCCURRENCE_HALF_LIFE_DAYS))
        for session, numbers in items.items()
    ]


def same_day_baskets(signals: Sequence[Event], number: Mapping[str, int], now: datetime) -> list[Basket]:
    """Return a basket for each order, and without one for what a shopper bought from one day to the next."""
    open_baskets: dict[str, tuple[datetime, list[int]]] = {}
    baskets: list[Basket] = []
    for event in signals:
        if event.action not in BASKET_ACTIONS:
            continue
        key = event.order_id or event.user_id or event.session_id
        at, items = open_baskets.get(key, (event.at, []))
        if event.at - at > BASKET_GAP:
            baskets.append(Basket(items, time_decay(now - at, CO_OCCURRENCE_HALF_LIFE_DAYS)))
            items = []
        open_baskets[key] = (event.at, [*items, number[event.product_id]])
    baskets += [
        Basket(items, time_decay(now - at, CO_OCCURRENCE_HALF_LIFE_DAYS))
        for at, items in open_baskets.values()
    ]
    return baskets


def compute_demand(signals: Sequence[Event], number: Mapping[str, int], now: datetime) -> NDArray[np.float64]:
    """Return how much each product is wanted now, shape (products,)."""
    demand = np.zeros(len(number))
    for event in signals:
        demand[number[event.product_id]] += SIGNAL_WEIGHTS[event.action] * time_decay(
            now - event.at, TREND_HALF_LIFE_DAYS
        )
    return demand


def time_decay(age: timedelta, half_life_days: float) -> float:
    """Return what is left of a weight of 1; what is still to come counts in full."""
    return float(0.5 ** (max(age, timedelta()) / timedelta(days=half_life_days)))


def _related_categories(
    signals: Sequence[Event], category_of: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Return for each category those that its buyers buy elsewhere, by ridge weights as of products."""
    bought: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for event in signals:
        category = category_of.get(event.product_id)
        if category and event.action in BASKET_ACTIONS:
            bought[event.user_id or event.session_id][category] = None
    names = sorted({category for categories in bought.values() for category in categories})
    number = {category: position for position, category in enumerate(names)}
    baskets = [Basket([number[category] for category in categories]) for categories in bought.values()]
    affinities = fit_affinities(baskets, len(names))
    related_categories: dict[str, tuple[str, ...]] = {}
    for position, category in enumerate(names):
        partners, weights = affinities.row(position)
        likely = partners[weights > 0][:_MAX_RELATED_CATEGORIES]
        if len(likely):
            related_categories[category] = tuple(names[partner] for partner in likely)
    return related_categories


def _products_by_category(
    product_ids: Sequence[str], order: NDArray[np.int64], category_of: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    by_category: defaultdict[str, list[str]] = defaultdict(list)
    counts: Counter[str] = Counter()
    for position in order.tolist():
        category = category_of.get(product_ids[position])
        if category and counts[category] < _MAX_PER_CATEGORY:
            by_category[category].append(product_ids[position])
            counts[category] += 1
    return {category: tuple(items) for category, items in by_category.items()}
