"""What every engine answers, worked by hand on the catalog of tests/engines/catalog.py."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from shangsou.engines.engine import Document, Engine, GenerationStore
from shangsou.engines.fields import SCORED_FIELDS
from shangsou.engines.query import (
    FacetRequest,
    FacetValue,
    Filters,
    Found,
    LexicalLeg,
    LexicalQuery,
    Page,
    Sort,
    VectorLeg,
)
from shangsou.engines.recipe import IndexRecipe
from shangsou.product import Product
from tests.engines import catalog
from tests.engines.catalog import EAST, FIRST_PAGE, NORTH, SHOP, index, lexical_ids, page_ids, query
from tests.fixtures.elastic import ENGINES

EVERYTHING = Found(Filters(), everything=True)
# One gram of every title.
ANY_TITLE = query(grams="e 手 礼", weights={"title.grams": 1.0})


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, new_store: Callable[[str], GenerationStore]) -> Engine:
    store = new_store(request.param)
    index(store, catalog.shop_documents())
    return store.open()


def test_the_best_scores_come_first_and_ties_in_catalog_order(engine: Engine) -> None:
    assert lexical_ids(engine, query("shoe red")) == ["red-shoe", "red-shoe-twin", "red-dress"]
    assert lexical_ids(engine, query("shoe"), k=1) == ["red-shoe"]


def test_any_term_in_any_field_with_a_weight_is_enough(engine: Engine) -> None:
    assert lexical_ids(engine, query("blue", weights={"title.words": 1, "attributes.words": 1})) == [
        "blue-dress",
        "red-shoe",
    ]
    assert lexical_ids(engine, query("blue", weights={"title.words": 1, "attributes.words": 0})) == [
        "blue-dress"
    ]
    assert lexical_ids(engine, query("blue", weights={"attributes.words": 1})) == ["blue-dress", "red-shoe"]


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(query(), id="no terms"),
        pytest.param(query("unheard-of"), id="a term that nothing holds"),
        pytest.param(query("red", weights=catalog.NO_WEIGHTS), id="no weights"),
        pytest.param(query("red", weights={"title.grams": 1}), id="words, with weights for grams only"),
    ],
)
def test_a_query_that_nothing_can_score_has_no_hits(engine: Engine, asked: LexicalQuery) -> None:
    assert lexical_ids(engine, asked) == []


def test_legs_come_back_in_the_order_asked_even_when_one_has_nothing(engine: Engine) -> None:
    nothing, near, lexical = engine.retrieve(
        [
            LexicalLeg(query(), Filters(), 5),
            VectorLeg("title_vector", NORTH, Filters(), 1),
            LexicalLeg(query("blue"), Filters(), 5),
        ]
    )
    assert [[hit.product_id for hit in hits] for hits in (nothing, near, lexical)] == [
        [],
        ["blue-dress"],
        ["blue-dress"],
    ]


def test_no_legs_have_no_hits(engine: Engine) -> None:
    assert engine.retrieve([]) == []


def test_vector_hits_have_their_cosines_and_ties_go_by_catalog_order(engine: Engine) -> None:
    [hits] = engine.retrieve([VectorLeg("title_vector", EAST, Filters(), 10)])
    assert [hit.product_id for hit in hits] == [
        "red-dress",
        "red-shoe",
        "red-shoe-twin",
        "gift",
        "blue-dress",
        "case",
    ]
    assert [hit.score for hit in hits] == pytest.approx([1, 0.8, 0.8, 0.6, 0, -1], abs=1e-5)


def test_only_products_with_a_description_are_near_by_description(engine: Engine) -> None:
    [hits] = engine.retrieve([VectorLeg("description_vector", EAST, Filters(), 10)])
    assert [hit.product_id for hit in hits] == ["blue-dress", "gift"]
    assert [hit.score for hit in hits] == pytest.approx([1, 0.8], abs=1e-5)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), ["red-dress", "blue-dress", "red-shoe", "red-shoe-twin", "case", "gift"]),
        (Filters(categories=(("women",),)), ["red-dress", "blue-dress", "red-shoe"]),
        (Filters(categories=(("women", "shoes"), ("phones",))), ["red-shoe", "case"]),
        (Filters(categories=(("wom",),)), []),
        (Filters(categories=(("shoes",),)), []),
        (Filters(brands=("Ava",)), ["red-dress", "red-shoe"]),
        (Filters(brands=("Ava", "Bea")), ["red-dress", "blue-dress", "red-shoe"]),
        (Filters(brands=("ava",)), []),
        (Filters(price_from_fen=10000), ["red-dress", "blue-dress", "case"]),
        (Filters(price_to_fen=9999), ["red-shoe-twin", "gift"]),
        (Filters(price_from_fen=9999, price_to_fen=10000), ["blue-dress", "red-shoe-twin"]),
        (Filters(price_from_fen=0), ["red-dress", "blue-dress", "red-shoe-twin", "case", "gift"]),
        (Filters(in_stock=True), ["red-dress", "red-shoe", "red-shoe-twin", "case", "gift"]),
        (Filters(in_stock=False), ["blue-dress"]),
        (Filters(attributes=(("colour", ("red",)),)), ["red-dress", "red-shoe"]),
        (Filters(attributes=(("colour", ("red", "blue")),)), ["red-dress", "blue-dress", "red-shoe"]),
        (Filters(attributes=(("colour", ("red",)), ("size", ("M", "XL")))), ["red-dress"]),
        (Filters(attributes=(("size", ("red",)),)), []),
        (Filters(attributes=(("a.b", ("x(y)",)),)), ["case"]),
        (Filters(brands=("Ava",), in_stock=True, price_to_fen=20000), ["red-dress"]),
    ],
    ids=str,
)
def test_filters_hold_in_both_legs_and_in_what_is_found(
    engine: Engine, filters: Filters, expected: list[str]
) -> None:
    lexical, near = engine.retrieve(
        [LexicalLeg(ANY_TITLE, filters, 10), VectorLeg("title_vector", EAST, filters, 10)]
    )
    browsed = engine.collect(Found(filters, everything=True), FIRST_PAGE, [])
    assert sorted(hit.product_id for hit in lexical) == sorted(expected)
    assert sorted(hit.product_id for hit in near) == sorted(expected)
    assert [product.product_id for product in browsed.products] == expected
    assert browsed.total == len(expected)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(query("red dress"), ["red-dress"], id="all words"),
        pytest.param(query("ava shoe"), ["red-shoe"], id="words from two texts"),
        pytest.param(query("men"), ["red-shoe-twin"], id="a word of the category"),
        pytest.param(query("blue"), ["blue-dress", "red-shoe"], id="a word of title or attributes"),
        pytest.param(query("red unheard-of"), [], id="a word that nothing holds"),
        pytest.param(query(required="🎁 手 机 壳", count=4), [], id="all grams of two products"),
        pytest.param(query(required="🎁 手 机 壳", count=2), ["case"], id="enough grams of one"),
        pytest.param(query(required="🎁 手 机 壳", count=1), ["case", "gift"], id="one gram of each"),
        pytest.param(query(required="手机 机壳", count=2), ["case"], id="bigrams"),
        pytest.param(query("men", required="🎁", count=1), ["red-shoe-twin", "gift"], id="words or grams"),
        pytest.param(query(grams="手"), [], id="grams that are scored but not required"),
        pytest.param(query(), [], id="nothing asked"),
    ],
)
def test_strict_matches(engine: Engine, asked: LexicalQuery, expected: list[str]) -> None:
    collected = engine.collect(Found(Filters(), asked), FIRST_PAGE, [])
    assert sorted(product.product_id for product in collected.products) == sorted(expected)
    assert collected.total == len(expected)


def test_strict_matches_are_counted_within_the_filters(engine: Engine) -> None:
    found = Found(Filters(brands=("Ava",)), query("red"))
    assert page_ids(engine, found) == ["red-dress", "red-shoe"]
    assert engine.collect(found, FIRST_PAGE, []).total == 2


def test_candidates_alone_are_found(engine: Engine) -> None:
    found = Found(Filters(), None, ("gift", "red-dress"))
    assert page_ids(engine, found) == ["gift", "red-dress"]
    assert engine.collect(found, FIRST_PAGE, []).total == 2


def test_nothing_found_is_an_empty_page(engine: Engine) -> None:
    collected = engine.collect(Found(Filters()), FIRST_PAGE, [FacetRequest("brand", Found(Filters()))])
    assert (collected.total, collected.products, collected.facets) == (0, (), ((),))


def test_relevance_is_candidates_then_strict_matches_by_score_on_every_cut_into_pages(engine: Engine) -> None:
    # "red" stands in the titles of red-dress and red-shoe-twin, which are of one length and so tie;
    # in the gift's subtitle it weighs nothing.
    found = Found(Filters(), query("red"), ("case", "red-shoe"))
    order = ["case", "red-shoe", "red-dress", "red-shoe-twin", "gift"]
    for size in range(1, 7):
        pages = [page_ids(engine, found, "relevance", offset, size) for offset in range(0, 6, size)]
        assert [product_id for page in pages for product_id in page] == order
        assert pages[0] == order[:size]


def test_a_page_of_no_products_still_has_its_total(engine: Engine) -> None:
    collected = engine.collect(EVERYTHING, Page("relevance", 0, 0), [])
    assert (collected.total, collected.products) == (6, ())


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("relevance", ["red-dress", "blue-dress", "red-shoe", "red-shoe-twin", "case", "gift"]),
        ("price_asc", ["gift", "red-shoe-twin", "blue-dress", "red-dress", "case", "red-shoe"]),
        ("price_desc", ["case", "red-dress", "blue-dress", "red-shoe-twin", "gift", "red-shoe"]),
        ("sales", ["blue-dress", "red-dress", "red-shoe", "red-shoe-twin", "case", "gift"]),
        ("newest", ["blue-dress", "red-dress", "gift", "red-shoe", "red-shoe-twin", "case"]),
    ],
)
def test_sorts_put_missing_values_last_and_ties_in_catalog_order(
    engine: Engine, sort: Sort, expected: list[str]
) -> None:
    assert page_ids(engine, EVERYTHING, sort) == expected
    assert page_ids(engine, EVERYTHING, sort, offset=1, size=3) == expected[1:4]


def test_a_sort_is_over_candidates_and_strict_matches_alike(engine: Engine) -> None:
    found = Found(Filters(), query("red"), ("case", "red-shoe"))
    assert page_ids(engine, found, "price_asc") == ["gift", "red-shoe-twin", "red-dress", "case", "red-shoe"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "category",
            [
                FacetValue("women", 3),
                FacetValue("women>dresses", 2),
                FacetValue("men", 1),
                FacetValue("men>shoes", 1),
                FacetValue("phones", 1),
                FacetValue("women>shoes", 1),
            ],
        ),
        ("brand", [FacetValue("Ava", 2), FacetValue("Bea", 1)]),
        (
            "price",
            [
                FacetValue("0-20", 1, 0, 2000),
                FacetValue("50-100", 1, 5000, 10000),
                FacetValue("100-200", 2, 10000, 20000),
                FacetValue("10000-", 1, 1_000_000, None),
            ],
        ),
        ("attributes.colour", [FacetValue("blue", 2), FacetValue("red", 2)]),
        ("attributes.a.b", [FacetValue("x(y)", 1)]),
        ("attributes.axb", []),
        ("attributes.*", []),
        ("attributes." + "长" * 2000, []),
        (
            "attributes",
            [
                FacetValue("colour\x1fblue", 2),
                FacetValue("colour\x1fred", 2),
                FacetValue("a.b\x1fx(y)", 1),
                FacetValue("size\x1fM", 1),
                FacetValue("size\x1fS", 1),
            ],
        ),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_facets_count_what_was_found(engine: Engine, name: str, expected: list[FacetValue]) -> None:
    collected = engine.collect(EVERYTHING, FIRST_PAGE, [FacetRequest(name, EVERYTHING)])
    assert list(collected.facets[0]) == expected


def test_each_facet_is_counted_over_its_own_set(engine: Engine) -> None:
    dresses = Found(Filters(brands=("Ava",)), query("dress"))
    without_brand = Found(Filters(), query("dress"))
    collected = engine.collect(
        dresses,
        FIRST_PAGE,
        [
            FacetRequest("brand", without_brand),
            FacetRequest("category", dresses),
            FacetRequest("attributes.colour", without_brand),
        ],
    )
    assert collected.total == 1
    assert collected.facets == (
        (FacetValue("Ava", 1), FacetValue("Bea", 1)),
        (FacetValue("women", 1), FacetValue("women>dresses", 1)),
        (FacetValue("blue", 1), FacetValue("red", 1)),
    )


def test_candidates_are_counted_in_facets(engine: Engine) -> None:
    found = Found(Filters(), query("dress"), ("red-shoe",))
    collected = engine.collect(found, FIRST_PAGE, [FacetRequest("brand", found)])
    assert collected.facets[0] == (FacetValue("Ava", 2), FacetValue("Bea", 1))


def test_an_unknown_facet_is_refused(engine: Engine) -> None:
    with pytest.raises(ValueError, match="shop"):
        engine.collect(EVERYTHING, FIRST_PAGE, [FacetRequest("shop", EVERYTHING)])


def test_products_come_back_whole_in_the_order_asked_for(engine: Engine) -> None:
    by_id = {product.product_id: product for product in SHOP}
    assert engine.products(["gift", "red-dress"]) == [by_id["gift"], by_id["red-dress"]]


def test_products_that_are_off_or_unknown_are_left_out(engine: Engine) -> None:
    assert [product.product_id for product in engine.products(["hidden", "nobody", "case"])] == ["case"]
    assert engine.products([]) == []


def test_the_generation_says_how_it_was_built(engine: Engine) -> None:
    generation = engine.generation
    assert (generation.name, generation.documents, generation.source) == ("gen-1", 7, "by hand")
    assert generation.recipe == catalog.RECIPE
    assert generation.current


def test_the_parts_of_a_score_add_up_to_it(engine: Engine) -> None:
    weights = {"title.words": 1.0, "title.grams": 0.5, "attributes.words": 2.0, "brand.grams": 3.0}
    asked = query("red shoe", "r re v", weights=weights)
    scores = dict(catalog.lexical_hits(engine, asked))
    parts = engine.lexical_parts(asked, ["red-shoe", "red-dress", "gift", "nobody"])
    assert set(parts["red-shoe"]) == {"title.words", "title.grams", "attributes.words", "brand.grams"}
    for product_id in ("red-shoe", "red-dress"):
        assert sum(parts[product_id].values()) == pytest.approx(scores[product_id], rel=1e-5)
    assert parts["gift"] == {}
    assert "nobody" not in parts


@pytest.mark.parametrize(
    ("gram", "expected"), [("🎁", "gift"), ("手", "case"), ("机壳", "case"), ("物🎁", "gift")]
)
def test_emoji_and_single_characters_are_found(engine: Engine, gram: str, expected: str) -> None:
    assert lexical_ids(engine, query(grams=gram, weights={"title.grams": 1.0})) == [expected]


@pytest.mark.parametrize(
    "syntax", ['"}]}', "*:*", "title.words:red", "(((", "red\\", "/.*/", "a AND", "\x1f", "red~2", "[1 TO 5]"]
)
def test_query_syntax_is_only_text(engine: Engine, syntax: str) -> None:
    assert lexical_ids(engine, query(syntax)) in ([], lexical_ids(engine, query(syntax.replace(" ", "_"))))
    assert page_ids(engine, Found(Filters(brands=(syntax,)), everything=True)) == []
    assert page_ids(engine, Found(Filters(attributes=((syntax, (syntax,)),)), everything=True)) == []
    facet = FacetRequest(f"attributes.{syntax}", EVERYTHING)
    assert engine.collect(EVERYTHING, FIRST_PAGE, [facet]).facets == ((),)


def test_the_longest_query_over_all_fields_is_answered(engine: Engine) -> None:
    # 256 characters, as many as a search reads: 511 grams in five fields, and words in five more.
    characters = ["红", "裙", *map(chr, range(0x4E00, 0x4E00 + 254))]
    bigrams = [first + second for first, second in pairwise(characters)]
    asked = LexicalQuery(
        words=tuple(characters),
        grams=(*characters, *bigrams),
        required_grams=tuple(bigrams),
        required_count=170,
        weights=dict.fromkeys(SCORED_FIELDS, 1.0),
    )
    assert lexical_ids(engine, asked) == []
    found = Found(Filters(), asked, ("gift",))
    assert page_ids(engine, found) == ["gift"]


@pytest.fixture(scope="module", params=ENGINES)
def scored_engine(request: pytest.FixtureRequest, new_store: Callable[[str], GenerationStore]) -> Engine:
    store = new_store(request.param)
    products = [
        Product("short", "red dress"),
        Product("long", "red red shoe box"),
        Product("subtitled", "blue dress", subtitle="red"),
    ]
    index(store, catalog.documents(products))
    return store.open()


# BM25 with k1 .6 and b .5. In titles (lengths 2, 4, 2, on average 8/3) "red" and "dress" each stand in
# two of three: idf ln(1 + 1.5 / 2.5) = .470004.
#   once in 2 terms: 1 / (1 + .6 x (.5 + .5 x .75)) = 1 / 1.525, times idf: .308199
#   twice in 4:      2 / (2 + .6 x (.5 + .5 x 1.5)) = 2 / 2.75,  times idf: .341821
# In the one subtitle: idf ln(1 + .5 / 1.5) = .287682, 1 / 1.6 of it: .179801.
@pytest.mark.parametrize(
    ("words", "weights", "expected"),
    [
        ("red", {"title.words": 1}, [("long", 0.341821), ("short", 0.308199)]),
        ("red", {"title.words": 3}, [("long", 1.025463), ("short", 0.924597)]),
        ("red dress", {"title.words": 1}, [("short", 0.616398), ("long", 0.341821), ("subtitled", 0.308199)]),
        (
            "red",
            {"title.words": 1, "subtitle.words": 2},
            [("subtitled", 0.359602), ("long", 0.341821), ("short", 0.308199)],
        ),
        (
            "red dress",
            {"title.words": 1, "subtitle.words": 2},
            [("subtitled", 0.667801), ("short", 0.616398), ("long", 0.341821)],
        ),
    ],
)
def test_scores_are_bm25_weighted_by_field(
    scored_engine: Engine, words: str, weights: dict[str, float], expected: list[tuple[str, float]]
) -> None:
    hits = catalog.lexical_hits(scored_engine, query(words, weights=weights))
    assert [product_id for product_id, _ in hits] == [product_id for product_id, _ in expected]
    assert [score for _, score in hits] == pytest.approx([score for _, score in expected], rel=1e-4)


@pytest.fixture(scope="module", params=ENGINES)
def crowded_engine(request: pytest.FixtureRequest, new_store: Callable[[str], GenerationStore]) -> Engine:
    """400 products in 16 dimensions; every eighth, 50 in all, is of the brand `Rare`."""
    vectors = crowd()
    store = new_store(request.param)
    contents = [
        Document(Product(f"p{row}", "thing", brand="" if row % 8 else "Rare"), vector)
        for row, vector in enumerate(vectors)
    ]
    index(store, contents, IndexRecipe("by-hand", "0" * 16, 16, "float32"))
    return store.open()


def crowd() -> np.ndarray:
    vectors = np.random.default_rng(7).standard_normal((400, 16)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize(("k", "expected"), [(1, 1), (20, 20), (50, 50), (100, 50)])
def test_neighbours_are_filtered_while_searching_so_none_of_k_is_missing(
    crowded_engine: Engine, k: int, expected: int
) -> None:
    vectors = crowd()
    [hits] = crowded_engine.retrieve([VectorLeg("title_vector", vectors[3], Filters(brands=("Rare",)), k)])
    cosines = vectors[::8] @ vectors[3]
    nearest = [f"p{8 * place}" for place in np.argsort(-cosines, kind="stable")[:k]]
    assert [hit.product_id for hit in hits] == nearest
    assert len(hits) == expected


def test_the_nearest_of_all_are_found(crowded_engine: Engine) -> None:
    vectors = crowd()
    [hits] = crowded_engine.retrieve([VectorLeg("title_vector", vectors[3], Filters(), 10)])
    cosines = vectors @ vectors[3]
    nearest = np.argsort(-cosines, kind="stable")[:10]
    assert [hit.product_id for hit in hits] == [f"p{row}" for row in nearest]
    assert [hit.score for hit in hits] == pytest.approx(cosines[nearest].tolist(), abs=1e-5)
