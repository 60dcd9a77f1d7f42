"""A hand-made catalog, with ways to index and search it, for the engine contract."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import accumulate

import numpy as np

from shangsou.engines.engine import Document, Engine, GenerationStore
from shangsou.engines.product_terms import ProductTerms
from shangsou.engines.query import CandidateSet, Filters, LexicalLeg, LexicalQuery, Page, Sort, Vector
from shangsou.engines.recipe import IndexRecipe
from shangsou.product import Product

RECIPE = IndexRecipe(model="by-hand", model_hash="0" * 16, dimensions=4, precision="float32")
FIRST_PAGE = Page("relevance", 0, 100)

# Vectors in a plane: their cosines with EAST are their first numbers.
EAST = np.array([1, 0, 0, 0], np.float32)
EAST_NORTH_EAST = np.array([0.8, 0.6, 0, 0], np.float32)
NORTH_NORTH_EAST = np.array([0.6, 0.8, 0, 0], np.float32)
NORTH = np.array([0, 1, 0, 0], np.float32)
WEST = np.array([-1, 0, 0, 0], np.float32)

SHOP = [
    Product(
        "red-dress",
        "red dress",
        brand="Ava",
        category=("women", "dresses"),
        price_fen=19900,
        stock=3,
        sales=5,
        attributes={"colour": ("red",), "size": ("S", "M")},
        created_at=datetime(2026, 1, 3, tzinfo=UTC),
    ),
    Product(
        "blue-dress",
        "blue dress",
        brand="Bea",
        category=("women", "dresses"),
        price_fen=10000,
        stock=0,
        sales=50,
        attributes={"colour": ("blue",)},
        created_at=datetime(2026, 1, 5, tzinfo=UTC),
    ),
    Product(
        "red-shoe",
        "red shoe",
        brand="Ava",
        category=("women", "shoes"),
        sales=5,
        attributes={"colour": ("red", "blue")},
    ),
    Product("red-shoe-twin", "red shoe", category=("men", "shoes"), price_fen=9999, stock=9),
    Product(
        "hidden",
        "red dress",
        brand="Ava",
        category=("women", "dresses"),
        price_fen=1,
        sales=999,
        status="off",
        attributes={"colour": ("red",)},
        created_at=datetime(2027, 1, 1, tzinfo=UTC),
    ),
    Product(
        "case", "手机壳", category=("phones",), price_fen=1_000_000, stock=1, attributes={"a.b": ("x(y)",)}
    ),
    Product(
        "gift", "礼物🎁", subtitle="red", price_fen=0, created_at=datetime(1969, 12, 31, 23, 59, tzinfo=UTC)
    ),
]
SHOP_VECTORS = {
    "red-dress": EAST,
    "blue-dress": NORTH,
    "red-shoe": EAST_NORTH_EAST,
    "red-shoe-twin": EAST_NORTH_EAST,
    "hidden": EAST,
    "case": WEST,
    "gift": NORTH_NORTH_EAST,
}
# Only these have descriptions.
SHOP_DESCRIPTIONS = {"blue-dress": EAST, "gift": EAST_NORTH_EAST, "hidden": EAST}
# In the order of SHOP, the main type first; the gift has none.
SHOP_TYPES = [
    ("dress",),
    ("dress",),
    ("sandal", "shoe"),
    ("shoe",),
    ("dress",),
    ("手机壳",),
    (),
]
# In the order of SHOP: what each states, and that it states something of the kind. The twin states nothing.
SHOP_FACTS = [
    ("red", "coloured", "m", "sized"),
    ("blue", "coloured"),
    ("red", "blue", "coloured", "42", "sized"),
    (),
    ("red", "coloured"),
    ("透明", "coloured"),
    ("sized",),
]
NO_WEIGHTS: dict[str, float] = {}
NO_FILTERS = Filters()


def shop_documents() -> list[Document]:
    return [
        Document(product, SHOP_VECTORS[product.product_id], SHOP_DESCRIPTIONS.get(product.product_id))
        for product in SHOP
    ]


def documents(products: Iterable[Product], vector: Vector = EAST) -> list[Document]:
    return [Document(product, vector) for product in products]


def index(
    store: GenerationStore,
    contents: Sequence[Document],
    recipe: IndexRecipe = RECIPE,
    source: str = "by hand",
    types: Sequence[Sequence[str]] = (),
    *,
    facts: ProductTerms | None = None,
) -> str:
    """Write a generation, switch to it and return its name."""
    with store.writer(recipe, source) as writer:
        writer.add(contents)
        generation = writer.finish(types, facts)
    store.switch(generation.name)
    return generation.name


def product_terms(facts: Sequence[Sequence[str]]) -> ProductTerms:
    """Return the terms of products, given as lists in catalog order."""
    names = list(dict.fromkeys(name for terms in facts for name in terms))
    codes = [names.index(name) for terms in facts for name in terms]
    starts = [0, *accumulate(map(len, facts))]
    return ProductTerms(names, np.array(starts, np.int64), np.array(codes, np.int32))


def query(
    words: str = "",
    grams: str = "",
    *,
    required: str = "",
    count: int = 0,
    weights: dict[str, float] | None = None,
) -> LexicalQuery:
    """Return a query from terms with spaces between them; `title.words` weighs 1 unless told otherwise."""
    return LexicalQuery(
        words=tuple(words.split()),
        grams=tuple(grams.split()),
        required_grams=tuple(required.split()),
        required_count=count,
        weights={"title.words": 1.0} if weights is None else weights,
    )


def lexical_hits(
    engine: Engine, asked: LexicalQuery, filters: Filters = NO_FILTERS, k: int = 100
) -> list[tuple[str, float]]:
    [hits] = engine.retrieve([LexicalLeg(asked, filters, k)])
    return [(hit.product_id, hit.score) for hit in hits]


def lexical_ids(
    engine: Engine, asked: LexicalQuery, filters: Filters = NO_FILTERS, k: int = 100
) -> list[str]:
    return [product_id for product_id, _ in lexical_hits(engine, asked, filters, k)]


def page_ids(
    engine: Engine, found: CandidateSet, sort: Sort = "relevance", offset: int = 0, size: int = 100
) -> list[str]:
    collected = engine.fetch_page(found, Page(sort, offset, size), [])
    return [product.product_id for product in collected.products]
