"""The engine contract: the facts of products, worked by hand on the catalog beside this file."""

import pytest

from shangsou.engines.engine import Engine, GenerationStore
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
from tests.engines import catalog
from tests.engines.catalog import EAST, FIRST_PAGE, SHOP, SHOP_FACTS, index, page_ids, product_terms, query

ALL_IDS = [product.product_id for product in SHOP]
ON_SALE = ["blue-dress", "case", "gift", "red-dress", "red-shoe", "red-shoe-twin"]
# One gram of every title.
ANY_TITLE = query(grams="e 手 礼", weights={"title.grams": 1.0})
RED = FactCondition(("red",), ("coloured",))
CERTAINLY_RED = FactCondition(("red",), ("coloured",), must_hold=True)
SIZE_42 = FactCondition(("42",), ("sized",))


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        # The twin and the gift state no colour.
        (Filters(facts=(RED,)), ["gift", "red-dress", "red-shoe", "red-shoe-twin"]),
        (Filters(facts=(CERTAINLY_RED,)), ["red-dress", "red-shoe"]),
        # One of the terms is enough.
        (
            Filters(facts=(FactCondition(("red", "透明"), ("coloured",)),)),
            ["case", "gift", "red-dress", "red-shoe", "red-shoe-twin"],
        ),
        (Filters(facts=(FactCondition(("green",), ("coloured",)),)), ["gift", "red-shoe-twin"]),
        (Filters(facts=(FactCondition(("green",), ("coloured",), must_hold=True),)), []),
        # Stating any of these is a contradiction: only the twin states nothing.
        (Filters(facts=(FactCondition(("green",), ("coloured", "sized")),)), ["red-shoe-twin"]),
        # Without terms that state the kind, nothing contradicts.
        (Filters(facts=(FactCondition(("red",)),)), ON_SALE),
        (Filters(facts=(FactCondition((), ("coloured",)),)), ["gift", "red-shoe-twin"]),
        (Filters(facts=(FactCondition((), must_hold=True),)), []),
        # All facts together: the dress is m, and the gift states another size.
        (Filters(facts=(RED, SIZE_42)), ["red-shoe", "red-shoe-twin"]),
        (Filters(facts=(CERTAINLY_RED, SIZE_42)), ["red-shoe"]),
        # With other filters.
        (Filters(facts=(RED,), price_to_fen=9999), ["gift", "red-shoe-twin"]),
        (Filters(facts=(CERTAINLY_RED,), types=TypeCondition(("dress",))), ["red-dress"]),
        (Filters(facts=(CERTAINLY_RED,), types=TypeCondition((), ids=("gift", "red-shoe"))), ["red-shoe"]),
        (Filters(facts=(CERTAINLY_RED,), exclusions=(Exclusion("dress"),)), ["red-shoe"]),
        # By text alone: the gift says red in its subtitle.
        (Filters(exclusions=(Exclusion("red"),)), ["blue-dress", "case"]),
        # Who denies it does not have it.
        (
            Filters(exclusions=(Exclusion("red", denials=("red shoe",)),)),
            ["blue-dress", "case", "red-shoe", "red-shoe-twin"],
        ),
        # By what is stated; the twin states no colour, but says it.
        (
            Filters(exclusions=(Exclusion("red", holding=("red",), stating=("coloured",)),)),
            ["blue-dress", "case"],
        ),
        # What states another colour may say it: here only what states none fails by its text.
        (
            Filters(exclusions=(Exclusion("red", holding=("42",), stating=("coloured",)),)),
            ["blue-dress", "case", "red-dress"],
        ),
        # All together, and with facts.
        (Filters(facts=(RED,), exclusions=(Exclusion("shoe"), Exclusion("礼"))), ["red-dress"]),
    ],
    ids=str,
)
def test_facts_hold_in_all_that_is_found(shop: Engine, filters: Filters, expected: list[str]) -> None:
    lexical, near, compared = shop.retrieve(
        [
            LexicalLeg(ANY_TITLE, filters, 10),
            VectorLeg("title_vector", EAST, filters, 10),
            VectorLeg("title_vector", EAST, filters, 10, ids=tuple(ALL_IDS)),
        ]
    )
    browsed = shop.fetch_page(CandidateSet(filters, match_all=True), FIRST_PAGE, [])
    for hits in (lexical, near, compared):
        assert sorted(hit.product_id for hit in hits) == sorted(expected)
    assert [product.product_id for product in browsed.products] == expected
    assert browsed.total == len(expected)
    assert shop.passing(ALL_IDS, filters) == set(expected)
    assert shop.count([filters]) == [len(expected)]


def test_facts_hold_for_strict_matches_and_what_is_of_the_types(shop: Engine) -> None:
    filters = Filters(facts=(SIZE_42,))
    assert page_ids(shop, CandidateSet(filters, query("red"))) == ["red-shoe", "red-shoe-twin"]
    of_types = CandidateSet(filters, query("red"), types=TypeCondition(("dress", "shoe")))
    # The red dress is of size m; the blue one states none.
    assert sorted(page_ids(shop, of_types)) == ["blue-dress", "red-shoe", "red-shoe-twin"]


@pytest.mark.parametrize("sort", ["relevance", "price_asc", "price_desc", "sales", "newest"])
def test_totals_and_facets_are_within_the_facts_in_every_sort(shop: Engine, sort: Sort) -> None:
    found = CandidateSet(Filters(facts=(CERTAINLY_RED,)), match_all=True)
    page = shop.fetch_page(found, Page(sort, 0, 1), [FacetRequest("brand", found)])
    assert page.total == 2
    assert [(value.value, value.count) for value in page.facets[0]] == [("Ava", 2)]


BLUE = FactCondition(("blue",), ("coloured",))


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        # What states no colour fails neither, and the shoe is of both. One dress fails one of them each, and
        # the case both. The shoe has no price.
        ("price_asc", ["gift", "red-shoe-twin", "red-shoe", "blue-dress", "red-dress", "case"]),
        ("price_desc", ["red-shoe-twin", "gift", "red-shoe", "red-dress", "blue-dress", "case"]),
        ("sales", ["red-shoe", "gift", "red-shoe-twin", "blue-dress", "red-dress", "case"]),
        ("newest", ["gift", "red-shoe", "red-shoe-twin", "blue-dress", "red-dress", "case"]),
    ],
)
def test_what_fails_more_of_the_demoting_conditions_comes_later(
    shop: Engine, sort: Sort, expected: list[str]
) -> None:
    everything = CandidateSet(Filters(), match_all=True)
    pages = [shop.fetch_page(everything, Page(sort, offset, 4, demoted=(RED, BLUE)), []) for offset in (0, 4)]
    assert [product.product_id for page in pages for product in page.products] == expected
    assert pages[0].total == 6


def test_each_of_many_filters_has_its_own_count(shop: Engine) -> None:
    dress = TypeCondition(("dress",))
    asked = [
        Filters(),
        Filters(facts=(CERTAINLY_RED,)),
        Filters(facts=(CERTAINLY_RED,), types=dress),
        Filters(types=dress),
        Filters(),
    ]
    # Both dresses on sale are of the type, and one of them is red.
    assert shop.count(asked) == [6, 2, 1, 2, 6]


def test_nothing_is_counted_for_no_filters(shop: Engine) -> None:
    assert shop.count([]) == []


def test_each_list_of_terms_has_its_holders_among_the_products_asked_about(shop: Engine) -> None:
    asked = ["gift", "red-shoe", "unheard-of", "blue-dress", "red-dress"]
    assert shop.holding(asked, [("blue",), ("red", "blue"), ("green",), (), ("透明",), ("sized",)]) == [
        {"red-shoe", "blue-dress"},
        {"red-shoe", "blue-dress", "red-dress"},
        set(),
        set(),
        set(),  # the case is not asked about
        {"gift", "red-shoe", "red-dress"},
    ]


def test_the_same_terms_may_be_asked_for_twice(shop: Engine) -> None:
    assert shop.holding(["red-shoe", "case"], [("blue",), ("blue",)]) == [{"red-shoe"}, {"red-shoe"}]


def test_no_products_or_no_terms_have_no_holders(shop: Engine) -> None:
    assert shop.holding([], [("red",), ("blue",)]) == [set(), set()]
    assert shop.holding(["red-dress"], []) == []


def test_a_generation_finished_without_facts_holds_none(store: GenerationStore) -> None:
    index(store, catalog.shop_documents(), types=catalog.SHOP_TYPES)
    engine = store.open()
    assert engine.holding(ALL_IDS, [("red",), ("coloured",)]) == [set(), set()]
    # All are silent.
    assert page_ids(engine, CandidateSet(Filters(facts=(RED,)), match_all=True)) == ON_SALE
    assert engine.count([Filters(facts=(RED,)), Filters(facts=(CERTAINLY_RED,))]) == [6, 0]


@pytest.mark.parametrize("products", [6, 8], ids=["too few", "too many"])
def test_facts_of_a_wrong_number_of_products_are_refused_and_nothing_is_left_of_the_generation(
    store: GenerationStore, products: int
) -> None:
    facts = product_terms([*SHOP_FACTS, ("red",)][:products])
    with store.writer(catalog.RECIPE, "by hand") as writer:
        writer.add(catalog.shop_documents())
        with pytest.raises(ValueError, match=f"terms of {products} products for 7"):
            writer.finish(catalog.SHOP_TYPES, facts)
    assert store.current() is None
    assert store.generations() == []


def test_facts_are_those_of_all_documents_in_the_order_they_were_added(store: GenerationStore) -> None:
    contents = catalog.shop_documents()
    with store.writer(catalog.RECIPE, "by hand") as writer:
        writer.add(contents[:2])
        writer.add(contents[2:])
        writer.write_documents()
        store.switch(writer.finish(facts=product_terms(SHOP_FACTS)).name)
    assert store.open().holding(ON_SALE, [("blue",), ("透明",)]) == [{"blue-dress", "red-shoe"}, {"case"}]
