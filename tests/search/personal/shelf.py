"""Six pairs of trousers and what a shopper did to some of them; the right answers are worked by hand."""

from datetime import UTC, datetime, timedelta
from math import log

import numpy as np

from shangsou.behaviour.event import CLICK, Event
from shangsou.engines.query import Vector
from shangsou.product import Product
from shangsou.search.personal.features import FEATURES, features
from shangsou.search.personal.offer import Offer, Pool
from shangsou.search.personal.past import Past
from shangsou.search.personal.recall import Recalled
from shangsou.search.personal.taste import Meeting, Taste
from shangsou.search.personal.traits import TraitReader

MONDAY = datetime(2026, 1, 5, 12, tzinfo=UTC)
PRODUCTS = [
    Product("plain-1", "长裤 直筒", brand="甲", price_fen=10000),
    Product("plain-2", "长裤 直筒", brand="乙", price_fen=10000),
    Product("flower-1", "长裤 碎花", brand="甲", price_fen=80000),
    Product("flower-2", "长裤 碎花", brand="丙", price_fen=80000),
    Product("bare", "长裤"),
    Product("skirt", "短裙 碎花", brand="丙", price_fen=80000),
]


class Shelf:
    """The engine as far as traits need it."""

    def __init__(self, products: list[Product] = PRODUCTS) -> None:
        self._products = {product.product_id: product for product in products}
        self.asked: list[list[str]] = []

    def products(self, product_ids: list[str]) -> list[Product]:
        self.asked.append(list(product_ids))
        return [self._products[one] for one in product_ids if one in self._products]

    def cosines(self, vector: Vector, product_ids: list[str]) -> Vector:
        return np.zeros(len(product_ids), np.float32)


def reader() -> TraitReader:
    return TraitReader(Shelf())  # type: ignore[arg-type]  # no more of an engine is needed


def pool(*product_ids: str) -> Pool:
    """Return a pool in this plain order, scores falling from 1 by a hundredth."""
    falling = 1 - np.arange(len(product_ids)) / 100
    return Pool(product_ids, falling, falling, falling, np.zeros(len(product_ids), np.bool_))


def click(product_id: str, query: str = "长裤", *, minute: int = 0, **others: object) -> Event:
    at = MONDAY + timedelta(minutes=minute)
    given = {"user_id": "u", "session_id": "s", **others}
    return Event(f"e{minute}-{product_id}", CLICK, at, query=query, product_id=product_id, **given)  # type: ignore[arg-type]


def past(*product_ids: str) -> list[Past]:
    return [Past(product_id, frozenset({"长裤"}), 1.0) for product_id in product_ids]


def look(order: Pool, *history: str) -> tuple[dict[str, list[float]], Taste]:
    """Return the features by name, and the taste, of a history that counts in full."""
    shelf = reader()
    _, traits = shelf.read(order.product_ids)
    meeting = Meeting(Offer(order, traits, "长裤"), Recalled(past(*history), shelf))
    nobody = np.zeros(len(order.product_ids))
    matrix, taste = features(meeting, (nobody, nobody), np.ones(len(history)))
    return dict(zip(FEATURES, matrix.T.tolist(), strict=True)), taste


def lift(held: float, of: float, share: float) -> float:
    """Return the logarithm that `taste` describes, with its prior of two products."""
    return log((held + 2 * share) / ((of + 2) * share))
