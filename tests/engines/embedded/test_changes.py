"""Changes over a generation: what is found is what a new index of the changed products finds."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import numpy as np
import pytest

from shangsou.engines.changes import ChangedProduct, SearchedTexts, same_searched_texts
from shangsou.engines.embedded.engine import EmbeddedEngine
from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.engines.engine import Document
from shangsou.engines.query import (
    CandidateSet,
    FacetRequest,
    FactCondition,
    Filters,
    LexicalLeg,
    Page,
    Sort,
    TypeCondition,
    Vector,
    VectorLeg,
)
from shangsou.product import Product
from tests.engines.catalog import EAST, RECIPE, product_terms, query

NOW = datetime(2026, 11, 11, 12, tzinfo=UTC)
WORDS = ("shoe", "boot", "sock", "warm", "soft")
COLOURS = ("red", "blue", "green")
FACETS = ("brand", "category", "price", "attributes.colour", "attributes")
SORTS: tuple[Sort, ...] = ("relevance", "price_asc", "price_desc", "sales", "newest", "rating")


def random_product(rng: Random, product_id: str) -> Product:
    return Product(
        product_id,
        " ".join(rng.sample(WORDS, 2)),
        brand=f"brand {rng.randrange(4)}",
        category=("shoes", rng.choice(COLOURS))[: rng.randrange(3)],
        price_fen=rng.choice([None, 900, 9_900, 19_900]),
        list_price_fen=rng.choice([None, 29_900]),
        offer_until=rng.choice([None, NOW - timedelta(days=1), NOW + timedelta(days=3)]),
        stock=rng.choice([0, 1, None]),
        status="off" if rng.random() < 0.1 else "on",
        group_id=rng.choice(["", "", *(f"g{number}" for number in range(40))]),
        attributes={"colour": (rng.choice(COLOURS),)},
        sales=rng.randrange(4),
        rating=rng.choice([None, 3.5, 4.5]),
        reviews=rng.randrange(40),
        created_at=rng.choice([None, NOW, NOW - timedelta(days=3)]),
    )


def texts_of(product: Product) -> SearchedTexts:
    """Return what stands in for learning: everything follows from the title and the colour."""
    vector = np.array([len(product.title), *(product.title.count(letter) for letter in "oes")], np.float32)
    first = product.title.split()[0]
    colour = product.attributes["colour"][0]
    return SearchedTexts(
        vector / np.linalg.norm(vector),
        None if colour == "green" else EAST,
        (first,),
        (colour, "coloured") if first != "sock" else (),
    )


def indexed(folder: Path, products: Sequence[Product]) -> EmbeddedEngine:
    store = EmbeddedStore(folder)
    texts = [texts_of(product) for product in products]
    vectors: list[Vector] = [one.title_vector for one in texts if one.title_vector is not None]
    with store.writer(RECIPE, "test") as writer:
        writer.add(
            [
                Document(product, vector, one.description_vector)
                for product, vector, one in zip(products, vectors, texts, strict=True)
            ]
        )
        generation = writer.finish([one.types for one in texts], product_terms([one.facts for one in texts]))
        store.switch(generation.name)
    engine = store.open()
    engine.clock = NOW.timestamp
    return engine


def changes_of(engine: EmbeddedEngine, products: dict[str, Product | None]) -> list[ChangedProduct]:
    stored = engine.stored(list(products))
    return [
        ChangedProduct(
            product_id,
            product,
            None
            if product is None or (product_id in stored and same_searched_texts(product, stored[product_id]))
            else texts_of(product),
        )
        for product_id, product in products.items()
    ]


def random_change(rng: Random, products: dict[str, Product]) -> tuple[str, Product | None]:
    """Return the id of a product and what becomes of it."""
    product_id = rng.choice([*products, f"new-{rng.randrange(30)}"])
    product, other = products.get(product_id), random_product(rng, product_id)
    if product is None:
        return product_id, other
    return product_id, rng.choice(
        [
            None,
            replace(product, price_fen=other.price_fen, offer_until=other.offer_until),
            replace(product, stock=other.stock, status=other.status),
            replace(product, sales=other.sales, rating=other.rating, created_at=other.created_at),
            replace(product, attributes=other.attributes),
            replace(product, title=other.title, group_id=other.group_id, brand=f"brand {rng.randrange(6)}"),
        ]
    )


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> tuple[EmbeddedEngine, EmbeddedEngine]:
    """A generation with batches of changes over it, and a new index of what came of them, in other order."""
    rng = Random(3)
    products = {product_id: random_product(rng, product_id) for product_id in (f"p{n}" for n in range(400))}
    engine = indexed(tmp_path_factory.mktemp("changed"), list(products.values()))
    for sequence in range(1, 21):
        batch: dict[str, Product | None] = {}
        for _ in range(15):
            product_id, product = random_change(rng, products)
            batch[product_id] = product
            if product is None:
                products.pop(product_id, None)
            else:
                products[product_id] = product
        engine = engine.changed(changes_of(engine, batch), sequence)
    shuffled = rng.sample(list(products.values()), len(products))
    return engine, indexed(tmp_path_factory.mktemp("fresh"), shuffled)


FILTERS = [
    Filters(),
    Filters(brands=("brand 1", "brand 5")),
    Filters(categories=(("shoes", "red"),)),
    Filters(price_from_fen=1_000, price_to_fen=29_900),
    Filters(in_stock=True, attributes=(("colour", ("red", "blue")),)),
    Filters(contains=("boot",)),
    Filters(types=TypeCondition(("boot", "sock"))),
    Filters(facts=(FactCondition(("red",), ("coloured",)),)),
]


@pytest.mark.parametrize("collapse", [True, False])
@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_pages_totals_and_facets_are_those_of_a_new_index(
    engines: tuple[EmbeddedEngine, EmbeddedEngine], filters: Filters, collapse: bool
) -> None:
    found = CandidateSet(filters, match_all=True, collapse=collapse)
    facets = [FacetRequest(name, found) for name in FACETS]
    for sort in SORTS:
        pages = [engine.fetch_page(found, Page(sort, 0, 1_000), facets) for engine in engines]
        assert pages[0].total > 0
        assert pages[0] == pages[1]


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_counts_and_variants_are_those_of_a_new_index(
    engines: tuple[EmbeddedEngine, EmbeddedEngine], filters: Filters
) -> None:
    ids = [f"p{number}" for number in range(400)] + [f"new-{number}" for number in range(30)]
    changed, fresh = engines
    assert changed.count([filters]) == fresh.count([filters])
    assert changed.passing(ids, filters) == fresh.passing(ids, filters) != set()
    assert changed.passing_variants(ids, filters) == fresh.passing_variants(ids, filters)
    assert changed.variants(ids, 5) == fresh.variants(ids, 5) != {}
    assert changed.main_types(ids) == fresh.main_types(ids)
    assert changed.stored(ids) == fresh.stored(ids)
    assert changed.holding(ids, [("red",), ("coloured",)]) == fresh.holding(ids, [("red",), ("coloured",)])


@pytest.mark.parametrize("collapse", [True, False])
@pytest.mark.parametrize("filters", FILTERS, ids=str)
@pytest.mark.parametrize("field", ["title_vector", "description_vector"])
def test_the_nearest_are_those_of_a_new_index(
    engines: tuple[EmbeddedEngine, EmbeddedEngine], field: str, filters: Filters, collapse: bool
) -> None:
    leg = VectorLeg(field, EAST, filters, 1_000, collapse=collapse)  # type: ignore[arg-type]
    [near], [near_in_fresh] = (engine.retrieve([leg]) for engine in engines)
    assert [hit.product_id for hit in near] == [hit.product_id for hit in near_in_fresh] != []


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_words_find_what_they_find_in_a_new_index(
    engines: tuple[EmbeddedEngine, EmbeddedEngine], filters: Filters
) -> None:
    leg = LexicalLeg(query("warm boot"), filters, 1_000, strict=True)
    [found], [found_in_fresh] = (engine.retrieve([leg]) for engine in engines)
    assert {hit.product_id for hit in found} == {hit.product_id for hit in found_in_fresh} != set()


def test_an_engine_stays_as_it_is_when_changes_come(tmp_path: Path) -> None:
    before = indexed(tmp_path, [Product("a", "red shoe", price_fen=100, attributes={"colour": ("red",)})])
    changed = before.changed([ChangedProduct("a", Product("a", "red shoe", price_fen=200))], 1)
    gone = changed.changed([ChangedProduct("a", None)], 2)
    assert [product.price_fen for product in before.products(["a"])] == [100]
    assert [product.price_fen for product in changed.products(["a"])] == [200]
    assert gone.products(["a"]) == []
    assert [engine.sequence for engine in (before, changed, gone)] == [0, 1, 2]
    assert [engine.count([Filters()]) for engine in (before, changed, gone)] == [[1], [1], [0]]
