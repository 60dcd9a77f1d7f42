"""The engine contract: behind changes what is found is what a new index of the changed products finds."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np
import pytest

from shangsou.engines.changes import ChangedProduct, SearchedTexts, same_searched_texts
from shangsou.engines.engine import Document, Engine, GenerationStore
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
from tests.engines.catalog import EAST, RECIPE, documents, index, page_ids, product_terms, query
from tests.fixtures.engines import ENGINES

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


def indexed(store: GenerationStore, products: Sequence[Product]) -> Engine:
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


def changes_of(engine: Engine, products: dict[str, Product | None]) -> list[ChangedProduct]:
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


@pytest.fixture(scope="module", params=ENGINES)
def engines(
    request: pytest.FixtureRequest, new_store: Callable[[str], GenerationStore]
) -> tuple[Engine, Engine]:
    """A generation behind 20 batches of changes, and a new index of what came of them, in other order."""
    rng = Random(3)
    products = {product_id: random_product(rng, product_id) for product_id in (f"p{n}" for n in range(400))}
    engine = indexed(new_store(request.param), list(products.values()))
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
    return engine, indexed(new_store(request.param), shuffled)


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
    engines: tuple[Engine, Engine], filters: Filters, collapse: bool
) -> None:
    found = CandidateSet(filters, match_all=True, collapse=collapse)
    facets = [FacetRequest(name, found) for name in FACETS]
    for sort in SORTS:
        pages = [engine.fetch_page(found, Page(sort, 0, 1_000), facets) for engine in engines]
        assert pages[0].total > 0
        assert pages[0] == pages[1]


@pytest.mark.parametrize("collapse", [True, False])
def test_pages_are_cut_as_those_of_a_new_index_with_what_is_sold_out_last(
    engines: tuple[Engine, Engine], collapse: bool
) -> None:
    found = CandidateSet(Filters(), match_all=True, collapse=collapse)
    red = FactCondition(("red",), ("coloured",), must_hold=True)
    for sort in SORTS:
        page = Page(sort, 17, 20, (red,) if sort != "relevance" else (), sold_out_last=True)
        changed, fresh = (engine.fetch_page(found, page, []).products for engine in engines)
        assert changed == fresh != ()


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_counts_and_variants_are_those_of_a_new_index(
    engines: tuple[Engine, Engine], filters: Filters
) -> None:
    ids = [f"p{number}" for number in range(400)] + [f"new-{number}" for number in range(30)]
    changed, fresh = engines
    assert changed.count([filters]) == fresh.count([filters])
    assert changed.passing(ids, filters) == fresh.passing(ids, filters) != set()
    assert changed.passing_variants(ids, filters) == fresh.passing_variants(ids, filters)
    assert changed.variants(ids, 5) == fresh.variants(ids, 5) != {}
    assert changed.main_types(ids) == fresh.main_types(ids)
    listings = [engine.listings(ids) for engine in (changed, fresh)]
    ratings = [{one: listing.rating for one, listing in found.items()} for found in listings]
    assert ratings[0] == pytest.approx(ratings[1], nan_ok=True)
    assert changed.stored(ids) == fresh.stored(ids)
    assert changed.holding(ids, [("red",), ("coloured",)]) == fresh.holding(ids, [("red",), ("coloured",)])


def test_the_ids_of_all_products_are_there_once_on_sale_or_not(
    engines: tuple[Engine, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Elasticsearch lists them in pages.
    monkeypatch.setattr("shangsou.engines.elastic.point_in_time._PAGE_SIZE", 50)
    ids = [f"p{number}" for number in range(400)] + [f"new-{number}" for number in range(30)]
    changed, fresh = engines
    assert sorted(changed.product_ids()) == sorted(fresh.product_ids()) == sorted(fresh.stored(ids))
    assert any(product.status == "off" for product in fresh.stored(ids).values())


@pytest.mark.parametrize("collapse", [True, False])
@pytest.mark.parametrize("filters", FILTERS, ids=str)
@pytest.mark.parametrize("field", ["title_vector", "description_vector"])
def test_the_nearest_are_those_of_a_new_index(
    engines: tuple[Engine, Engine], field: str, filters: Filters, collapse: bool
) -> None:
    leg = VectorLeg(field, EAST, filters, 1_000, collapse=collapse)  # type: ignore[arg-type]
    [near], [near_in_fresh] = (engine.retrieve([leg]) for engine in engines)
    assert [hit.product_id for hit in near] == [hit.product_id for hit in near_in_fresh] != []


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_words_find_what_they_find_in_a_new_index(engines: tuple[Engine, Engine], filters: Filters) -> None:
    leg = LexicalLeg(query("warm boot"), filters, 1_000, strict=True)
    [found], [found_in_fresh] = (engine.retrieve([leg]) for engine in engines)
    assert {hit.product_id for hit in found} == {hit.product_id for hit in found_in_fresh} != set()


RED = Product("red", "red shoe", brand="Ava", price_fen=300, group_id="shoe", attributes={"colour": ("red",)})
BLUE = replace(RED, product_id="blue", title="blue shoe", price_fen=200, attributes={"colour": ("blue",)})
HAT = Product("hat", "red hat", brand="Bea", price_fen=100, attributes={"colour": ("red",)})
EVERYTHING = CandidateSet(Filters(), match_all=True)


@pytest.fixture
def shop(store: GenerationStore) -> Engine:
    return indexed(store, [RED, BLUE, HAT])


def after(engine: Engine, *changed: Product, gone: Sequence[str] = ()) -> Engine:
    products = {product.product_id: product for product in changed} | dict.fromkeys(gone)
    return engine.changed(changes_of(engine, products), engine.sequence + 1)


def brands(engine: Engine) -> dict[str, int]:
    page = engine.fetch_page(EVERYTHING, Page("relevance", 0, 0), [FacetRequest("brand", EVERYTHING)])
    return {value.value: value.count for value in page.facets[0]}


def test_the_variant_that_stands_for_a_group_is_another_when_prices_change(shop: Engine) -> None:
    assert page_ids(shop, EVERYTHING, "price_desc") == ["red", "hat"]
    assert page_ids(after(shop, replace(BLUE, price_fen=400)), EVERYTHING, "price_desc") == ["blue", "hat"]


def test_a_variant_that_goes_off_sale_no_longer_counts_in_its_group_and_does_again_when_it_is_back(
    shop: Engine,
) -> None:
    engine = after(shop, replace(RED, status="off"))
    assert page_ids(engine, EVERYTHING) == ["blue", "hat"]
    assert engine.variants(["blue"], 9) == {}
    assert engine.count([Filters(attributes=(("colour", ("red",)),))]) == [1]
    engine = after(engine, RED)
    assert [one.product_id for one in engine.variants(["blue"], 9)["blue"]] == ["blue", "red"]
    assert engine.count([Filters(attributes=(("colour", ("red",)),))]) == [2]


def test_a_variant_that_moves_is_of_the_other_group_alone(shop: Engine) -> None:
    engine = after(shop, replace(RED, group_id="", brand="Cleo"))
    assert engine.count([Filters()]) == [3]
    assert brands(engine) == {"Ava": 1, "Bea": 1, "Cleo": 1}
    engine = after(engine, replace(HAT, group_id="shoe"))
    assert engine.count([Filters()]) == [2]
    # The group of the blue shoe has both brands, which its variants no longer share.
    assert brands(engine) == {"Ava": 1, "Bea": 1, "Cleo": 1}
    assert [one.product_id for one in engine.variants(["hat"], 9)["hat"]] == ["blue", "hat"]


def test_a_group_is_gone_with_its_last_variant(shop: Engine) -> None:
    engine = after(shop, gone=["red"])
    assert (engine.count([Filters()]), brands(engine)) == ([2], {"Ava": 1, "Bea": 1})
    engine = after(engine, gone=["blue", "unheard-of"])
    assert (engine.count([Filters()]), brands(engine)) == ([1], {"Bea": 1})
    assert engine.stored(["red", "blue", "hat"]) == {"hat": HAT}


def test_the_first_variants_of_an_index_without_any_are_one_hit(store: GenerationStore) -> None:
    engine = indexed(store, [HAT, replace(RED, group_id="")])
    assert engine.count([Filters()]) == [2]
    engine = after(engine, replace(HAT, group_id="pair"), replace(RED, group_id="pair"))
    assert (engine.count([Filters()]), page_ids(engine, EVERYTHING)) == ([1], ["hat"])


def test_the_first_offer_of_an_index_without_any_is_a_price_in_its_time(shop: Engine) -> None:
    offer = replace(HAT, price_fen=50, list_price_fen=250, offer_until=NOW + timedelta(days=1))
    engine = after(shop, offer)
    assert page_ids(engine, EVERYTHING, "price_asc") == ["hat", "blue"]
    engine.clock = (NOW + timedelta(days=2)).timestamp
    assert page_ids(engine, EVERYTHING, "price_asc") == ["blue", "hat"]
    assert [one.price_fen for one in engine.products(["hat"])] == [250]


def test_what_orders_products_and_their_types_are_those_after_a_change(shop: Engine) -> None:
    engine = after(shop, replace(HAT, rating=5.0, reviews=10))
    ids = ["red", "blue", "hat"]
    assert engine.listings(ids)["hat"].rating == pytest.approx(5)
    assert engine.main_types(ids) == {"red": "red", "blue": "blue", "hat": "red"}
    changed = replace(BLUE, title="sock blue", rating=3.0, reviews=10, stock=0, sales=7)
    engine = after(engine, changed)
    # The mean of all is 4 now, and weighs as much as the ten reviews of either.
    listings = engine.listings(ids)
    assert [listings[one].rating for one in ("blue", "hat")] == pytest.approx([3.5, 4.5])
    assert (listings["blue"].in_stock, listings["blue"].sales) == (False, 7)
    assert engine.main_types(ids) == {"red": "red", "blue": "sock", "hat": "red"}
    assert set(after(engine, gone=["blue"]).listings(ids)) == {"red", "hat"}


def test_what_was_learned_of_a_product_stays_when_its_price_changes(shop: Engine) -> None:
    before = (shop.title_vectors(["red"])["red"], shop.main_types(["red"]), shop.holding(["red"], [("red",)]))
    engine = after(shop, replace(RED, price_fen=999))
    assert engine.products(["red"]) == [replace(RED, price_fen=999)]
    assert np.array_equal(engine.title_vectors(["red"])["red"], before[0])
    assert (engine.main_types(["red"]), engine.holding(["red"], [("red",)])) == before[1:]
    [near] = engine.retrieve([VectorLeg("title_vector", before[0], Filters(), 1)])
    assert [hit.product_id for hit in near] == ["red"]


def test_types_that_a_changed_product_keeps_are_those_that_it_had(store: GenerationStore) -> None:
    """Of a row of the generation, and of one that had changed before."""
    products = [Product(f"p{number}", "thing") for number in range(3)]
    index(store, documents(products), types=[("boot", "shoe"), ("sock",), ()])
    kept = SearchedTexts(EAST, None, None, ("blue",))
    engine = store.open()
    for sequence in (1, 2):
        changes = [
            ChangedProduct(one.product_id, replace(one, tags=(str(sequence),)), kept) for one in products
        ]
        engine = engine.changed(changes, sequence)
        assert engine.main_types(["p0", "p1", "p2"]) == {"p0": "boot", "p1": "sock"}
        found = CandidateSet(Filters(types=TypeCondition(("shoe",))), match_all=True)
        assert page_ids(engine, found) == ["p0"]


def test_an_engine_opened_again_or_refreshed_knows_the_changes_that_its_storage_holds(
    store: GenerationStore,
) -> None:
    engine = indexed(store, [RED, BLUE, HAT])
    changed = after(engine, gone=["hat"])
    refreshed, opened = engine.refreshed(["hat"]), store.open()
    # The embedded engine has its changes in memory: it knows none of others, and says so by its number.
    for other in (refreshed, opened):
        assert other.count([Filters()]) == ([1] if other.sequence == changed.sequence else [2])
    assert changed.refreshed([]) is changed
