"""Build one shelf: candidates of its kind, the merchant's rules, and the final selection."""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain, islice

from shangsou.behaviour.event import PURCHASE, Event
from shangsou.product import Product
from shangsou.recommend.context import ShelfContext, ShelfResources
from shangsou.recommend.product_shelves import cross_category, similar, together
from shangsou.recommend.selection import select_items
from shangsou.recommend.shelf import (
    PRODUCT_KINDS,
    RecommendRequest,
    Shelf,
    ShelfCandidate,
    ShelfItem,
    new_shelf_id,
)
from shangsou.recommend.shopper_shelves import for_you, new, on_offer, recent, trending

# Bought products and their duplicates are left out for a month, as is common in shops.
PURCHASE_EXCLUSION = timedelta(days=30)
# Candidates looked up for each item on the shelf: sold-out, duplicate and bought ones are dropped.
_CANDIDATES_PER_ITEM = 2
# As many at most where those before are all too dear: as many as the pool has best sellers.
_MAX_CANDIDATES_PER_ITEM = 25
# The newest products of a history that interests and reasons are taken from: as many as one remembers.
_MAX_HISTORY_PRODUCTS = 50
# Beyond so many times the highest price of a history a product is dear: a price level is half to double, as
# in search. Of one product alone nothing is concluded. Set by hand.
_DEAR_FACTOR = 4
_MIN_PRICED_PRODUCTS = 2
_SOURCES = {
    "similar": similar,
    "together": together,
    "cross-category": cross_category,
    "for-you": for_you,
    "trending": trending,
    "new": new,
    "on-offer": on_offer,
    "recent": recent,
}


def recommend(
    request: RecommendRequest, resources: ShelfResources, history: Sequence[Event], now: datetime
) -> Shelf | None:
    """Return a shelf, None if its anchor product does not exist.

    Parameters
    ----------
    history
        The shopper's events, newest first; empty for an unknown shopper.
    now
        Aware; decides which offers hold and which purchases are recent.

    Raises
    ------
    EngineUnavailable
        The engine cannot be reached.
    """
    started = time.perf_counter()
    history = history if request.personalize else ()
    recent_ids = list(dict.fromkeys(event.product_id for event in history))[:_MAX_HISTORY_PRODUCTS]
    bought_ids = list(
        dict.fromkeys(
            event.product_id
            for event in history
            if event.action == PURCHASE and event.at > now - PURCHASE_EXCLUSION
        )
    )
    wanted = dict.fromkeys([*recent_ids, *bought_ids, request.product_id])
    products = {
        product.product_id: product
        for product in resources.engine.products([product_id for product_id in wanted if product_id])
    }
    anchor = products.get(request.product_id)
    if request.kind in PRODUCT_KINDS and anchor is None:
        return None
    context = ShelfContext(request, resources, tuple(history), products, anchor, now)
    items = _fill_shelf(context, bought_ids)
    took_ms = round(1000 * (time.perf_counter() - started), 2)
    return Shelf(request.kind, items, (), took_ms, new_shelf_id(request.kind))


def _fill_shelf(context: ShelfContext, bought: Sequence[str]) -> tuple[ShelfItem, ...]:
    request, rules = context.request, context.resources.rules
    excluded = rules.excluded_from(request.kind)
    pinned = rules.pinned_to(request.kind, request.product_id)
    candidates: list[ShelfCandidate] = []
    items: tuple[ShelfItem, ...] = ()
    shown_products: list[Product] = [] if context.anchor is None else [context.anchor]
    if request.kind != "recent":
        # Products similar to bought ones are not wanted either; viewed ones have a shelf of their own.
        shown_products += [
            context.products[product_id] for product_id in bought if product_id in context.products
        ]
    seen_groups = _seen_groups(context, pinned) if request.kind == "for-you" else set()
    source: Iterator[ShelfCandidate] = chain(
        (ShelfCandidate(product_id, "店铺推荐", "pinned") for product_id in pinned),
        (candidate for candidate in _SOURCES[request.kind](context) if candidate.product_id not in excluded),
    )
    highest = _highest_price(context)

    def has_enough() -> bool:
        is_deep = len(candidates) >= _MAX_CANDIDATES_PER_ITEM * request.size
        return len(items) == request.size and (
            is_deep or not any(_is_dear(item.product, item.basis, highest) for item in items)
        )

    while not has_enough():
        batch = list(islice(source, _CANDIDATES_PER_ITEM * request.size))
        if not batch:
            break
        candidates += batch
        context.load(candidate.product_id for candidate in batch)
        items = select_items(
            _put_dear_last(candidates, context, highest),
            context.products,
            request.size,
            excluded=excluded | set(bought),
            excluded_groups=seen_groups,
            shown_products=shown_products,
        )
    return items


def _put_dear_last(
    candidates: Sequence[ShelfCandidate], context: ShelfContext, highest: int | None
) -> list[ShelfCandidate]:
    """Return candidates, those far dearer than the highest price of the shopper last."""
    return sorted(
        candidates,
        key=lambda candidate: _is_dear(context.products.get(candidate.product_id), candidate.basis, highest),
    )


def _is_dear(product: Product | None, basis: str, highest: int | None) -> bool:
    """Return whether a product is far dearer than the highest price of the shopper; a pin is where it is."""
    price = product.price_fen if product is not None and basis != "pinned" else None
    return highest is not None and price is not None and price > _DEAR_FACTOR * highest


def _highest_price(context: ShelfContext) -> int | None:
    """Return the highest price that the shopper pays, or looks at where few were paid, or the anchor's.

    None where few are known, and for what was seen before, which is shown as it was.
    """
    paid = {event.product_id for event in context.history if event.action == PURCHASE}
    dealt_with = {event.product_id for event in context.history}
    for product_ids in (paid, dealt_with) if context.request.kind != "recent" else ():
        known = (context.products[one].price_fen for one in product_ids if one in context.products)
        prices = [price for price in known if price]
        if len(prices) >= _MIN_PRICED_PRODUCTS:
            return max(*prices, (context.anchor.price_fen if context.anchor is not None else None) or 0)
    return None


def _seen_groups(context: ShelfContext, pinned: Sequence[str]) -> set[str]:
    """Return the groups of what was seen, less those of pinned products.

    What was just seen in another colour is not shown for the shopper, unless the merchant wants it there.
    """
    seen = {product.group_id for product in context.products.values() if product.group_id}
    context.load(pinned)
    return seen - {context.products[one].group_id for one in pinned if one in context.products}
