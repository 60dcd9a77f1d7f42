"""Names of products in reasons: whole words, never a piece of a title."""

from collections.abc import Sequence
from typing import Any, cast

import pytest

from shangsou.product import Product
from shangsou.recommend.catalog_pool import CatalogPool
from shangsou.recommend.context import ShelfContext, ShelfResources
from shangsou.recommend.model import empty_model
from shangsou.recommend.rules import ShelfRules
from shangsou.recommend.shelf import RecommendRequest
from tests.recommend.conftest import NOW


class TypeEngine:
    """An engine that knows the type of one product, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def main_types(self, product_ids: Sequence[str]) -> dict[str, str]:
        self.asked += 1
        return {"dress": "连衣裙"} if "dress" in product_ids else {}


def context(*products: Product) -> tuple[ShelfContext, TypeEngine]:
    engine = TypeEngine()
    resources = ShelfResources(
        cast("Any", engine), cast("Any", None), empty_model(), CatalogPool(), ShelfRules()
    )
    known = {product.product_id: product for product in products}
    return ShelfContext(RecommendRequest("for-you"), resources, (), known, None, NOW), engine


@pytest.mark.parametrize(
    ("product", "name"),
    [
        (Product("cup", "陶瓷马克杯"), "“陶瓷马克杯”"),
        (Product("dress", "南枝有信 2026 新款碎花雪纺收腰显瘦长裙"), "“连衣裙”"),
        (Product("pen", "得力签字笔 0.5mm 黑色 12 支装", category=("文具", "中性笔")), "“中性笔”"),
        (Product("thing", "一款说不清是什么的神奇小东西"), "这件商品"),
    ],
)
def test_a_product_is_named_by_a_short_title_its_type_or_its_category(product: Product, name: str):
    assert context(product)[0].quoted_name(product) == name


def test_the_types_of_all_products_are_asked_for_at_once():
    long_titles = [Product(f"p{n}", "一款说不清是什么的神奇小东西") for n in range(5)]
    shelf, engine = context(*long_titles)
    assert {shelf.quoted_name(product) for product in long_titles} == {"这件商品"}
    assert engine.asked == 1
