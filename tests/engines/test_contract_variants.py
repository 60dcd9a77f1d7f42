"""The engine contract: variants are one hit, counted against a shop gone through product by product."""

from collections.abc import Callable, Iterator

import pytest

from shangsou.engines.engine import Engine, GenerationStore
from shangsou.engines.query import CandidateSet, FacetRequest, Filters, LexicalLeg, Page, Sort, VectorLeg
from tests.engines import variant_shop
from tests.engines.catalog import EAST, documents, index, page_ids, query
from tests.engines.variant_shop import NOW, as_counts, count_values, group_of, passes, random_filters
from tests.fixtures.engines import ENGINES

PRODUCTS = variant_shop.shop()
BY_ID = {product.product_id: product for product in PRODUCTS}
FACETS = ("brand", "category", "price", "attributes.colour", "attributes.size")
SHOES = query("shoe")
EVERYTHING = CandidateSet(Filters(), match_all=True)
RUNNERS = Filters(categories=(("shoes", "runners"),))


@pytest.fixture(scope="module", params=ENGINES)
def shop(request: pytest.FixtureRequest, new_store: Callable[[str], GenerationStore]) -> Iterator[Engine]:
    store = new_store(request.param)
    index(store, documents(PRODUCTS))
    engine = store.open()
    engine.clock = NOW.timestamp
    yield engine
    engine.close()


def found(filters: Filters) -> list[str]:
    return [product.product_id for product in PRODUCTS if passes(product, filters)]


@pytest.mark.parametrize("collapse", [True, False], ids=["groups", "variants"])
def test_totals_and_facets_are_those_of_a_count_by_hand(shop: Engine, collapse: bool) -> None:
    for filters in random_filters(100):
        asked = CandidateSet(filters, match_all=True, collapse=collapse)
        page = shop.fetch_page(asked, Page("price_asc", 0, 5), [FacetRequest(name, asked) for name in FACETS])
        passing = [product for product in PRODUCTS if passes(product, filters)]
        total = len({group_of(product) for product in passing} if collapse else passing)
        assert page.total == total, filters
        for name, values in zip(FACETS, page.facets, strict=True):
            assert as_counts(values) == count_values(name, passing, by_group=collapse), (name, filters)
        assert len({group_of(product) for product in page.products}) == len(page.products) or not collapse


def test_a_facet_of_a_match_by_words_counts_groups_too(shop: Engine) -> None:
    asked = CandidateSet(Filters(), query("split"))
    page = shop.fetch_page(asked, Page("relevance", 0, 9), [FacetRequest("category", asked)])
    assert page.total == 1
    # The group is in both categories, and once in what they have in common.
    assert as_counts(page.facets[0]) == {"shoes": 1, "shoes>boots": 1}


def test_48_variants_of_three_products_are_three_hits(shop: Engine) -> None:
    assert len(found(RUNNERS)) == 48
    runners = CandidateSet(RUNNERS, match_all=True)
    assert {BY_ID[product_id].group_id for product_id in page_ids(shop, runners)} == {"ava", "bea", "cleo"}
    assert shop.count([RUNNERS, Filters()]) == [3, 3 + 1 + 1 + 5 + 1]


def test_every_variant_is_a_hit_where_they_are_not_collapsed(shop: Engine) -> None:
    ids = page_ids(shop, CandidateSet(RUNNERS, match_all=True, collapse=False))
    assert sorted(ids) == sorted(found(RUNNERS))


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("price_asc", "ava-0"), ("price_desc", "ava-15")],
)
def test_by_price_the_cheapest_or_dearest_passing_variant_stands_for_a_group(
    shop: Engine, sort: Sort, expected: str
) -> None:
    ava = CandidateSet(Filters(brands=("Ava",), categories=(("shoes",),)), match_all=True)
    assert page_ids(shop, ava, sort) == [expected]
    # 106 yuan and more: from the seventh on.
    dear = CandidateSet(Filters(brands=("Ava",), price_from_fen=10_600), match_all=True)
    assert page_ids(shop, dear, "price_asc")[0] == "ava-6"


def test_a_variant_on_either_side_of_a_price_stands_for_the_group_on_that_side(shop: Engine) -> None:
    cheap = CandidateSet(Filters(price_to_fen=20_000), query("split"))
    dear = CandidateSet(Filters(price_from_fen=20_000), query("split"))
    assert page_ids(shop, cheap) == ["split-cheap"]
    assert page_ids(shop, dear) == ["split-dear"]
    # No variant passes both.
    both = Filters(price_from_fen=20_000, attributes=(("colour", ("red",)),))
    assert page_ids(shop, CandidateSet(both, query("split"))) == []


def test_a_variant_off_sale_neither_stands_for_a_group_nor_counts(shop: Engine) -> None:
    half = CandidateSet(Filters(), query("half"))
    page = shop.fetch_page(half, Page("price_asc", 0, 9), [FacetRequest("attributes.colour", half)])
    assert [product.product_id for product in page.products] == ["half-on"]
    assert as_counts(page.facets[0]) == {"red": 1}
    assert shop.variants(["half-on", "half-off"], 9) == {}


def test_a_group_of_two_thousand_is_one_hit_with_as_many_variants_as_asked_for(shop: Engine) -> None:
    socks = CandidateSet(Filters(), query("sock"))
    page = shop.fetch_page(socks, Page("price_desc", 0, 9), [FacetRequest("attributes.colour", socks)])
    assert (page.total, [product.product_id for product in page.products]) == (1, ["many-1999"])
    assert as_counts(page.facets[0]) == {"red": 1, "blue": 1, "green": 1, "black": 1}
    variants = shop.variants(["many-7", "single"], 30)["many-7"]
    in_order = sorted(product.product_id for product in PRODUCTS if product.group_id == "many")
    assert [variant.product_id for variant in variants] == in_order[:30]
    assert len(shop.variants(["many-7"], 10_000)["many-7"]) == 2_000


def test_a_single_product_is_no_variant_of_the_group_that_has_its_id(shop: Engine) -> None:
    assert shop.variants(["ava", "unheard-of"], 9) == {}
    listings = shop.listings(["ava", "ava-0", "ava-1"])
    assert listings["ava"].group != listings["ava-0"].group == listings["ava-1"].group


def test_what_is_sold_out_comes_last_and_stands_for_no_group_that_has_something_else(shop: Engine) -> None:
    cheap = CandidateSet(Filters(price_to_fen=30_000, categories=(("shoes",),)), match_all=True)
    ids = [
        product.product_id
        for product in shop.fetch_page(cheap, Page("price_asc", 0, 9, sold_out_last=True), []).products
    ]
    assert (sorted(ids[:3]), ids[3:]) == (["ava-0", "bea-0", "cleo-0"], ["split-dear"])
    singles = CandidateSet(Filters(price_to_fen=20_000), query("single"))
    page = shop.fetch_page(singles, Page("relevance", 0, 9, sold_out_last=True), [])
    assert [product.product_id for product in page.products] == ["ava"]
    # By sales the sold out one would be the first.
    every = CandidateSet(Filters(), query("single"))
    by_sales = shop.fetch_page(every, Page("sales", 0, 9, sold_out_last=True), []).products
    assert [product.product_id for product in by_sales] == ["single", "ava"]


def test_an_offer_is_the_price_from_its_beginning_to_its_end(shop: Engine) -> None:
    offers = CandidateSet(Filters(), query("offer"))
    page = shop.fetch_page(offers, Page("price_asc", 0, 9), [FacetRequest("price", offers)])
    assert [(one.product_id, one.price_fen) for one in page.products] == [
        ("offer", 100), ("ended", 60_000), ("early", 70_000),
    ]  # fmt: skip
    assert as_counts(page.facets[0]) == {"0-20": 1, "500-1000": 2}
    assert page_ids(shop, CandidateSet(Filters(price_to_fen=1_000), query("offer"))) == ["offer"]
    assert page_ids(shop, offers, "price_desc") == ["early", "ended", "offer"]


def test_prices_follow_the_time_while_an_index_is_open(shop: Engine) -> None:
    offers = CandidateSet(Filters(price_to_fen=1_000), query("offer"))
    try:
        shop.clock = lambda: variant_shop.LATER.timestamp() + 1
        assert page_ids(shop, offers) == ["early"]
        assert page_ids(shop, CandidateSet(Filters(), query("offer")), "price_asc") == [
            "early", "offer", "ended",
        ]  # fmt: skip
        assert [one.price_fen for one in shop.products(["early", "offer"])] == [300, 50_000]
    finally:
        shop.clock = NOW.timestamp
    assert page_ids(shop, offers) == ["offer"]


@pytest.mark.parametrize("field", ["lexical", "vector"])
def test_a_leg_retrieves_the_best_variant_of_each_group(shop: Engine, field: str) -> None:
    leg = (
        LexicalLeg(query("shoe green"), RUNNERS, 10, collapse=True)
        if field == "lexical"
        else VectorLeg("title_vector", EAST, RUNNERS, 16, collapse=True)
    )
    [hits] = shop.retrieve([leg])
    groups = [BY_ID[hit.product_id].group_id for hit in hits]
    assert sorted(groups) == ["ava", "bea", "cleo"]
    if field == "lexical":
        # One of those in green, which are as good.
        assert all(BY_ID[hit.product_id].attributes["colour"] == ("green",) for hit in hits)


def test_of_equal_variants_one_in_stock_is_retrieved(shop: Engine) -> None:
    [hits] = shop.retrieve([LexicalLeg(query("split"), Filters(), 10, collapse=True)])
    assert [hit.product_id for hit in hits] == ["split-dear"]


def test_one_passing_variant_of_each_group_is_returned(shop: Engine) -> None:
    filters = Filters(attributes=(("size", ("40",)),))
    passing = shop.passing_variants(["ava-0", "ava-1", "bea-2", "split-dear", "single"], filters)
    assert len(passing) == 2
    assert {BY_ID[product_id].group_id for product_id in passing} == {"ava", "bea"}
    assert all(BY_ID[product_id].attributes["size"] == ("40",) for product_id in passing)
    assert shop.passing_variants(["single", "split-cheap"], Filters()) == {"single", "split-dear"}


def test_all_variants_of_a_candidate_match_that_pass_the_filters(shop: Engine) -> None:
    filters = Filters(price_to_fen=10_300)
    asked = CandidateSet(filters, candidates=("ava-1",), unranked=("bea-0",))
    page = shop.fetch_page(asked, Page("relevance", 0, 9), [FacetRequest("attributes.size", asked)])
    # 38 to 41 in red, from 100 to 103 yuan, of each.
    assert page.total == 2
    assert as_counts(page.facets[0]) == {"38": 2, "39": 2, "40": 2, "41": 2}
    assert page.products[0].product_id == "ava-1"
    assert page.products[1].group_id == "bea"
    # Sorted by price the cheapest stands for the group, whichever was the candidate.
    assert page_ids(shop, asked, "price_asc") in (["ava-0", "bea-0"], ["bea-0", "ava-0"])
    each = CandidateSet(filters, candidates=("ava-1",), collapse=False)
    assert sorted(page_ids(shop, each)) == ["ava-0", "ava-1", "ava-2", "ava-3"]


def test_ratings_that_rest_on_few_reviews_count_less(shop: Engine) -> None:
    # Drawn to the mean of 4.901 by ten reviews, one of 5 makes 4.910, and a hundred of 4.9 make 4.9001.
    assert page_ids(shop, EVERYTHING, "rating", size=2) == ["single", "split-dear"]
    listings = shop.listings(["single", "split-dear", "ava-0"])
    assert listings["single"].rating == pytest.approx((5 + 10 * (5 + 490) / 101) / 11)
    assert listings["split-dear"].rating == pytest.approx((490 + 10 * (5 + 490) / 101) / 110)
    assert listings["ava-0"].rating != listings["ava-0"].rating  # NaN
