"""One shelf, from request to products: candidates of its kind, what the merchant says, what may be shown."""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain, islice

from shangsou.behaviour.event import PURCHASE, Event
from shangsou.product import Product
from shangsou.recommend.beside import cross_category, similar, together
from shangsou.recommend.choose import choose
from shangsou.recommend.scene import Scene, Shop
from shangsou.recommend.shelf import (
    BESIDE_A_PRODUCT,
    BY_HISTORY,
    Candidate,
    Item,
    RecommendRequest,
    Shelf,
    new_shelf_id,
)
from shangsou.recommend.shopper import for_you, new, on_offer, recent, trending

# Whoever has bought a thing wants another kind of thing: for a month, as shops mostly have it.
JUST_BOUGHT = timedelta(days=30)
# Candidates looked up for each place on the shelf: sold-out ones, duplicates and bought ones fall out.
_SPARE = 2
# Products of a history that tastes and reasons are read from, the newest: as many as a shopper remembers.
_REMEMBERED = 50
_KIND_SOURCES = {
    "similar": similar,
    "together": together,
    "cross-category": cross_category,
    "for-you": for_you,
    "trending": trending,
    "new": new,
    "on-offer": on_offer,
    "recent": recent,
}


def recommend(request: RecommendRequest, shop: Shop, history: Sequence[Event], now: datetime) -> Shelf | None:
    """Return a shelf, None where the product that it is to stand beside does not exist.

    Parameters
    ----------
    history
        What the shopper did, the newest first; empty for a stranger.
    now
        Aware; offers hold and purchases are recent as of this moment.

    Raises
    ------
    EngineUnavailable
        The engine cannot be reached.
    """
    started = time.perf_counter()
    history = history if request.personalize else ()
    remembered: list[str] = []
    if request.kind in BY_HISTORY:
        remembered = list(dict.fromkeys(event.product_id for event in history))[:_REMEMBERED]
    bought = list(
        dict.fromkeys(
            event.product_id for event in history if event.action == PURCHASE and event.at > now - JUST_BOUGHT
        )
    )
    wanted = dict.fromkeys([*remembered, *bought, request.product_id])
    known = {product.product_id: product for product in shop.engine.products([one for one in wanted if one])}
    anchor = known.get(request.product_id)
    if request.kind in BESIDE_A_PRODUCT and anchor is None:
        return None
    scene = Scene(request, shop, tuple(history), known, anchor, now)
    items = _fill(scene, bought)
    took_ms = round(1000 * (time.perf_counter() - started), 2)
    return Shelf(request.kind, items, (), took_ms, new_shelf_id(request.kind))


def _fill(scene: Scene, bought: Sequence[str]) -> tuple[Item, ...]:
    request, rules = scene.request, scene.shop.rules
    excluded = rules.excluded_from(request.kind)
    pinned = rules.pinned_to(request.kind, request.product_id)
    candidates: list[Candidate] = []
    items: tuple[Item, ...] = ()
    beside: list[Product] = [] if scene.anchor is None else [scene.anchor]
    if request.kind != "recent":
        # What is like a bought thing is no news either; what was looked at comes back on its own shelf.
        beside += [scene.known[one] for one in bought if one in scene.known]
    source: Iterator[Candidate] = chain(
        (Candidate(one, "店铺推荐", "pinned") for one in pinned),
        (one for one in _KIND_SOURCES[request.kind](scene) if one.product_id not in excluded),
    )
    while len(items) < request.size:
        more = list(islice(source, _SPARE * request.size))
        if not more:
            break
        candidates += more
        scene.load(one.product_id for one in more)
        items = choose(candidates, scene.known, request.size, without=excluded | set(bought), beside=beside)
    return items
