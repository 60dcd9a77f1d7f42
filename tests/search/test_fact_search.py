"""Searches that ask for facts, over a small shop of each engine whose facts are learned from its products."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from shangsou.engines.engine import Engine
from shangsou.engines.query import Filters
from shangsou.lexicon.lexicon import Lexicon
from shangsou.search.context import SearchContext
from shangsou.search.lack import Lack, MatchCheck
from shangsou.search.ranking.recipe import RankingRecipe
from shangsou.search.request import SearchRequest
from shangsou.search.response import SearchResponse, response_to_json
from shangsou.search.search import search
from tests.fixtures.fact_shop import PLAIN
from tests.fixtures.hash_encoder import HashEncoder

Search = Callable[..., SearchResponse]


@pytest.fixture
def find(fact_engine: Engine, hash_encoder: HashEncoder, fact_lexicon: Lexicon) -> Search:
    def run(query: str = "", recipe: RankingRecipe = PLAIN, **options: object) -> SearchResponse:
        context = SearchContext(fact_engine, hash_encoder, recipe, fact_lexicon)
        return search(SearchRequest(query, **options), context)  # type: ignore[arg-type]

    return run


def ids(response: SearchResponse) -> list[str]:
    return [hit.product.product_id for hit in response.hits]


def lacks(response: SearchResponse) -> dict[str, tuple[Lack, ...]]:
    """Return what the products lack that only come near."""
    return {related.hit.product.product_id: related.lacks for related in response.related}


def marked(response: SearchResponse, product_id: str) -> str:
    """Return the title of a product that was found, with what is marked."""
    [hit] = [hit for hit in response.hits if hit.product.product_id == product_id]
    return hit.highlight.get("title", "")


def test_five_kilograms_are_found_as_ten_jin_and_not_as_half_of_it(find: Search) -> None:
    response = find("5公斤大米")
    # One says no amount: it comes behind.
    assert set(ids(response)[:2]) == {"rice-5kg", "rice-10jin"}
    assert ids(response)[2:] == ["rice"]
    assert lacks(response)["rice-half"] == (Lack("amount", "5公斤", "2.5公斤"),)


@pytest.mark.parametrize("query", ["5公斤", "10斤", "5000g"])
def test_an_amount_alone_finds_all_that_state_it_and_nothing_that_is_silent(find: Search, query: str) -> None:
    response = find(query)
    assert (response.total, set(ids(response))) == (2, {"rice-5kg", "rice-10jin"})


def test_what_is_of_another_colour_only_comes_near_and_says_of_which(find: Search) -> None:
    response = find("黑色毛衣")
    assert ids(response) == ["black", "wordless"]
    assert lacks(response) == {
        "grey": (Lack("colour", "黑色", "灰色"),),
        "white": (Lack("colour", "黑色", "白色"),),
    }
    assert response_to_json(response)["related"][0]["lacks"][0]["kind"] == "colour"


def test_a_shade_is_not_contradicted_by_the_name_of_its_family(find: Search) -> None:
    # 灰色 may be 深灰色; neither it nor what states no colour holds it.
    response = find("深灰色毛衣")
    assert set(ids(response)) == {"grey", "wordless"}
    assert [fact.held_by for fact in response.understood.facts] == [0]


def test_what_contradicts_a_soft_fact_matches_but_comes_behind(find: Search) -> None:
    # By words and meaning the shortest title is the best match.
    assert ids(find("羊毛毛衣", ignore=("attribute:羊毛",)))[0] == "white"
    response = find("羊毛毛衣")
    # Of wool are two; one states no material, and one states another.
    assert set(ids(response)[:2]) == {"black", "grey"}
    assert ids(response)[2:] == ["wordless", "white"]
    assert [(fact.kind, fact.is_hard) for fact in response.understood.facts] == [("attribute", False)]


def test_what_contradicts_a_soft_fact_comes_last_by_price_too(find: Search) -> None:
    # None has a price, so that otherwise all stand in the order of their ids.
    unasked = find("羊毛毛衣", sort="price_asc", ignore=("attribute:羊毛",))
    assert ids(unasked) == ["black", "grey", "white", "wordless"]
    assert ids(find("羊毛毛衣", sort="price_asc")) == ["black", "grey", "wordless", "white"]


@pytest.mark.parametrize("code", ["HX6857/20", "hx685720", "hx6857-20", "HX 6857", "ｈｘ６８５７"])
def test_a_code_alone_finds_exactly_its_product_in_any_spelling(find: Search, code: str) -> None:
    response = find(code)
    assert (response.total, ids(response)) == (1, ["brush"])


@pytest.mark.parametrize("query", ["hx9999", "hx9999牙刷", "iphone17手机"])
def test_a_code_that_no_product_has_finds_nothing(find: Search, query: str) -> None:
    response = find(query)
    assert (response.total, ids(response)) == (0, [])
    assert {lack.kind for lack, *_ in lacks(response).values()} <= {"code", "product_type"}


@pytest.mark.parametrize(
    ("query", "product_id"),
    [("hx6857/20跑鞋", "brush"), ("iphone15大米", "iphone-15"), ("iPhone 15 手机", "iphone-15")],
)
def test_a_code_finds_its_product_whatever_it_is_called(find: Search, query: str, product_id: str) -> None:
    response = find(query)
    assert (response.total, ids(response)) == (1, [product_id])
    [fact] = response.understood.facts
    assert (fact.kind, fact.held_by) == ("code", 1)


def test_a_brand_that_nothing_of_the_type_has_matches_nothing(find: Search) -> None:
    response = find("耐克大米")
    assert response.total == 0
    # Rice states no brand.
    assert lacks(response)["rice"] == (Lack("brand", "耐克", None),)
    assert lacks(response)["nike"] == (Lack("product_type", "大米", "跑鞋"),)


def test_what_is_silent_matches_behind_what_holds_a_fact(find: Search) -> None:
    response = find("耐克跑鞋 42码")
    assert ids(response) == ["nike-42", "nike"]
    assert lacks(response) == {
        "nike-41": (Lack("size", "42码", "41码"),),
        "adidas-42": (Lack("brand", "耐克", "阿迪达斯"),),
    }


def test_facts_alone_match_all_that_hold_every_one_of_them(find: Search) -> None:
    # Silence is not enough where nothing else is asked for.
    assert ids(find("耐克 42码")) == ["nike-42"]
    assert set(ids(find("42码"))) == {"nike-42", "adidas-42"}
    assert set(ids(find("耐克"))) == {"nike-42", "nike-41", "nike"}
    assert find("耐克 黑色").total == 0


def test_a_fact_that_is_taken_off_does_not_count(find: Search) -> None:
    response = find("黑色毛衣", ignore=("colour:黑色",))
    assert set(ids(response)) == {"black", "grey", "white", "wordless"}
    assert response.understood.facts == ()
    assert set(ids(find("耐克 42码", ignore=("brand:耐克",)))) == {"nike-42", "adidas-42"}
    # An id of no fact changes nothing.
    assert ids(find("黑色毛衣", ignore=("colour:灰色", "moon"))) == ["black", "wordless"]


def test_facts_are_in_the_order_of_the_query_with_how_many_of_the_type_hold_them(find: Search) -> None:
    facts = response_to_json(find("42码 耐克跑鞋"))["understood"]["facts"]
    assert facts == [
        {"id": "size:42码", "kind": "size", "value": "42码", "text": "42码", "hard": True, "held_by": 2},
        {"id": "brand:耐克", "kind": "brand", "value": "耐克", "text": "耐克", "hard": True, "held_by": 3},
    ]
    assert [fact.held_by for fact in find("耐克大米").understood.facts] == [0]
    assert [fact.held_by for fact in find("羊毛毛衣").understood.facts] == [2]


def test_a_product_type_is_no_fact(find: Search) -> None:
    assert find("毛衣").understood.facts == ()


def test_the_fact_that_a_product_contradicts_is_why_it_is_not_found(find: Search) -> None:
    assert find("黑色毛衣", explain_id="grey").match_check == MatchCheck(
        "grey", False, (Lack("colour", "黑色", "灰色"),)
    )
    assert find("黑色毛衣", explain_id="wordless").match_check == MatchCheck("wordless", True, ())
    # Both of its hard facts.
    assert find("耐克 42码", explain_id="black").match_check == MatchCheck(
        "black", False, (Lack("brand", "耐克", None), Lack("size", "42码", None))
    )


def test_a_filter_of_the_shopper_is_the_first_reason(find: Search) -> None:
    check = find("黑色毛衣", explain_id="grey", filters=Filters(brands=("耐克",))).match_check
    assert check is not None
    assert [lack.kind for lack in check.lacks] == ["filter:brand"]


def test_an_explanation_says_what_a_product_states_of_each_fact(find: Search) -> None:
    response = find("羊毛毛衣", explain=True)
    verdicts = {}
    for hit in response.hits:
        assert hit.explain is not None
        facts = hit.explain["facts"]
        assert isinstance(facts, list)
        [fact] = facts
        verdicts[hit.product.product_id] = (fact["id"], fact["verdict"])
    assert verdicts == {
        "black": ("attribute:羊毛", "holds"),
        "grey": ("attribute:羊毛", "holds"),
        "wordless": ("attribute:羊毛", "silent"),
        "white": ("attribute:羊毛", "contradicts"),
    }
    first = response.hits[0]
    assert first.explain is not None
    assert first.explain["facts_held"] == {"contribution": PLAIN.soft_fact_weight}


@pytest.mark.parametrize(
    ("query", "product_id", "title"),
    [
        ("iphone15", "iphone-15", "苹果 <em>iPhone 15</em> 手机"),
        ("hx6857", "brush", "飞利浦电动牙刷<em>HX6857</em>/20"),
        # All of an amount, and no other number.
        ("1.5匹", "cooler", "空调<em>1.5匹</em> 5年保修"),
        ("4.55克拉", "ring", "钻戒<em>4.55克拉</em> 证书55"),
        # In whatever spelling.
        ("5kg", "rice-10jin", "长粒香大米<em>10斤</em>"),
    ],
)
def test_amounts_and_codes_are_marked_whole_and_in_the_spelling_of_the_product(
    find: Search, query: str, product_id: str, title: str
) -> None:
    assert marked(find(query), product_id) == title


def test_without_the_step_or_a_vocabulary_a_query_has_no_facts(
    find: Search, fact_engine: Engine, hash_encoder: HashEncoder, fact_lexicon: Lexicon
) -> None:
    without = find("黑色毛衣", replace(PLAIN, understanding=PLAIN.understanding - {"facts"}))
    old = SearchContext(fact_engine, hash_encoder, PLAIN, replace(fact_lexicon, facts=None))
    for response in (without, search(SearchRequest("黑色毛衣"), old)):
        assert response.understood.facts == ()
        assert set(ids(response)) == {"black", "grey", "white", "wordless"}


@pytest.mark.parametrize("query", ["黑色毛衣", "羊毛毛衣", "5公斤", "耐克跑鞋 42码", "耐克", "hx6857"])
def test_total_and_products_are_the_same_on_every_page_and_in_every_sort(find: Search, query: str) -> None:
    by_relevance = find(query, size=100)
    assert by_relevance.total == len(by_relevance.hits) > 0
    for sort in ("relevance", "price_asc", "price_desc", "sales", "newest"):
        pages = [find(query, sort=sort, page=page, size=1) for page in range(1, by_relevance.total + 2)]
        shown = [product_id for page in pages for product_id in ids(page)]
        assert sorted(shown) == sorted(ids(by_relevance))
        assert {page.total for page in pages} == {by_relevance.total}
        if sort == "relevance":
            assert shown == ids(by_relevance)


@pytest.mark.parametrize("query", ["黑色毛衣", "5公斤", "耐克 42码", "hx6857", "耐克大米", "羊毛毛衣"])
def test_no_product_is_both_found_and_near(find: Search, query: str) -> None:
    response = find(query, size=100)
    assert not set(ids(response)) & set(lacks(response))


@pytest.mark.parametrize(("query", "name"), [("黑色毛衣", "颜色"), ("羊毛毛衣", "面料")])
def test_the_facet_of_what_is_asked_for_comes_first(find: Search, query: str, name: str) -> None:
    facets = find(query, facets=("attributes",)).facets
    assert len(facets) == 2
    assert next(iter(facets)) == f"attributes.{name}"


@pytest.mark.parametrize("query", ["非黑色 毛衣", "除了黑色 毛衣", "毛衣 黑色除外"])
def test_what_is_not_wanted_is_not_asked_for(find: Search, query: str) -> None:
    assert {fact.kind for fact in find(query).understood.facts} == set()
    assert {"grey", "white", "wordless"} <= set(ids(find(query)))


def test_two_colours_are_either(find: Search) -> None:
    assert set(ids(find("黑色 灰色 毛衣"))) == {"black", "grey", "wordless"}


@pytest.mark.parametrize("query", ["毛衣 黑", "毛衣黑"])
def test_a_colour_of_one_character_stands_alone_or_behind_the_thing(find: Search, query: str) -> None:
    assert set(ids(find(query))) == {"black", "wordless"}


@pytest.mark.parametrize("query", ["毛衣 150x200", "毛衣 16+512"])
def test_sizes_are_no_codes(find: Search, query: str) -> None:
    assert all(fact.kind != "code" for fact in find(query).understood.facts)


def test_what_multiplies_an_amount_is_no_code(find: Search) -> None:
    assert [fact.kind for fact in find("大米 5kgx18").understood.facts] == ["amount"]


def test_an_amount_is_no_word_that_products_match_by(find: Search) -> None:
    # Of no known type: 宽松 has to be in the text, and what is as heavy as 5kg does not match for that.
    assert ids(find("宽松 5kg")) == ["wordless"]
    assert ids(find("5kg 宽松")) == ["wordless"]


@pytest.mark.parametrize("query", ["除了黑色的毛衣", "毛衣 黑色除外", "非黑色毛衣", "不要黑色的毛衣"])
def test_what_states_a_colour_that_is_not_wanted_is_not_found_nor_near(find: Search, query: str) -> None:
    response = find(query)
    assert set(ids(response)) == {"grey", "white", "wordless"}
    assert "black" not in lacks(response)
    [constraint] = response.understood.constraints
    assert (constraint.kind, constraint.label, constraint.rest) == ("without", "黑色", "毛衣")
    assert response.applied["filters"] == {"excludes": ["黑色"]}


def test_several_that_are_not_wanted_are_excluded_each(find: Search) -> None:
    assert set(ids(find("毛衣 不要黑色和灰色"))) == {"white", "wordless"}
    assert set(ids(find("跑鞋 除了阿迪达斯"))) == {"nike-42", "nike-41", "nike"}
    assert set(ids(find("不是羊毛的毛衣"))) == {"white", "wordless"}


def test_why_not_names_the_exclusion(find: Search) -> None:
    response = find("除了黑色的毛衣", explain_id="black")
    assert response.match_check == MatchCheck("black", False, (Lack("filter:excludes", "['黑色']", None),))


def test_alternatives_of_a_kind_are_either(find: Search) -> None:
    response = find("黑色或者灰色毛衣")
    assert set(ids(response)) == {"black", "grey", "wordless"}
    # What holds either is as good as it gets, and what states none comes behind.
    assert ids(response)[2] == "wordless"
    assert response.understood.normalized == "黑色、灰色毛衣"
    assert set(ids(find("耐克或阿迪达斯跑鞋"))) == {"nike-42", "nike-41", "nike", "adidas-42"}


def test_alternative_amounts_are_either_and_others_both(find: Search) -> None:
    assert set(ids(find("5公斤或2.5公斤大米"))) == {"rice-5kg", "rice-10jin", "rice-half", "rice"}
    # Nothing is both.
    assert set(ids(find("5公斤 2.5公斤大米"))) == {"rice"}


def test_alternative_types_are_both_asked_for(find: Search) -> None:
    response = find("手机或牙刷")
    assert {product.name for product in response.understood.product_types} == {"手机", "牙刷"}
    assert set(ids(response)) == {"iphone-15", "iphone-16", "brush"}


@pytest.mark.parametrize(
    ("step", "query"), [("constraints", "除了黑色的毛衣"), ("alternatives", "黑色或灰色毛衣")]
)
def test_what_a_step_reads_stays_in_the_words_where_it_is_off(find: Search, step: str, query: str) -> None:
    off = replace(PLAIN, understanding=PLAIN.understanding - {step})
    response = find(query, recipe=off)
    assert response.understood.normalized == query
    assert response.understood.constraints == ()
