"""The recommendation model, built from the shop's events and read by every shelf."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from shangsou.behaviour.event import ADD_TO_CART, CLICK, FAVORITE, PURCHASE, VIEW, Event
from shangsou.recommend.affinity import Affinities, Basket, fit_affinities

# Actions that show interest in a product, with their weights in trends: as in popularity, 1 for a click and
# 3 for a purchase, with the others in between.
SIGNAL_WEIGHTS = {VIEW: 1.0, CLICK: 1.0, FAVORITE: 2.0, ADD_TO_CART: 2.0, PURCHASE: 3.0}
BASKET_ACTIONS = frozenset({ADD_TO_CART, PURCHASE})
# Half-life of trends: the shelf is called `本周热卖`, best sellers of the week.
TREND_HALF_LIFE_DAYS = 7.0
# Half-life of affinities: a season, since assortments change with the seasons.
CO_OCCURRENCE_HALF_LIFE_DAYS = 90.0
# Purchases of one shopper within this time are one basket: the orders of one shopping trip.
BASKET_GAP = timedelta(days=1)
# At most as many of each as a shelf could show, with a reserve for excluded ones and duplicates.
_MAX_TRENDING = 500
_MAX_RELATED_CATEGORIES = 8
_MAX_PER_CATEGORY = 40


@dataclass(frozen=True, slots=True)
class RecommendModel:
    """Affinities of products, their demand, and affinities of categories."""

    product_ids: tuple[str, ...]
    """The products with events; a product's number is its position here."""
    viewed: Affinities
    """Affinities of products viewed in one session."""
    bought: Affinities
    """Affinities of products bought or put into the cart by one shopper within a day."""
    trending: tuple[str, ...]
    """Product ids, by descending demand."""
    related_categories: Mapping[str, tuple[str, ...]]
    """For each category path, the categories bought by the same shoppers, strongest first."""
    products_by_category: Mapping[str, tuple[str, ...]]
    """The product ids of each category path, by descending demand."""
    events: int = 0
    last_at: datetime | None = None
    """The time of the last event."""
    numbers: Mapping[str, int] = field(init=False, repr=False, compare=False)
    """The number of each product, by id."""

    def __post_init__(self) -> None:
        numbers = {product_id: position for position, product_id in enumerate(self.product_ids)}
        object.__setattr__(self, "numbers", numbers)


def build_model(
    events: Iterable[Event], category_of: Mapping[str, str], last_at: datetime | None = None
) -> RecommendModel:
    """Build the model from events.

    Parameters
    ----------
    events
        In any order; impressions and events without a product are ignored.
    category_of
        Product id to its category path, joined by `>`; products without one are left out of categories.
    last_at
        The moment that weights decay from; by default that of the last event.
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
    """Return the events that show a preference of a shopper, oldest first."""
    signals = (
        event
        for event in events
        if event.product_id and event.action in SIGNAL_WEIGHTS and (event.user_id or event.session_id)
    )
    return sorted(signals, key=lambda event: event.at)


def empty_model() -> RecommendModel:
    """Return a model without events."""
    none = fit_affinities([], 0)
    return RecommendModel((), none, none, (), {}, {})


def session_baskets(signals: Sequence[Event], number: Mapping[str, int], now: datetime) -> list[Basket]:
    """Return a basket for each session: the products that a shopper looked at in one visit."""
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
    """Return a basket for each order, and for each series of purchases at most `BASKET_GAP` apart."""
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
    """Return the current demand for each product, shape (products,)."""
    demand = np.zeros(len(number))
    for event in signals:
        demand[number[event.product_id]] += SIGNAL_WEIGHTS[event.action] * time_decay(
            now - event.at, TREND_HALF_LIFE_DAYS
        )
    return demand


def time_decay(age: timedelta, half_life_days: float) -> float:
    """Return the decayed weight of each event, from 1; a future event counts in full."""
    return float(0.5 ** (max(age, timedelta()) / timedelta(days=half_life_days)))


def _related_categories(
    signals: Sequence[Event], category_of: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Return for each category the others that its buyers buy in, by ridge weights as for products."""
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
