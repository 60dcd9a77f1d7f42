"""Six pairs of trousers and a shopper's events on them; the expected values are worked by hand."""

from datetime import UTC, datetime, timedelta
from math import log

import numpy as np

from shangsou.behaviour.event import CLICK, Event
from shangsou.engines.query import Filters, Vector
from shangsou.product import Product
from shangsou.search.personal.candidates import CandidateFeatures, CandidatePool
from shangsou.search.personal.features import FEATURES, build_feature_matrix
from shangsou.search.personal.history_cache import HistoryFeatures
from shangsou.search.personal.history_items import HistoryItem
from shangsou.search.personal.preferences import HistoryOverlap, Preferences
from shangsou.search.personal.product_traits import TraitReader

MONDAY = datetime(2026, 1, 5, 12, tzinfo=UTC)
PRODUCTS = [
    Product("plain-1", "长裤 直筒", brand="甲", price_fen=10000),
    Product("plain-2", "长裤 直筒", brand="乙", price_fen=10000),
    Product("flower-1", "长裤 碎花", brand="甲", price_fen=80000),
    Product("flower-2", "长裤 碎花", brand="丙", price_fen=80000),
    Product("bare", "长裤"),
    Product("skirt", "短裙 碎花", brand="丙", price_fen=80000),
]


class StubEngine:
    """The engine as far as traits need it."""

    def __init__(self, products: list[Product] = PRODUCTS) -> None:
        self._products = {product.product_id: product for product in products}
        self.requested: list[list[str]] = []

    def products(self, product_ids: list[str]) -> list[Product]:
        self.requested.append(list(product_ids))
        return [self._products[product_id] for product_id in product_ids if product_id in self._products]

    def main_types(self, product_ids: list[str]) -> dict[str, str]:
        products = [self._products[product_id] for product_id in product_ids if product_id in self._products]
        return {product.product_id: product.category[-1] for product in products if product.category}

    def passing(self, product_ids: list[str], filters: Filters) -> set[str]:
        return set()

    def cosines(self, vector: Vector, product_ids: list[str]) -> Vector:
        return np.zeros(len(product_ids), np.float32)


def reader() -> TraitReader:
    return TraitReader(StubEngine())  # type: ignore[arg-type]  # no more of an engine is needed


def pool(*product_ids: str) -> CandidatePool:
    """Return a pool in this plain order, scores falling from 1 by a hundredth."""
    falling = 1 - np.arange(len(product_ids)) / 100
    return CandidatePool(product_ids, falling, falling, falling, np.zeros(len(product_ids), np.bool_))


def click(product_id: str, query: str = "长裤", *, minute: int = 0, **others: object) -> Event:
    at = MONDAY + timedelta(minutes=minute)
    given = {"user_id": "u", "session_id": "s", **others}
    return Event(f"e{minute}-{product_id}", CLICK, at, query=query, product_id=product_id, **given)  # type: ignore[arg-type]


def history_items(*product_ids: str) -> list[HistoryItem]:
    return [HistoryItem(product_id, frozenset({"长裤"}), 1.0) for product_id in product_ids]


def named_features(order: CandidatePool, *history: str) -> tuple[dict[str, list[float]], Preferences]:
    """Return the features by name, and the preferences, of a history that counts in full."""
    trait_reader = reader()
    _, traits = trait_reader.read(order.product_ids)
    overlap = HistoryOverlap(
        CandidateFeatures(order, traits, "长裤"), HistoryFeatures(history_items(*history), trait_reader)
    )
    nobody = np.zeros(len(order.product_ids))
    matrix, preferences = build_feature_matrix(overlap, (nobody, nobody), np.ones(len(history)))
    return dict(zip(FEATURES, matrix.T.tolist(), strict=True)), preferences


def lift(held: float, of: float, share: float) -> float:
    """Return the logarithm that `compute_preferences` describes, with its prior of two products."""
    return log((held + 2 * share) / ((of + 2) * share))
