"""Neighbours by title, for encoders whose cosines lie elsewhere than the default model's."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from shangsou.engines.cosine_scale import SAME_SCALE, CosineScale
from shangsou.engines.engine import Engine
from shangsou.engines.query import Hit
from shangsou.product import Product
from shangsou.recommend.catalog_pool import CatalogPool
from shangsou.recommend.context import ShelfContext, ShelfResources
from shangsou.recommend.model import empty_model
from shangsou.recommend.product_shelves import similar
from shangsou.recommend.rules import ShelfRules
from shangsou.recommend.shelf import RecommendRequest
from shangsou.recommend.title_neighbours import TitleNeighbours
from tests.recommend.conftest import NOW

PRODUCTS = {
    "anchor": Product("anchor", "红裙"),
    "first": Product("first", "红裙一", brand="云上"),
    "same-brand": Product("same-brand", "红裙二", brand="云上"),
    "other-brand": Product("other-brand", "红裙三", brand="海蓝"),
}
HITS = [Hit("first", 0.90), Hit("same-brand", 0.88), Hit("other-brand", 0.86)]


class NeighbouringEngine:
    """Three products near one, by an encoder of a scale."""

    def __init__(self, cosines: CosineScale) -> None:
        self.generation = SimpleNamespace(recipe=SimpleNamespace(cosines=cosines))

    def title_vectors(self, product_ids: Sequence[str]) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
        return {product_id: np.ones(1, np.float32) for product_id in product_ids}

    def retrieve(self, legs: Sequence[object]) -> list[list[Hit]]:
        return [HITS for _ in legs]

    def products(self, product_ids: Sequence[str]) -> list[Product]:
        return [PRODUCTS[product_id] for product_id in product_ids]

    def main_types(self, _: Sequence[str]) -> dict[str, str]:
        return {}


@pytest.mark.parametrize(
    ("cosines", "order"),
    [
        # The second of the brand loses .03: .88 - .03 = .85 is less than .86.
        (SAME_SCALE, ["first", "other-brand", "same-brand"]),
        # Where the default model has (.88 - .7) / .2 = .9 and (.86 - .7) / .2 = .8: .9 - .03 is more.
        (CosineScale(0.7, 0.2), ["first", "same-brand", "other-brand"]),
    ],
)
def test_a_repeated_brand_costs_as_much_as_it_would_by_the_default_model(
    cosines: CosineScale, order: list[str]
) -> None:
    engine = cast("Engine", NeighbouringEngine(cosines))
    resources = ShelfResources(
        engine, TitleNeighbours(engine), empty_model(), cast("CatalogPool", None), ShelfRules()
    )
    context = ShelfContext(
        RecommendRequest("similar", "anchor"), resources, (), dict(PRODUCTS), PRODUCTS["anchor"], NOW
    )
    assert [candidate.product_id for candidate in similar(context)] == order
