"""Candidates for a shopper: what suits the interests, what others want, what is new, on offer, was seen."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain, zip_longest
from random import Random

import numpy as np

from shangsou.behaviour.event import PURCHASE, Event
from shangsou.product import Product
from shangsou.recommend.pool import discount, is_on_offer
from shangsou.recommend.scene import Scene, short_title
from shangsou.recommend.shelf import Candidate

# A shopper pursues two to four things at a time; a shelf that took up more would show each once.
_INTERESTS = 4
# Of each interest, so many candidates before the next best thing.
_PER_INTEREST = 60
# What shops call new: the sample shop's tag 新品 has the same 60 days.
_NEW = timedelta(days=60)
# Every so manieth place of the new products is drawn, so that one that suits no known taste is seen at all.
_EXPLORED = 4
# A taste weighs as much as half the price: what suits a shopper is worth a smaller discount.
_TASTE_AGAINST_DISCOUNT = 0.5
# An offer that ends within these says so.
_ENDING = timedelta(days=3)
_THIS_WEEK = timedelta(days=7)
# Days end at midnight in China.
_CHINA = timedelta(hours=8)


def for_you(scene: Scene) -> Iterator[Candidate]:
    """Yield what goes with each of the latest interests in turn, then what is like what was seen.

    An interest is what was looked at in one category or, where the catalog says none, in one session:
    one after the other each gives its best, instead of all being averaged into a middle that is nobody's.
    """
    met = {event.product_id for event in scene.history}
    candidates = chain(_suiting(scene), trending(scene))
    yield from (candidate for candidate in candidates if candidate.product_id not in met)


def _suiting(scene: Scene) -> Iterator[Candidate]:
    interests = _interests(scene)
    shelves = [_with_interest(scene, events) for events in interests]
    yield from (one for rank in zip_longest(*shelves) for one in rank if one is not None)
    seen = [scene.known[events[0].product_id] for events in interests if events[0].product_id in scene.known]
    likes = [
        [Candidate(hit.product_id, f"与您看过的“{short_title(product)}”相似", "content") for hit in hits]
        for product, hits in zip(seen, scene.neighbours(seen), strict=True)
    ]
    yield from (one for rank in zip_longest(*likes) for one in rank if one is not None)


def trending(scene: Scene) -> Iterator[Candidate]:
    """Yield what is in demand now, then what sells best."""
    last_at = scene.shop.model.last_at
    is_fresh = last_at is not None and scene.now - last_at <= _THIS_WEEK
    for product_id in scene.shop.model.trending:
        yield Candidate(product_id, "本周热卖" if is_fresh else "近期热卖", "trend")
    yield from scene.best_selling()


def new(scene: Scene) -> Iterator[Candidate]:
    """Yield new products, those to the shopper's taste first, every fourth one drawn from all.

    The draw is the same for one shopper on one day, so that a page that is loaded again stays as it was.
    """
    fresh = [product for product in scene.shop.pool.newest if _age(product, scene) <= _NEW]
    fresh = fresh or list(scene.shop.pool.newest)
    taste = scene.taste()
    # Sorting is stable: what suits equally stays in the order of age.
    ordered = sorted(fresh, key=lambda product: -taste.of(product))
    drawn = list(fresh)
    Random(f"{scene.now:%F} {scene.request.user_id or scene.request.session_id}").shuffle(drawn)
    best, others = iter(ordered), iter(drawn)
    for place in range(1, 2 * len(fresh) + 1):
        explores = place % _EXPLORED == 0
        product = next(others if explores else best, None)
        if product is None:
            break
        yield Candidate(product.product_id, _newness(product, scene), "explore" if explores else "new")


def on_offer(scene: Scene) -> Iterator[Candidate]:
    """Yield what is cheaper than its list price now, by discount and taste."""
    taste = scene.taste()
    offers = [product for product in scene.shop.pool.offers or () if is_on_offer(product, scene.now)]
    offers.sort(key=lambda product: -(discount(product) + _TASTE_AGAINST_DISCOUNT * taste.of(product)))
    for product in offers:
        percent = f"降价 {100 * discount(product):.0f}%"
        ends = product.offer_until is not None and product.offer_until - scene.now <= _ENDING
        yield Candidate(product.product_id, f"{percent} · 即将结束" if ends else percent, "offer")


def recent(scene: Scene) -> Iterator[Candidate]:
    """Yield what the shopper looked at, the latest first; what was bought is done with."""
    bought = {event.product_id for event in scene.history if event.action == PURCHASE}
    for event in scene.history:
        if event.product_id not in bought:
            yield Candidate(event.product_id, _when(event, scene), "history")


def _interests(scene: Scene) -> list[list[Event]]:
    """Return the history taken apart by interest, the latest interest first."""
    apart: dict[str, list[Event]] = {}
    for event in scene.history:
        product = scene.known.get(event.product_id)
        category = product.category[-1] if product is not None and product.category else ""
        apart.setdefault(category or f"session {event.session_id}", []).append(event)
    return list(apart.values())[:_INTERESTS]


def _with_interest(scene: Scene, events: list[Event]) -> Iterator[Candidate]:
    """Yield what goes with the things of one interest, the most likely first.

    The reason names the thing that speaks for it most.
    """
    model = scene.shop.model
    history = [number for event in events if (number := scene.number(event.product_id)) is not None]
    scores, strongest = np.zeros((2, len(model.product_ids)), np.float32)
    source = np.full(len(scores), -1, np.int32)
    from_bought = np.zeros(len(scores), np.bool_)
    for affinities, is_bought in ((model.bought, True), (model.viewed, False)):
        for number in dict.fromkeys(history):
            partners, weights = affinities.row(number)
            scores[partners] += weights
            stronger = weights > strongest[partners]
            raised = partners[stronger]
            strongest[raised], source[raised], from_bought[raised] = weights[stronger], number, is_bought
    scores[history] = 0
    best = np.flatnonzero((scores > 0) & (source >= 0))
    best = best[np.argsort(-scores[best], kind="stable")][:_PER_INTEREST]
    for one in best.tolist():
        product_id, source_id = model.product_ids[one], model.product_ids[source[one]]
        yield _goes_with(scene, product_id, source_id, is_bought=bool(from_bought[one]))


def _goes_with(scene: Scene, product_id: str, source_id: str, *, is_bought: bool) -> Candidate:
    source = scene.known.get(source_id)
    did, basis = ("买了", "bought") if is_bought else ("看了", "viewed")
    # What the history names may have left the shop since.
    what = f"“{short_title(source)}”" if source else "同样商品"
    return Candidate(product_id, f"{did}{what}的人还{did}", basis)


def _age(product: Product, scene: Scene) -> timedelta:
    return scene.now - product.created_at if product.created_at else timedelta.max


def _newness(product: Product, scene: Scene) -> str:
    days = max(0, _age(product, scene).days)
    if days == 0:
        return "今天上新"
    return f"{days} 天前上新" if timedelta(days=days) <= _NEW else "新品"


def _when(event: Event, scene: Scene) -> str:
    days = ((scene.now + _CHINA).date() - (event.at + _CHINA).date()).days
    if days <= 0:
        return "今天看过"
    return "昨天看过" if days == 1 else f"{days} 天前看过"
