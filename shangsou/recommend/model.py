"""What the shop's events say of its products: learnt at times, read by every shelf."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from shangsou.behaviour.event import ADD_TO_CART, CLICK, FAVORITE, PURCHASE, VIEW, Event
from shangsou.recommend.affinity import Affinities, Basket, fit_affinities

# What counts as having had to do with a product, and its say in trends: the weights that the issue gives
# for popularity, 1 for a click and 3 for a purchase, with the others in between.
TELLING = {VIEW: 1.0, CLICK: 1.0, FAVORITE: 2.0, ADD_TO_CART: 2.0, PURCHASE: 3.0}
BOUGHT = frozenset({ADD_TO_CART, PURCHASE})
# How fast a trend fades: `本周热卖` speaks of a week.
TREND_HALF_LIFE_DAYS = 7.0
# How fast what goes together fades: seasons change, and a quarter has a season's length.
TOGETHER_HALF_LIFE_DAYS = 90.0
# What one shopper buys within these is one basket: orders of one errand.
ERRAND = timedelta(days=1)
# Most that a shelf could show of each, excluded ones and duplicates left out.
_TRENDING_KEPT = 500
_CATEGORIES_KEPT = 8
_PER_CATEGORY_KEPT = 40


@dataclass(frozen=True, slots=True)
class RecommendModel:
    """What goes together, what is in demand, and what the categories of a basket are."""

    product_ids: tuple[str, ...]
    """The products that had events; a product's number is its place here."""
    viewed: Affinities
    """From the products of one session."""
    bought: Affinities
    """From what one shopper bought or put into the cart within a day."""
    trending: tuple[str, ...]
    """Product ids, the most wanted first."""
    beside: Mapping[str, tuple[str, ...]]
    """Category path to the categories that are bought by the same shoppers, the most telling first."""
    in_category: Mapping[str, tuple[str, ...]]
    """Category path to its product ids, the most wanted first."""
    events: int = 0
    last_at: datetime | None = None
    """Of the last event."""
    numbers: Mapping[str, int] = field(init=False, repr=False, compare=False)
    """Product id to its number."""

    def __post_init__(self) -> None:
        numbers = {product_id: place for place, product_id in enumerate(self.product_ids)}
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
    telling = telling_events(events)
    if not telling:
        return empty_model()
    now = last_at or telling[-1].at
    number = {one: place for place, one in enumerate(dict.fromkeys(event.product_id for event in telling))}
    sessions, errands = session_baskets(telling, number, now), errand_baskets(telling, number, now)
    product_ids = tuple(number)
    demand = trend(telling, number, now)
    order = np.argsort(-demand, kind="stable")
    return RecommendModel(
        product_ids=product_ids,
        viewed=fit_affinities(sessions, len(number)),
        bought=fit_affinities(errands, len(number)),
        trending=tuple(product_ids[place] for place in order[:_TRENDING_KEPT]),
        beside=_beside(telling, category_of),
        in_category=_in_category(product_ids, order, category_of),
        events=len(telling),
        last_at=telling[-1].at,
    )


def telling_events(events: Iterable[Event]) -> list[Event]:
    """Return the events that tell of a liking and of a shopper, the oldest first."""
    found = (
        event
        for event in events
        if event.product_id and event.action in TELLING and (event.user_id or event.session_id)
    )
    return sorted(found, key=lambda event: event.at)


def empty_model() -> RecommendModel:
    """Return what no events say."""
    none = fit_affinities([], 0)
    return RecommendModel((), none, none, (), {}, {})


def session_baskets(telling: Sequence[Event], number: Mapping[str, int], now: datetime) -> list[Basket]:
    """Return a basket for each session: what a shopper looked at on one errand."""
    things: defaultdict[str, list[int]] = defaultdict(list)
    ended: dict[str, datetime] = {}
    for event in telling:
        session = event.session_id or f"{event.user_id} {event.at:%F}"
        things[session].append(number[event.product_id])
        ended[session] = event.at
    return [
        Basket(held, fading(now - ended[session], TOGETHER_HALF_LIFE_DAYS))
        for session, held in things.items()
    ]


def errand_baskets(telling: Sequence[Event], number: Mapping[str, int], now: datetime) -> list[Basket]:
    """Return a basket for each order, and without one for what a shopper bought from one day to the next."""
    open_baskets: dict[str, tuple[datetime, list[int]]] = {}
    baskets: list[Basket] = []
    for event in telling:
        if event.action not in BOUGHT:
            continue
        key = event.order_id or event.user_id or event.session_id
        at, held = open_baskets.get(key, (event.at, []))
        if event.at - at > ERRAND:
            baskets.append(Basket(held, fading(now - at, TOGETHER_HALF_LIFE_DAYS)))
            held = []
        open_baskets[key] = (event.at, [*held, number[event.product_id]])
    baskets += [Basket(held, fading(now - at, TOGETHER_HALF_LIFE_DAYS)) for at, held in open_baskets.values()]
    return baskets


def trend(telling: Sequence[Event], number: Mapping[str, int], now: datetime) -> NDArray[np.float64]:
    """Return how much each product is wanted now, shape (products,)."""
    demand = np.zeros(len(number))
    for event in telling:
        demand[number[event.product_id]] += TELLING[event.action] * fading(
            now - event.at, TREND_HALF_LIFE_DAYS
        )
    return demand


def fading(age: timedelta, half_life_days: float) -> float:
    """Return what is left of a weight of 1; what is still to come counts in full."""
    return float(0.5 ** (max(age, timedelta()) / timedelta(days=half_life_days)))


def _beside(telling: Sequence[Event], category_of: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return for each category those that its buyers buy elsewhere, by ridge weights as of products."""
    bought: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for event in telling:
        category = category_of.get(event.product_id)
        if category and event.action in BOUGHT:
            bought[event.user_id or event.session_id][category] = None
    names = sorted({category for held in bought.values() for category in held})
    number = {category: place for place, category in enumerate(names)}
    baskets = [Basket([number[category] for category in held]) for held in bought.values()]
    affinities = fit_affinities(baskets, len(names))
    beside: dict[str, tuple[str, ...]] = {}
    for place, category in enumerate(names):
        partners, weights = affinities.row(place)
        likely = partners[weights > 0][:_CATEGORIES_KEPT]
        if len(likely):
            beside[category] = tuple(names[partner] for partner in likely)
    return beside


def _in_category(
    product_ids: Sequence[str], order: NDArray[np.int64], category_of: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    kept: Counter[str] = Counter()
    for place in order.tolist():
        category = category_of.get(product_ids[place])
        if category and kept[category] < _PER_CATEGORY_KEPT:
            found[category].append(product_ids[place])
            kept[category] += 1
    return {category: tuple(held) for category, held in found.items()}
