"""The engine contract: retrieval and scores of each leg, worked by hand on the catalog beside this file."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from shangsou.engines.engine import Document, Engine, GenerationStore
from shangsou.engines.query import (
    Exclusion,
    FilterLeg,
    Filters,
    LexicalLeg,
    LexicalQuery,
    TypeCondition,
    VectorField,
    VectorLeg,
)
from shangsou.engines.recipe import IndexRecipe
from shangsou.product import Product
from tests.engines import catalog
from tests.engines.catalog import EAST, EAST_NORTH_EAST, NORTH, WEST, index, lexical_hits, lexical_ids, query
from tests.fixtures.engines import ENGINES


def test_the_best_scores_come_first_and_ties_in_catalog_order(shop: Engine) -> None:
    assert lexical_ids(shop, query("shoe red")) == ["red-shoe", "red-shoe-twin", "red-dress"]
    assert lexical_ids(shop, query("shoe"), k=1) == ["red-shoe"]


def test_any_term_in_any_field_with_a_weight_is_enough(shop: Engine) -> None:
    assert lexical_ids(shop, query("blue", weights={"title.words": 1, "attributes.words": 1})) == [
        "blue-dress",
        "red-shoe",
    ]
    assert lexical_ids(shop, query("blue", weights={"title.words": 1, "attributes.words": 0})) == [
        "blue-dress"
    ]
    assert lexical_ids(shop, query("blue", weights={"attributes.words": 1})) == ["blue-dress", "red-shoe"]


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(query(), id="no terms"),
        pytest.param(query("unheard-of"), id="a term that nothing holds"),
        pytest.param(query("red", weights=catalog.NO_WEIGHTS), id="no weights"),
        pytest.param(query("red", weights={"title.grams": 1}), id="words, with weights for grams only"),
    ],
)
def test_a_query_that_nothing_can_score_has_no_hits(shop: Engine, asked: LexicalQuery) -> None:
    assert lexical_ids(shop, asked) == []


def test_legs_come_back_in_the_order_asked_even_when_one_has_nothing(shop: Engine) -> None:
    nothing, near, lexical = shop.retrieve(
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


def test_no_legs_have_no_hits(shop: Engine) -> None:
    assert shop.retrieve([]) == []


def test_vector_hits_have_their_cosines_and_ties_go_by_catalog_order(shop: Engine) -> None:
    [hits] = shop.retrieve([VectorLeg("title_vector", EAST, Filters(), 10)])
    assert [hit.product_id for hit in hits] == [
        "red-dress",
        "red-shoe",
        "red-shoe-twin",
        "gift",
        "blue-dress",
        "case",
    ]
    assert [hit.score for hit in hits] == pytest.approx([1, 0.8, 0.8, 0.6, 0, -1], abs=1e-5)


def test_only_products_with_a_description_are_near_by_description(shop: Engine) -> None:
    [hits] = shop.retrieve([VectorLeg("description_vector", EAST, Filters(), 10)])
    assert [hit.product_id for hit in hits] == ["blue-dress", "gift"]
    assert [hit.score for hit in hits] == pytest.approx([1, 0.8], abs=1e-5)


def test_the_parts_of_a_score_add_up_to_it(shop: Engine) -> None:
    weights = {"title.words": 1.0, "title.grams": 0.5, "attributes.words": 2.0, "brand.grams": 3.0}
    asked = query("red shoe", "r re v", weights=weights)
    scores = dict(catalog.lexical_hits(shop, asked))
    parts = shop.lexical_field_scores(asked, ["red-shoe", "red-dress", "gift", "nobody"])
    assert set(parts["red-shoe"]) == {"title.words", "title.grams", "attributes.words", "brand.grams"}
    for product_id in ("red-shoe", "red-dress"):
        assert sum(parts[product_id].values()) == pytest.approx(scores[product_id], rel=1e-5)
    assert parts["gift"] == {}
    assert "nobody" not in parts


def test_a_term_that_weighs_more_counts_so_many_times_in_every_field(shop: Engine) -> None:
    asked = query("red shoe", weights={"title.words": 1.0, "attributes.words": 0.5})
    red, shoe = (dict(lexical_hits(shop, replace(asked, words=(word,)))) for word in ("red", "shoe"))
    weighed = dict(lexical_hits(shop, replace(asked, term_weights={"shoe": 3.0, "unheard-of": 9.0})))
    for product_id in ("red-shoe", "red-shoe-twin", "red-dress"):
        expected = red[product_id] + 3 * shoe.get(product_id, 0.0)
        assert weighed[product_id] == pytest.approx(expected, rel=1e-5)
    parts = shop.lexical_field_scores(replace(asked, term_weights={"shoe": 3.0}), ["red-shoe"])
    assert sum(parts["red-shoe"].values()) == pytest.approx(weighed["red-shoe"], rel=1e-5)


@pytest.mark.parametrize(
    ("gram", "expected"), [("🎁", "gift"), ("手", "case"), ("机壳", "case"), ("物🎁", "gift")]
)
def test_emoji_and_single_characters_are_found(shop: Engine, gram: str, expected: str) -> None:
    assert lexical_ids(shop, query(grams=gram, weights={"title.grams": 1.0})) == [expected]


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


def test_a_product_scores_what_its_best_alternative_scores(scored_engine: Engine) -> None:
    # "red" alone as above; "dress" alone too, since it stands in two of three; "blue dress" in "subtitled"
    # alone: idf ln(1 + 2.5 / 1.5) = .980829 / 1.525 = .643167 for "blue", and .308199 for "dress".
    red_or_blue_dress = replace(query("red"), alternatives=(query("blue dress"),))
    hits = catalog.lexical_hits(scored_engine, red_or_blue_dress)
    assert [product_id for product_id, _ in hits] == ["subtitled", "long", "short"]
    assert [score for _, score in hits] == pytest.approx([0.951366, 0.341821, 0.308199], rel=1e-4)


def test_a_held_character_scores_its_idf_times_how_early_the_title_has_it_however_often_it_stands(
    scored_engine: Engine,
) -> None:
    # `o` (in "long", from its third quarter on, twice) and `u` (in the first quarter of "subtitled") stand in
    # one product of three: idf ln(1 + 2.5 / 1.5) = .980829, times 4/3 and 1.6. `r` stands in all of them, idf
    # ln(1 + .5 / 3.5) = .133531: at the beginning of "short" and "long", times 1.6, and in the third quarter
    # of "subtitled", times 4/3, where the subtitle has it again. `ou` is no character.
    wanted = query(grams="o u r ou", weights={"all.characters": 1})
    hits = catalog.lexical_hits(scored_engine, wanted)
    assert [product_id for product_id, _ in hits] == ["subtitled", "long", "short"]
    assert [score for _, score in hits] == pytest.approx([1.747367, 1.521421, 0.213650], rel=1e-4)


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


def test_a_strict_leg_holds_only_what_matches_strictly(shop: Engine) -> None:
    asked = query("red shoe")
    # All words: both shoes; the red dress holds one of two.
    [loose] = shop.retrieve([LexicalLeg(asked, Filters(), 10)])
    [strict] = shop.retrieve([LexicalLeg(asked, Filters(), 10, strict=True)])
    assert [hit.product_id for hit in loose] == ["red-shoe", "red-shoe-twin", "red-dress"]
    assert strict == loose[:2]


def test_cosines_are_of_the_titles_of_these_products_alone(shop: Engine) -> None:
    cosines = shop.cosines(EAST, ["red-shoe", "blue-dress", "case"])
    assert cosines.tolist() == pytest.approx([0.8, 0.0, -1.0], abs=1e-5)


def test_products_that_are_off_or_unknown_have_no_cosine(shop: Engine) -> None:
    cosines = shop.cosines(EAST, ["hidden", "red-shoe", "unheard-of"])
    assert np.isnan(cosines).tolist() == [True, False, True]
    assert shop.cosines(EAST, []).tolist() == []


def test_title_vectors_are_those_that_were_indexed(shop: Engine) -> None:
    vectors = shop.title_vectors(["case", "red-shoe"])
    assert {product_id: vector.tolist() for product_id, vector in vectors.items()} == {
        "case": pytest.approx(WEST.tolist(), abs=1e-6),
        "red-shoe": pytest.approx(EAST_NORTH_EAST.tolist(), abs=1e-6),
    }


def test_products_that_are_off_or_unknown_have_no_title_vector(shop: Engine) -> None:
    assert shop.title_vectors(["hidden", "unheard-of"]) == {}
    assert shop.title_vectors([]) == {}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {"red-dress", "blue-dress", "case"}),
        (Filters(brands=("Ava",)), {"red-dress"}),
        (Filters(types=TypeCondition(("dress",))), {"red-dress", "blue-dress"}),
        (Filters(in_stock=True, exclusions=(Exclusion("red"),)), {"case"}),
        (Filters(categories=(("men",),)), set()),
    ],
    ids=["none", "a brand", "a type", "in stock and without a word", "an empty category"],
)
def test_passing_are_products_that_exist_are_on_and_pass_the_filters(
    shop: Engine, filters: Filters, expected: set[str]
) -> None:
    asked = ("hidden", "blue-dress", "unheard-of", "case", "red-dress")
    assert shop.passing(asked, filters) == expected
    assert shop.passing([], filters) == set()
    [passing, none] = shop.retrieve([FilterLeg(asked, filters), FilterLeg((), filters)])
    assert sorted(passing) == [(product_id, 0.0) for product_id in sorted(expected)]
    assert none == []


def test_the_main_type_is_the_first_of_each_product_that_has_one(shop: Engine) -> None:
    assert shop.main_types(["red-shoe", "gift", "case", "unheard-of", "red-shoe-twin"]) == {
        "red-shoe": "sandal",
        "case": "手机壳",
        "red-shoe-twin": "shoe",
    }
    assert shop.main_types([]) == {}


def test_a_generation_finished_without_types_has_none(store: GenerationStore) -> None:
    index(store, catalog.shop_documents())
    engine = store.open()
    assert engine.main_types([product.product_id for product in catalog.SHOP]) == {}
    assert engine.passing(["red-dress"], Filters(types=TypeCondition(("dress",)))) == set()


@pytest.mark.parametrize("types", [[("dress",)], [("dress",)] * 8], ids=["too few", "too many"])
def test_a_wrong_number_of_type_lists_is_refused_and_nothing_is_left_of_the_generation(
    store: GenerationStore, types: list[tuple[str, ...]]
) -> None:
    with store.writer(catalog.RECIPE, "by hand") as writer:
        writer.add(catalog.shop_documents())
        with pytest.raises(ValueError, match=f"{len(types)} lists of types for 7 products"):
            writer.finish(types)
    assert store.current() is None
    assert store.generations() == []


def test_types_are_those_of_all_documents_in_the_order_they_were_added(store: GenerationStore) -> None:
    contents = catalog.shop_documents()
    with store.writer(catalog.RECIPE, "by hand") as writer:
        writer.add(contents[:2])
        writer.add(contents[2:])
        store.switch(writer.finish(catalog.SHOP_TYPES).name)
    assert store.open().main_types(["blue-dress", "red-shoe"]) == {
        "blue-dress": "dress",
        "red-shoe": "sandal",
    }


SOME_IDS = ("gift", "red-shoe-twin", "hidden", "red-dress", "unheard-of")


def test_a_lexical_leg_with_ids_scores_these_alone_and_as_it_scores_all(shop: Engine) -> None:
    # The gift has `red` in its subtitle, which weighs nothing.
    asked = query("red shoe")
    [everything, some] = shop.retrieve(
        [LexicalLeg(asked, Filters(), 10), LexicalLeg(asked, Filters(), 10, ids=SOME_IDS)]
    )
    assert [hit.product_id for hit in some] == ["red-shoe-twin", "red-dress"]
    scores = dict(everything)
    assert [hit.score for hit in some] == pytest.approx(
        [scores["red-shoe-twin"], scores["red-dress"]], rel=1e-6
    )


@pytest.mark.parametrize(
    ("filters", "k", "strict", "expected"),
    [
        pytest.param(Filters(), 1, False, ["red-shoe-twin"], id="no more than k"),
        pytest.param(Filters(brands=("Ava",)), 10, False, ["red-dress"], id="filtered"),
        pytest.param(Filters(), 10, True, ["red-shoe-twin"], id="strict"),
    ],
)
def test_ids_filters_and_strictness_of_a_lexical_leg_hold_together(
    shop: Engine, filters: Filters, k: int, strict: bool, expected: list[str]
) -> None:
    leg = LexicalLeg(query("red shoe"), filters, k, strict=strict, ids=SOME_IDS)
    [hits] = shop.retrieve([leg])
    assert [hit.product_id for hit in hits] == expected


@pytest.mark.parametrize(
    ("field", "filters", "k", "expected"),
    [
        ("title_vector", Filters(), 10, [("red-dress", 1), ("red-shoe-twin", 0.8), ("gift", 0.6)]),
        ("title_vector", Filters(), 2, [("red-dress", 1), ("red-shoe-twin", 0.8)]),
        ("title_vector", Filters(price_to_fen=9999), 10, [("red-shoe-twin", 0.8), ("gift", 0.6)]),
        ("description_vector", Filters(), 10, [("gift", 0.8)]),
    ],
    ids=str,
)
def test_a_vector_leg_with_ids_compares_these_alone(
    shop: Engine, field: VectorField, filters: Filters, k: int, expected: list[tuple[str, float]]
) -> None:
    [hits] = shop.retrieve([VectorLeg(field, EAST, filters, k, ids=SOME_IDS)])
    assert [hit.product_id for hit in hits] == [product_id for product_id, _ in expected]
    assert [hit.score for hit in hits] == pytest.approx([cosine for _, cosine in expected], abs=1e-5)


def test_legs_with_no_ids_at_all_have_no_hits(shop: Engine) -> None:
    legs = [
        LexicalLeg(query("red"), Filters(), 10, ids=()),
        VectorLeg("title_vector", EAST, Filters(), 10, ids=()),
    ]
    assert shop.retrieve(legs) == [[], []]


def test_none_of_the_ids_is_missing_however_far_it_is(crowded_engine: Engine) -> None:
    vectors = crowd()
    farthest = np.argsort(vectors @ vectors[3], kind="stable")[:130]
    wanted = tuple(f"p{row}" for row in farthest)
    [hits] = crowded_engine.retrieve([VectorLeg("title_vector", vectors[3], Filters(), 130, ids=wanted)])
    assert [hit.product_id for hit in hits] == list(reversed(wanted))
