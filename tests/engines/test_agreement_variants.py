"""Both engines over a shop drawn at random: variants and offers are found, counted and ordered alike."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np
import pytest

from shangsou.engines.engine import Document, Engine, GenerationStore
from shangsou.engines.query import (
    CandidateSet,
    Exclusion,
    FacetRequest,
    FactCondition,
    Filters,
    LexicalLeg,
    Page,
    Sort,
    TypeCondition,
    VectorLeg,
)
from shangsou.product import Product
from tests.engines.catalog import EAST, index, product_terms, query
from tests.fixtures.engines import SHARDED

pytestmark = pytest.mark.elastic

NOW = datetime(2026, 11, 11, 12, tzinfo=UTC)
COLOURS = ("red", "blue", "green")
WORDS = ("shoe", "boot", "sock", "warm", "soft")
FACETS = ("brand", "category", "price", "attributes.colour", "attributes")
SORTS: tuple[Sort, ...] = ("price_asc", "price_desc", "sales", "newest", "rating")


def _products(rng: Random, *, has_variants: bool, has_offers: bool) -> list[Product]:
    groups = [f"g{rng.randrange(60)}" if has_variants and rng.random() < 0.7 else "" for _ in range(300)]
    return [_product(rng, number, group, has_offers) for number, group in enumerate(groups)]


def _product(rng: Random, number: int, group: str, has_offers: bool) -> Product:
    offer_from = NOW + timedelta(days=rng.choice([-2, 2])) if rng.random() < 0.5 else None
    return Product(
        f"p{number}",
        " ".join(rng.sample(WORDS, 3)),
        # All variants of a group share the brand, not the category.
        brand=f"brand {sum((group or str(number)).encode()) % 4}",
        category=("shoes", rng.choice(COLOURS))[: rng.randrange(3)],
        # Few prices, so that many tie; one beyond what float32 holds exactly, and one fen above it.
        price_fen=rng.choice([None, 900, 9_900, 19_900, 30_000, 2**24 + 2, 2**24 + 3]),
        list_price_fen=rng.choice([None, 29_900, 2**24 + 2, 2**24 + 3]),
        offer_from=offer_from if has_offers else None,
        offer_until=NOW + timedelta(days=rng.choice([-1, 3])) if has_offers and rng.random() < 0.5 else None,
        stock=rng.choice([0, 1, None]),
        status="off" if rng.random() < 0.1 else "on",
        group_id=group,
        attributes={"colour": (rng.choice(COLOURS),)},
        sales=rng.randrange(4),
        rating=rng.choice([None, 3.5, 4.5]),
        reviews=rng.randrange(40),
        created_at=rng.choice([None, NOW, NOW - timedelta(days=3)]),
    )


@pytest.fixture(
    scope="module",
    params=[
        (True, True, "elastic"),
        (True, False, "elastic"),
        (False, True, "elastic"),
        (True, True, SHARDED),
        (True, False, SHARDED),
    ],
    ids=[
        "variants and offers",
        "variants",
        "offers",
        "variants and offers on three shards",
        "variants on three shards",
    ],
)
def engines(request: pytest.FixtureRequest, new_store: Callable[[str], GenerationStore]) -> list[Engine]:
    has_variants, has_offers, other = request.param
    rng = Random(5)
    products = _products(rng, has_variants=has_variants, has_offers=has_offers)
    vectors = np.random.default_rng(5).normal(size=(len(products), 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    contents = [Document(product, vector) for product, vector in zip(products, vectors, strict=True)]
    types = [(rng.choice(WORDS),) for _ in products]
    facts = product_terms([(rng.choice(COLOURS), "coloured")[: rng.choice([0, 2])] for _ in products])
    opened = []
    for name in ("embedded", other):
        store = new_store(name)
        index(store, contents, types=types, facts=facts)
        engine = store.open()
        engine.clock = NOW.timestamp
        opened.append(engine)
    return opened


def _filters(rng: Random) -> Filters:
    return Filters(
        categories=rng.choice([(), (), (("shoes",),), (("shoes", "red"), ("shoes", "blue"))]),
        brands=rng.choice([(), (), ("brand 1", "brand 2")]),
        price_from_fen=rng.choice([None, None, 900, 19_900, 2**24 + 3]),
        price_to_fen=rng.choice([None, None, 19_900, 30_000, 2**24 + 2]),
        in_stock=rng.choice([None, None, True, False]),
        attributes=rng.choice([(), (), (("colour", ("red",)),)]),
        exclusions=rng.choice([(), (), (Exclusion("soft"),)]),
        types=rng.choice([None, None, TypeCondition(("shoe", "boot"), ids=("p3",), other_ids=("p4", "p5"))]),
        facts=rng.choice([(), (), (FactCondition(("red",), ("coloured",)),)]),
    )


def _candidate_set(rng: Random, engine: Engine) -> CandidateSet:
    filters, collapse = _filters(rng), rng.random() < 0.7
    if rng.random() < 0.4:
        return CandidateSet(filters, match_all=True, collapse=collapse)
    passing = sorted(engine.passing_variants([f"p{rng.randrange(300)}" for _ in range(20)], filters))
    rng.shuffle(passing)
    return CandidateSet(
        filters,
        query(" ".join(rng.sample(WORDS, 2))) if rng.random() < 0.8 else None,
        tuple(passing[:3]),
        tuple(passing[3:6]),
        types=rng.choice([None, TypeCondition(("sock",), other_texts=("warm",))]),
        collapse=collapse,
    )


def test_sorted_pages_totals_and_facets_are_equal(engines: list[Engine]) -> None:
    rng = Random(9)
    for _ in range(60):
        asked, other = _candidate_set(rng, engines[0]), _candidate_set(rng, engines[0])
        demoted = rng.choice(
            [(), (FactCondition(("red",), ("coloured",)), FactCondition(("blue",), must_hold=True))]
        )
        page = Page(
            rng.choice(SORTS), rng.choice([0, 7]), 12, demoted=demoted, sold_out_last=rng.random() < 0.5
        )
        facets = [FacetRequest(name, one) for name in FACETS for one in (asked, other)]
        embedded, elastic = (engine.fetch_page(asked, page, facets) for engine in engines)
        assert elastic.total == embedded.total, asked
        assert elastic.facets == embedded.facets, (asked, other)
        assert elastic.products == embedded.products, (asked, page)


def test_pages_by_relevance_are_equal_where_what_is_sold_out_comes_last(engines: list[Engine]) -> None:
    rng = Random(10)
    for _ in range(40):
        asked = _candidate_set(rng, engines[0])
        page = Page("relevance", rng.choice([0, 2, 7]), 12, sold_out_last=True)
        embedded, elastic = (engine.fetch_page(asked, page, []) for engine in engines)
        assert elastic.total == embedded.total, asked
        assert [one.product_id for one in elastic.products] == [one.product_id for one in embedded.products]


def test_counts_variants_and_listings_are_equal(engines: list[Engine]) -> None:
    rng = Random(11)
    filters = [_filters(rng) for _ in range(40)]
    assert engines[0].count(filters) == engines[1].count(filters)
    ids = [f"p{number}" for number in range(301)]
    for most in (1, 3, 100):
        assert engines[0].variants(ids, most) == engines[1].variants(ids, most)
    on_sale = [product.product_id for product in engines[0].products(ids)]
    for wanted in filters:
        some = rng.sample(on_sale, 30)
        assert engines[0].passing_variants(some, wanted) == engines[1].passing_variants(some, wanted)
    embedded, elastic = ([engine.listings([one])[one] for one in ids[:300]] for engine in engines)
    assert [one[1:4] for one in elastic] == [one[1:4] for one in embedded]
    assert [one.rating for one in elastic] == pytest.approx([one.rating for one in embedded], nan_ok=True)


@pytest.mark.parametrize("kind", ["lexical", "vector"])
def test_legs_retrieve_the_same_variants(engines: list[Engine], kind: str) -> None:
    rng = Random(12)
    for _ in range(30):
        filters, ids = _filters(rng), rng.choice([None, tuple(f"p{number}" for number in range(0, 300, 3))])
        # Deep enough that no tie is cut in two.
        leg = (
            LexicalLeg(query(" ".join(rng.sample(WORDS, 2))), filters, 300, ids=ids, collapse=True)
            if kind == "lexical"
            else VectorLeg("title_vector", EAST, filters, 20, ids=ids, collapse=True)
        )
        embedded, elastic = (engine.retrieve([leg])[0] for engine in engines)
        if kind == "vector" and engines[1]._reader.shards > 1:  # type: ignore[attr-defined]
            # Each shard looks as deep as one, so that several may find more groups.
            assert len(elastic) >= len(embedded)
            elastic = elastic[: len(embedded)]
        assert [hit.product_id for hit in elastic] == [hit.product_id for hit in embedded], leg
        assert [hit.score for hit in elastic] == pytest.approx([hit.score for hit in embedded], abs=1e-5)
