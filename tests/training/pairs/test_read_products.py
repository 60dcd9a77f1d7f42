"""Reading the products of the live index, with each engine."""

from collections.abc import Callable

import pytest

from indexer.build import index_products
from shangsou.engines.engine import GenerationStore
from shangsou.product import Product
from tests.fixtures.engines import ENGINES
from tests.fixtures.hash_encoder import HashEncoder
from training.pairs.read_products import read_products
from training.pairs.shop_products import ShopProduct


@pytest.mark.parametrize("engine_name", ENGINES)
def test_products_on_sale_are_read_by_their_ids(
    engine_name: str, new_store: Callable[[str], GenerationStore]
) -> None:
    products = [
        Product("p3", "已下架的雨伞", status="off"),
        Product(
            "p2",
            "ＮＩＫＥ 跑鞋",
            brand="Nike",
            category=("鞋", "运动鞋"),
            group_id="g",
            attributes={"颜色": ("红色", "蓝色")},
            description="Ｌight 轻便",
        ),
        Product("p1", "真絲襯衫"),
    ]
    store = new_store(engine_name)
    index_products(products, store=store, encoder=HashEncoder(), source="test")
    assert list(read_products(store.open())) == [
        ShopProduct("p1", "真丝衬衫"),
        ShopProduct(
            "p2",
            "nike 跑鞋",
            "g",
            "Nike",
            ("鞋", "运动鞋"),
            description="light 轻便",
            attributes={"颜色": ("红色", "蓝色")},
        ),
    ]
