"""The engine contract: matching, counting and sorting, worked by hand on the catalog beside this file."""

from dataclasses import replace
from itertools import pairwise

import pytest

from shangsou.engines.engine import Engine
from shangsou.engines.fields import SCORED_FIELDS
from shangsou.engines.query import (
    CandidateSet,
    Exclusion,
    FacetRequest,
    FacetValue,
    Filters,
    LexicalLeg,
    LexicalQuery,
    Page,
    Sort,
    TypeCondition,
    VectorLeg,
)
from tests.engines import catalog
from tests.engines.catalog import EAST, FIRST_PAGE, SHOP, lexical_ids, page_ids, query

EVERYTHING = CandidateSet(Filters(), match_all=True)
# One gram of every title.
ANY_TITLE = query(grams="e 手 礼", weights={"title.grams": 1.0})


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), ["blue-dress", "case", "gift", "red-dress", "red-shoe", "red-shoe-twin"]),
        (Filters(categories=(("women",),)), ["blue-dress", "red-dress", "red-shoe"]),
        (Filters(categories=(("women", "shoes"), ("phones",))), ["case", "red-shoe"]),
        (Filters(categories=(("wom",),)), []),
        (Filters(categories=(("shoes",),)), []),
        (Filters(brands=("Ava",)), ["red-dress", "red-shoe"]),
        (Filters(brands=("Ava", "Bea")), ["blue-dress", "red-dress", "red-shoe"]),
        (Filters(brands=("ava",)), []),
        (Filters(price_from_fen=10000), ["blue-dress", "case", "red-dress"]),
        (Filters(price_to_fen=9999), ["gift", "red-shoe-twin"]),
        (Filters(price_from_fen=9999, price_to_fen=10000), ["blue-dress", "red-shoe-twin"]),
        (Filters(price_from_fen=0), ["blue-dress", "case", "gift", "red-dress", "red-shoe-twin"]),
        (Filters(in_stock=True), ["case", "gift", "red-dress", "red-shoe", "red-shoe-twin"]),
        (Filters(in_stock=False), ["blue-dress"]),
        (Filters(attributes=(("colour", ("red",)),)), ["red-dress", "red-shoe"]),
        (Filters(attributes=(("colour", ("red", "blue")),)), ["blue-dress", "red-dress", "red-shoe"]),
        (Filters(attributes=(("colour", ("red",)), ("size", ("M", "XL")))), ["red-dress"]),
        (Filters(attributes=(("size", ("red",)),)), []),
        (Filters(attributes=(("a.b", ("x(y)",)),)), ["case"]),
        (Filters(brands=("Ava",), in_stock=True, price_to_fen=20000), ["red-dress"]),
        # In any searched text: `red` is a colour of the red ones and the subtitle of the gift.
        (Filters(contains=("red",)), ["gift", "red-dress", "red-shoe", "red-shoe-twin"]),
        (Filters(contains=("red", "shoe")), ["red-shoe", "red-shoe-twin"]),
        (Filters(contains=("red shoe",)), ["red-shoe", "red-shoe-twin"]),
        (Filters(contains=("手机壳",)), ["case"]),
        (Filters(contains=("壳",)), ["case"]),
        (Filters(contains=("机手",)), []),
        (Filters(exclusions=(Exclusion("red"),)), ["blue-dress", "case"]),
        (Filters(exclusions=(Exclusion("dress"), Exclusion("shoe"))), ["case", "gift"]),
        (Filters(contains=("red",), exclusions=(Exclusion("shoe"),), in_stock=True), ["gift", "red-dress"]),
        (Filters(types=TypeCondition(("dress",))), ["blue-dress", "red-dress"]),
        # Each type of a product counts, not only the main one.
        (Filters(types=TypeCondition(("shoe",))), ["red-shoe", "red-shoe-twin"]),
        (Filters(types=TypeCondition(("sandal", "手机壳"))), ["case", "red-shoe"]),
        (Filters(types=TypeCondition(("hat",))), []),
        (Filters(types=TypeCondition(())), []),
        (Filters(types=TypeCondition(("shoe",)), brands=("Ava",)), ["red-shoe"]),
        (Filters(types=TypeCondition(("dress",)), exclusions=(Exclusion("blue"),)), ["red-dress"]),
        # By id, whatever the index says; but never what is off sale.
        (
            Filters(types=TypeCondition(("dress",), ids=("gift", "hidden", "nobody"))),
            ["blue-dress", "gift", "red-dress"],
        ),
        (Filters(types=TypeCondition((), ids=("gift",))), ["gift"]),
        (Filters(types=TypeCondition(("dress",), other_ids=("red-dress", "case"))), ["blue-dress"]),
        # By text: `red` as above, `blue` is the title of a dress and a colour of the red shoe.
        (
            Filters(types=TypeCondition(("dress",), texts=("red",))),
            ["blue-dress", "gift", "red-dress", "red-shoe", "red-shoe-twin"],
        ),
        (Filters(types=TypeCondition(("shoe",), other_texts=("blue",))), ["red-shoe-twin"]),
        (Filters(types=TypeCondition(("手机壳",), other_texts=("手机",))), []),
        # An id says more than a text, and a text that names these types more than one that names others.
        (
            Filters(types=TypeCondition(("dress",), texts=("red",), other_texts=("dress",))),
            ["gift", "red-dress", "red-shoe", "red-shoe-twin"],
        ),
        (
            Filters(types=TypeCondition((), texts=("red",), other_ids=("gift",))),
            ["red-dress", "red-shoe", "red-shoe-twin"],
        ),
        (
            Filters(types=TypeCondition(("dress",), ids=("red-dress",), other_texts=("red", "blue"))),
            ["red-dress"],
        ),
        # The rest of the filters hold for them as well.
        (
            Filters(types=TypeCondition(("shoe",), ids=("gift", "case")), price_to_fen=9999),
            ["gift", "red-shoe-twin"],
        ),
    ],
    ids=str,
)
def test_filters_hold_in_both_legs_and_in_what_is_found(
    shop: Engine, filters: Filters, expected: list[str]
) -> None:
    lexical, near = shop.retrieve(
        [LexicalLeg(ANY_TITLE, filters, 10), VectorLeg("title_vector", EAST, filters, 10)]
    )
    browsed = shop.fetch_page(CandidateSet(filters, match_all=True), FIRST_PAGE, [])
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
        pytest.param(
            replace(query("red dress"), alternatives=(query("men"), query(required="🎁", count=1))),
            ["red-dress", "red-shoe-twin", "gift"],
            id="any of the ways to say it",
        ),
        pytest.param(query(grams="手"), [], id="grams that are scored but not required"),
        pytest.param(query(), [], id="nothing asked"),
    ],
)
def test_strict_matches(shop: Engine, asked: LexicalQuery, expected: list[str]) -> None:
    collected = shop.fetch_page(CandidateSet(Filters(), asked), FIRST_PAGE, [])
    assert sorted(product.product_id for product in collected.products) == sorted(expected)
    assert collected.total == len(expected)


def test_strict_matches_are_counted_within_the_filters(shop: Engine) -> None:
    found = CandidateSet(Filters(brands=("Ava",)), query("red"))
    assert page_ids(shop, found) == ["red-dress", "red-shoe"]
    assert shop.fetch_page(found, FIRST_PAGE, []).total == 2


def test_candidates_alone_are_found(shop: Engine) -> None:
    found = CandidateSet(Filters(), None, ("gift", "red-dress"))
    assert page_ids(shop, found) == ["gift", "red-dress"]
    assert shop.fetch_page(found, FIRST_PAGE, []).total == 2


# Of these types, and one candidate of none. `blue` stands in the title of one of them; in the attributes of
# the red shoe it weighs nothing.
TYPED = CandidateSet(Filters(), query("blue"), ("gift",), types=TypeCondition(("shoe", "dress")))


def test_what_is_of_the_types_is_found_instead_of_what_matches_strictly(shop: Engine) -> None:
    # `men` is a word of the red shoe's twin alone.
    found = CandidateSet(Filters(), query("men"), types=TypeCondition(("dress",)))
    assert page_ids(shop, found) == ["blue-dress", "red-dress"]
    assert shop.fetch_page(found, FIRST_PAGE, []).total == 2


def test_relevance_is_candidates_then_the_rest_of_the_types_by_score_on_every_cut_into_pages(
    shop: Engine,
) -> None:
    order = ["gift", "blue-dress", "red-dress", "red-shoe", "red-shoe-twin"]
    for size in range(1, 7):
        pages = [page_ids(shop, TYPED, "relevance", offset, size) for offset in range(0, 6, size)]
        assert [product_id for page in pages for product_id in page] == order


def test_a_candidate_that_is_of_the_types_is_found_once(shop: Engine) -> None:
    found = replace(TYPED, candidates=("red-shoe-twin", "gift"))
    assert page_ids(shop, found) == ["red-shoe-twin", "gift", "blue-dress", "red-dress", "red-shoe"]
    assert shop.fetch_page(found, FIRST_PAGE, []).total == 5


def test_without_a_query_the_rest_of_the_types_comes_by_its_ids(shop: Engine) -> None:
    found = CandidateSet(Filters(), candidates=("case",), types=TypeCondition(("shoe", "dress")))
    assert page_ids(shop, found) == ["case", "blue-dress", "red-dress", "red-shoe", "red-shoe-twin"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("price_asc", ["gift", "red-shoe-twin", "blue-dress", "red-dress", "red-shoe"]),
        ("price_desc", ["red-dress", "blue-dress", "red-shoe-twin", "gift", "red-shoe"]),
        ("sales", ["blue-dress", "red-dress", "red-shoe", "gift", "red-shoe-twin"]),
        ("newest", ["blue-dress", "red-dress", "gift", "red-shoe", "red-shoe-twin"]),
    ],
)
def test_a_sort_is_over_candidates_and_the_rest_of_the_types_alike(
    shop: Engine, sort: Sort, expected: list[str]
) -> None:
    assert page_ids(shop, TYPED, sort) == expected
    assert [page_ids(shop, TYPED, sort, offset, 2) for offset in (0, 2, 4)] == [
        expected[:2],
        expected[2:4],
        expected[4:],
    ]


@pytest.mark.parametrize("sort", ["relevance", "price_asc", "price_desc", "sales", "newest"])
def test_totals_and_facets_of_types_are_the_same_on_every_page_and_in_every_sort(
    shop: Engine, sort: Sort
) -> None:
    dear = CandidateSet(Filters(price_from_fen=10000), query("blue"), types=TYPED.types)
    for offset in (0, 2, 10):
        collected = shop.fetch_page(
            TYPED, Page(sort, offset, 2), [FacetRequest("brand", TYPED), FacetRequest("category", dear)]
        )
        assert collected.total == 5
        assert collected.facets == (
            (FacetValue("Ava", 2), FacetValue("Bea", 1)),
            (FacetValue("women", 2), FacetValue("women>dresses", 2)),
        )


def test_what_is_of_the_types_is_found_within_the_filters(shop: Engine) -> None:
    found = replace(TYPED, filters=Filters(brands=("Ava",)), candidates=())
    assert page_ids(shop, found) == ["red-dress", "red-shoe"]
    assert shop.fetch_page(found, FIRST_PAGE, []).total == 2


def test_the_corrections_of_a_type_count_in_what_is_found(shop: Engine) -> None:
    condition = TypeCondition(("shoe",), ids=("case",), other_ids=("red-shoe-twin",))
    found = CandidateSet(Filters(), query("red"), ("red-shoe",), types=condition)
    assert page_ids(shop, found) == ["red-shoe", "case"]
    assert shop.fetch_page(found, FIRST_PAGE, []).total == 2


def test_nothing_found_is_an_empty_page(shop: Engine) -> None:
    collected = shop.fetch_page(
        CandidateSet(Filters()), FIRST_PAGE, [FacetRequest("brand", CandidateSet(Filters()))]
    )
    assert (collected.total, collected.products, collected.facets) == (0, (), ((),))


def test_relevance_is_candidates_then_strict_matches_by_score_on_every_cut_into_pages(shop: Engine) -> None:
    # "red" stands in the titles of red-dress and red-shoe-twin, which are of one length and so tie;
    # in the gift's subtitle it weighs nothing.
    found = CandidateSet(Filters(), query("red"), ("case", "red-shoe"))
    order = ["case", "red-shoe", "red-dress", "red-shoe-twin", "gift"]
    for size in range(1, 7):
        pages = [page_ids(shop, found, "relevance", offset, size) for offset in range(0, 6, size)]
        assert [product_id for page in pages for product_id in page] == order
        assert pages[0] == order[:size]


def test_a_page_of_no_products_still_has_its_total(shop: Engine) -> None:
    collected = shop.fetch_page(EVERYTHING, Page("relevance", 0, 0), [])
    assert (collected.total, collected.products) == (6, ())


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("relevance", ["blue-dress", "case", "gift", "red-dress", "red-shoe", "red-shoe-twin"]),
        ("price_asc", ["gift", "red-shoe-twin", "blue-dress", "red-dress", "case", "red-shoe"]),
        ("price_desc", ["case", "red-dress", "blue-dress", "red-shoe-twin", "gift", "red-shoe"]),
        ("sales", ["blue-dress", "red-dress", "red-shoe", "case", "gift", "red-shoe-twin"]),
        ("newest", ["blue-dress", "red-dress", "gift", "case", "red-shoe", "red-shoe-twin"]),
    ],
)
def test_sorts_put_missing_values_last_and_ties_by_their_ids(
    shop: Engine, sort: Sort, expected: list[str]
) -> None:
    assert page_ids(shop, EVERYTHING, sort) == expected
    assert page_ids(shop, EVERYTHING, sort, offset=1, size=3) == expected[1:4]


def test_a_sort_is_over_candidates_and_strict_matches_alike(shop: Engine) -> None:
    found = CandidateSet(Filters(), query("red"), ("case", "red-shoe"))
    assert page_ids(shop, found, "price_asc") == ["gift", "red-shoe-twin", "red-dress", "case", "red-shoe"]


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
def test_facets_count_what_was_found(shop: Engine, name: str, expected: list[FacetValue]) -> None:
    collected = shop.fetch_page(EVERYTHING, FIRST_PAGE, [FacetRequest(name, EVERYTHING)])
    assert list(collected.facets[0]) == expected


def test_each_facet_is_counted_over_its_own_set(shop: Engine) -> None:
    dresses = CandidateSet(Filters(brands=("Ava",)), query("dress"))
    without_brand = CandidateSet(Filters(), query("dress"))
    collected = shop.fetch_page(
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


def test_candidates_are_counted_in_facets(shop: Engine) -> None:
    found = CandidateSet(Filters(), query("dress"), ("red-shoe",))
    collected = shop.fetch_page(found, FIRST_PAGE, [FacetRequest("brand", found)])
    assert collected.facets[0] == (FacetValue("Ava", 2), FacetValue("Bea", 1))


def test_an_unknown_facet_is_refused(shop: Engine) -> None:
    with pytest.raises(ValueError, match="shop"):
        shop.fetch_page(EVERYTHING, FIRST_PAGE, [FacetRequest("shop", EVERYTHING)])


def test_products_come_back_whole_in_the_order_asked_for(shop: Engine) -> None:
    by_id = {product.product_id: product for product in SHOP}
    assert shop.products(["gift", "red-dress"]) == [by_id["gift"], by_id["red-dress"]]


def test_products_that_are_off_or_unknown_are_left_out(shop: Engine) -> None:
    assert [product.product_id for product in shop.products(["hidden", "nobody", "case"])] == ["case"]
    assert shop.products([]) == []


def test_the_generation_says_how_it_was_built(shop: Engine) -> None:
    generation = shop.generation
    assert (generation.name, generation.documents, generation.source) == ("gen-1", 7, "by hand")
    assert generation.recipe == catalog.RECIPE
    assert generation.current


@pytest.mark.parametrize(
    "syntax", ['"}]}', "*:*", "title.words:red", "(((", "red\\", "/.*/", "a AND", "\x1f", "red~2", "[1 TO 5]"]
)
def test_query_syntax_is_only_text(shop: Engine, syntax: str) -> None:
    assert lexical_ids(shop, query(syntax)) in ([], lexical_ids(shop, query(syntax.replace(" ", "_"))))
    assert page_ids(shop, CandidateSet(Filters(brands=(syntax,)), match_all=True)) == []
    assert page_ids(shop, CandidateSet(Filters(attributes=((syntax, (syntax,)),)), match_all=True)) == []
    facet = FacetRequest(f"attributes.{syntax}", EVERYTHING)
    assert shop.fetch_page(EVERYTHING, FIRST_PAGE, [facet]).facets == ((),)


def test_the_longest_query_over_all_fields_is_answered(shop: Engine) -> None:
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
    assert lexical_ids(shop, asked) == []
    found = CandidateSet(Filters(), asked, ("gift",))
    assert page_ids(shop, found) == ["gift"]
