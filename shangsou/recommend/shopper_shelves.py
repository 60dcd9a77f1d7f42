"""Shelves for a shopper: for you, trending, new, on offer, and recently viewed."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain, zip_longest
from random import Random

import numpy as np

from shangsou.behaviour.event import PURCHASE, Event
from shangsou.price_text import offer_text
from shangsou.product import Product
from shangsou.recommend.catalog_pool import discount
from shangsou.recommend.context import ShelfContext
from shangsou.recommend.shelf import ShelfCandidate

# A shopper has two to four interests at a time; with more, a shelf would show each only once.
_MAX_INTERESTS = 4
# Candidates of each interest before the fallbacks.
_MAX_PER_INTEREST = 60
# Products are new for as long as the sample shop tags them 新品.
_MAX_NEW_AGE = timedelta(days=60)
# One position in so many is drawn from all new products, so that products outside known interests are seen
# at all.
_EXPLORE_EVERY = 4
# A full fit weighs as much as a discount of half the price.
_INTEREST_WEIGHT = 0.5
# The reason mentions the end of an offer within this time.
_ENDING_SOON = timedelta(days=3)
_THIS_WEEK = timedelta(days=7)
# Days end at midnight in China.
_CHINA = timedelta(hours=8)


def for_you(context: ShelfContext) -> Iterator[ShelfCandidate]:
    """Yield partners of each of the latest interests in turn, then products similar to viewed ones.

    An interest is the products viewed in one category or, without a category, in one session. The interests
    take turns instead of being averaged, since an average would suit none of them.
    """
    seen_ids = {event.product_id for event in context.history}
    candidates = chain(_interest_candidates(context), trending(context))
    yield from (candidate for candidate in candidates if candidate.product_id not in seen_ids)


def _interest_candidates(context: ShelfContext) -> Iterator[ShelfCandidate]:
    interests = _interests(context)
    shelves = [_partners_of_interest(context, events) for events in interests]
    yield from (candidate for rank in zip_longest(*shelves) for candidate in rank if candidate is not None)
    anchors = [
        context.products[events[0].product_id]
        for events in interests
        if events[0].product_id in context.products
    ]
    similar = [
        [
            ShelfCandidate(hit.product_id, f"与您看过的{context.quoted_name(product)}相似", "content")
            for hit in hits
        ]
        for product, hits in zip(anchors, context.neighbours(anchors), strict=True)
    ]
    yield from (candidate for rank in zip_longest(*similar) for candidate in rank if candidate is not None)


def trending(context: ShelfContext) -> Iterator[ShelfCandidate]:
    """Yield the products in demand now, then the best sellers."""
    last_at = context.resources.model.last_at
    is_fresh = last_at is not None and context.now - last_at <= _THIS_WEEK
    for product_id in context.resources.model.trending:
        yield ShelfCandidate(product_id, "本周热卖" if is_fresh else "近期热卖", "trend")
    yield from context.best_selling()


def new(context: ShelfContext) -> Iterator[ShelfCandidate]:
    """Yield new products by their fit to the shopper, every fourth one drawn from all.

    What is drawn, or fits nothing that the shopper is known to like, says that it is there to be discovered.
    The draw is the same for one shopper on one day, so that reloading a page does not change it.
    """
    fresh = [product for product in context.resources.pool.newest if _age(product, context) <= _MAX_NEW_AGE]
    fresh = fresh or list(context.resources.pool.newest)
    interest_profile = context.interest_profile()
    # Sorting is stable: products of equal fit stay in the order of age.
    ordered = sorted(fresh, key=lambda product: -interest_profile.of(product))
    drawn = list(fresh)
    Random(f"{context.now:%F} {context.request.user_id or context.request.session_id}").shuffle(drawn)
    best, others = iter(ordered), iter(drawn)
    for position in range(1, 2 * len(fresh) + 1):
        explores = position % _EXPLORE_EVERY == 0
        product = next(others if explores else best, None)
        if product is None:
            break
        explores = bool(interest_profile.categories) and (explores or not interest_profile.of(product))
        newness = _newness_reason(product, context)
        yield (
            ShelfCandidate(product.product_id, f"换换口味 · {newness}", "explore")
            if explores
            else ShelfCandidate(product.product_id, newness, "new")
        )


def on_offer(context: ShelfContext) -> Iterator[ShelfCandidate]:
    """Yield products cheaper than their list price now, by discount and interest."""
    interest_profile = context.interest_profile()
    # The pool may be older than the end of an offer.
    current = (product.current(context.now) for product in context.resources.pool.offers or ())
    offers = [product for product in current if discount(product) > 0]
    offers.sort(key=lambda product: -(discount(product) + _INTEREST_WEIGHT * interest_profile.of(product)))
    for product in offers:
        yield ShelfCandidate(product.product_id, _offer_reason(product, context), "offer")


def recent(context: ShelfContext) -> Iterator[ShelfCandidate]:
    """Yield the products that the shopper viewed, latest first, without those bought."""
    bought = {event.product_id for event in context.history if event.action == PURCHASE}
    for event in context.history:
        if event.product_id not in bought:
            yield ShelfCandidate(event.product_id, _viewed_reason(event, context), "history")


def _interests(context: ShelfContext) -> list[list[Event]]:
    """Return the history grouped by interest, latest interest first."""
    by_interest: dict[str, list[Event]] = {}
    for event in context.continued_history():
        interest = context.category_of(event) or f"session {event.session_id}"
        by_interest.setdefault(interest, []).append(event)
    return list(by_interest.values())[:_MAX_INTERESTS]


def _partners_of_interest(context: ShelfContext, events: list[Event]) -> Iterator[ShelfCandidate]:
    """Yield the partners of the products of one interest, strongest first.

    The reason names the product of the interest that contributes most.
    """
    model = context.resources.model
    history = [number for event in events if (number := context.number(event.product_id)) is not None]
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
    best = best[np.argsort(-scores[best], kind="stable")][:_MAX_PER_INTEREST]
    for candidate in best.tolist():
        product_id, source_id = model.product_ids[candidate], model.product_ids[source[candidate]]
        yield _partner_candidate(context, product_id, source_id, is_bought=bool(from_bought[candidate]))


def _partner_candidate(
    context: ShelfContext, product_id: str, source_id: str, *, is_bought: bool
) -> ShelfCandidate:
    source = context.products.get(source_id)
    verb, basis = ("买了", "bought") if is_bought else ("看了", "viewed")
    # Products of the history may have been removed since.
    name = context.quoted_name(source) if source else "同样商品"
    return ShelfCandidate(product_id, f"{verb}{name}的人还{verb}", basis)


def _age(product: Product, context: ShelfContext) -> timedelta:
    return context.now - product.created_at if product.created_at else timedelta.max


def _newness_reason(product: Product, context: ShelfContext) -> str:
    days = max(0, _age(product, context).days)
    if days == 0:
        return "今天上新"
    return f"{days} 天前上新" if timedelta(days=days) <= _MAX_NEW_AGE else "新品"


def _offer_reason(product: Product, context: ShelfContext) -> str:
    reason = offer_text(product.price_fen or 0, product.list_price_fen) or "限时优惠"
    ends = product.offer_until is not None and product.offer_until - context.now <= _ENDING_SOON
    return f"{reason} · 即将结束" if ends else reason


def _viewed_reason(event: Event, context: ShelfContext) -> str:
    days = ((context.now + _CHINA).date() - (event.at + _CHINA).date()).days
    if days <= 0:
        return "今天看过"
    return "昨天看过" if days == 1 else f"{days} 天前看过"
