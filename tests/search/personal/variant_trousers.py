"""A shop of trousers in many sizes over a small embedded index, and searches of it by shoppers."""

from dataclasses import replace
from pathlib import Path

from shangsou.behaviour.history import History
from shangsou.encoding.product_texts import title_text
from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.engines.engine import Document, Engine
from shangsou.engines.recipe import IndexRecipe
from shangsou.product import Product
from shangsou.search.context import SearchContext
from shangsou.search.personal.group_keys import read_group_keys
from shangsou.search.personal.popularity import Popularity
from shangsou.search.personal.product_traits import TraitReader
from shangsou.search.personal.ranker import default_ranker
from shangsou.search.personal.rerank import Personalizer
from shangsou.search.ranking.recipe import default_ranking
from tests.fixtures.hash_encoder import DIMENSIONS, HashEncoder
from tests.search.personal.trouser_catalog import click

GROUPS, VARIANTS = 30, 20
# Of each product 20 sizes. Of every other product their titles differ and many are sold out, so that another
# variant comes first by words than by meaning or by stock.
PRODUCTS = [
    Product(
        f"g{group}-{size}",
        f"长裤 第{group}号" + "加厚显瘦长裤"[: size % 4 * 2] * (group % 2 == 0),
        brand=f"牌子{group}",
        group_id=f"g{group}",
        price_fen=10_000 + group,
        stock=0 if group % 2 == 0 and size % 3 != group % 3 else None,
        attributes={"尺码": (f"{30 + size}码",)},
    )
    for size in range(VARIANTS)
    for group in range(GROUPS)
] + [Product(f"single-{number}", f"长裤 单品 第{number}号", brand="单牌") for number in range(12)]


def open_shop(folder: Path) -> Engine:
    """Return the engine over a new index of the shop."""
    store = EmbeddedStore(folder)
    recipe = IndexRecipe("hash-encoder", HashEncoder.stamp.model_hash, DIMENSIONS, "float32")
    vectors = HashEncoder().encode([title_text(product) for product in PRODUCTS])
    with store.writer(recipe, "test") as writer:
        writer.add([Document(product, title) for product, title in zip(PRODUCTS, vectors, strict=True)])
        store.switch(writer.finish().name)
    return store.open()


def context_of(engine: Engine, history: History, *chosen: str, query: str = "长裤") -> SearchContext:
    """Return what a search works with after other shoppers chose these products for a query."""
    events = [click(product_id, query) for product_id in chosen]
    popularity = Popularity(events).by_group(read_group_keys(engine, chosen))
    personalizer = Personalizer(default_ranker(), popularity, TraitReader(engine))
    recipe = replace(default_ranking(), personal_impact=1.0)
    return SearchContext(engine, HashEncoder(), recipe, None, history, personalizer)
