"""Searches that ask for product types, over a small index of each engine whose types are given by hand."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from shangsou.encoding.product_texts import title_text
from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.engines.engine import Document, Engine, GenerationStore
from shangsou.engines.query import Filters
from shangsou.engines.recipe import IndexRecipe
from shangsou.lexicon.lexicon import Lexicon
from shangsou.lexicon.product_types import ProductTypes, TypeSpace
from shangsou.product import Product
from shangsou.search.context import SearchContext
from shangsou.search.ranking.recipe import RankingRecipe, default_ranking
from shangsou.search.ranking.type_overrides import TypeOverride
from shangsou.search.request import SearchRequest
from shangsou.search.response import SearchResponse, response_to_json
from shangsou.search.search import search
from tests.fixtures.engines import ENGINES
from tests.fixtures.hash_encoder import DIMENSIONS, HashEncoder
from tests.fixtures.lexicon import build_lexicon

Search = Callable[..., SearchResponse]

# In the order of the products; the gift has none.
TYPES = {
    "dress-red": ("连衣裙",),
    "dress-blue": ("连衣裙",),
    "skirt": ("半身裙",),
    "phone-case": ("手机壳",),
    "phone": ("智能手机", "手机"),
    "power-bank": ("移动电源",),
    "umbrella": ("伞",),
    "gift": (),
    "script": ("马克杯",),
    "mug": ("马克杯",),
    "hidden": ("连衣裙",),
}
NAMES = ("连衣裙", "半身裙", "手机壳", "智能手机", "手机", "移动电源", "马克杯")
SORTS = ("relevance", "price_asc", "price_desc", "sales", "newest")
# No spelling: the lexicon holds no words of this shop.
# Vectors by hashes lie farther apart than those of a model.
PLAIN = replace(
    default_ranking(),
    semantic_cutoff=0.1,
    synonyms={},
    understanding=default_ranking().understanding - {"pinyin", "spelling"},
)


@pytest.fixture(scope="module", params=ENGINES)
def engine(
    request: pytest.FixtureRequest, new_store: Callable[[str], GenerationStore], products: list[Product]
) -> Engine:
    encoder = HashEncoder()
    store = new_store(request.param)
    recipe = IndexRecipe("hash-encoder", encoder.stamp.model_hash, DIMENSIONS, "float32")
    with store.writer(recipe, "test") as writer:
        titles = encoder.encode([title_text(product) for product in products])
        writer.add([Document(product, title) for product, title in zip(products, titles, strict=True)])
        store.switch(writer.finish([TYPES[product.product_id] for product in products]).name)
    return store.open()


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    types = ProductTypes(
        names=NAMES,
        counts=np.array([2, 1, 1, 1, 1, 1, 2], np.int32),
        leaves=frozenset(NAMES),
        wider={},
        products=11,
        accessories=frozenset(),
        space=TypeSpace(np.eye(DIMENSIONS, dtype=np.float32), np.zeros(DIMENSIONS, np.float32)),
        centroids=HashEncoder().encode(NAMES),
    )
    return replace(build_lexicon(tmp_path_factory.mktemp("types"), {"连衣裙": 3}), product_types=types)


@pytest.fixture
def find(engine: Engine, hash_encoder: HashEncoder, lexicon: Lexicon) -> Search:
    def run(query: str = "", recipe: RankingRecipe = PLAIN, **options: object) -> SearchResponse:
        return search(SearchRequest(query, **options), SearchContext(engine, hash_encoder, recipe, lexicon))  # type: ignore[arg-type]

    return run


def ids(response: SearchResponse) -> list[str]:
    return [hit.product.product_id for hit in response.hits]


def related_ids(response: SearchResponse) -> list[str]:
    return [related.hit.product.product_id for related in response.related]


def test_a_phone_is_found_for_phones_and_its_case_only_comes_near(find: Search) -> None:
    response = find("手机")
    assert (response.total, ids(response)) == (1, ["phone"])
    assert related_ids(response)[0] == "phone-case"
    assert [guess.name for guess in response.understood.product_types] == ["手机"]


def test_a_search_without_types_goes_by_words(find: Search) -> None:
    response = find("手机", replace(PLAIN, understanding=PLAIN.understanding - {"types"}))
    # The bigram stands in two titles, and in the category of the power bank.
    assert sorted(ids(response)) == ["phone", "phone-case", "power-bank"]
    assert response.understood.product_types == ()


def test_a_product_is_found_by_its_type_though_it_holds_few_of_the_words(find: Search) -> None:
    # Both are dresses; 真丝 stands in no title.
    assert sorted(ids(find("真丝连衣裙"))) == ["dress-blue", "dress-red"]


def test_an_accessory_that_the_shop_has_no_type_for_is_found_by_all_its_words_alone(find: Search) -> None:
    # 连衣裙 before 扣 says what it is for. 蓝色碎花连衣裙扣 has the seven bigrams 蓝色 色碎 碎花 花连 连衣
    # 衣裙 裙扣, of which dress-blue holds six: enough for any other query.
    response = find("蓝色碎花连衣裙扣")
    assert (response.total, response.understood.product_types) == (0, ())
    assert related_ids(response)[0] == "dress-blue"
    assert [related.lacks[0].kind for related in response.related][:1] == ["words"]
    untyped = replace(PLAIN, understanding=PLAIN.understanding - {"types"})
    assert ids(find("蓝色碎花连衣裙扣", untyped))[0] == "dress-blue"


@pytest.mark.parametrize(
    "query",
    ["红色连衣裙", "连衣裙", "红色", "蓝色碎花连衣裙扣", "星岚智能手机", "杯", "伞", "透明手机壳"],
)
@pytest.mark.parametrize(
    "filters",
    [
        Filters(in_stock=True),
        Filters(categories=(("家居",),)),
        Filters(categories=(("女装", "连衣裙"),)),
        Filters(brands=("壳匠", "星岚")),
        Filters(price_from_fen=3000, price_to_fen=20000),
    ],
    ids=["in stock", "home", "dresses", "brands", "price"],
)
def test_a_filter_takes_products_away_and_adds_none(
    find: Search, engine: Engine, query: str, filters: Filters
) -> None:
    all_ids = ids(find(query, size=100))
    filtered = find(query, size=100, filters=filters)
    assert set(ids(filtered)) == engine.passing(all_ids, filters)
    assert filtered.total == len(filtered.hits)


def test_what_is_shown_as_near_fills_the_first_page_and_no_more(find: Search) -> None:
    # With a cut-off of -1 all that does not match comes near: ten are on sale, of which one is a phone.
    recipe = replace(PLAIN, semantic_cutoff=-1.0)
    near = related_ids(find("手机", recipe, size=100))
    assert len(near) == 9
    # One phone is found, so that one, or two, of what comes near have room.
    assert related_ids(find("手机", recipe, size=2)) == near[:1]
    assert related_ids(find("手机", recipe, size=3)) == near[:2]


def test_what_lacks_the_type_says_what_it_is_instead(find: Search) -> None:
    [case, *_] = response_to_json(find("手机"))["related"]
    assert case["product"]["product_id"] == "phone-case"
    assert case["lacks"] == [{"kind": "product_type", "asked": "手机", "says": "手机壳"}]
    assert case["highlight"]["title"].startswith("<em>手机</em>壳")
    assert "explain" not in case


def test_related_can_be_explained_and_has_no_bonus_for_the_type(find: Search) -> None:
    response = find("手机", explain=True)
    assert response.hits[0].explain is not None
    assert response.hits[0].explain["product_type"] == {"contribution": PLAIN.type_weight}
    parts = {
        name: part["contribution"]  # type: ignore[index]
        for name, part in response.hits[0].explain.items()
        if name not in {"fields", "facts"}
    }
    assert sum(parts.values()) == pytest.approx(response.hits[0].score)
    explained = response.related[0].hit.explain
    assert explained is not None
    assert "product_type" not in explained


def test_without_a_type_what_comes_near_lacks_words(find: Search) -> None:
    response = find("法式复古风衣", facets=())
    assert response.understood.product_types == ()
    assert {related.lacks[0].kind for related in response.related} <= {"words"}
    assert {related.lacks[0].asked for related in response.related} <= {"法式复古风衣"}


def test_what_comes_near_is_on_the_first_page_only_and_only_where_that_is_not_full(find: Search) -> None:
    assert related_ids(find("手机", size=2))
    assert find("手机", size=1).related == ()
    assert find("手机", page=2).related == ()
    assert find("").related == ()
    assert find("50元以下").related == ()


def test_what_comes_near_is_in_no_total_facet_or_sort(find: Search) -> None:
    for sort in SORTS:
        response = find("手机", facets=("brand",), sort=sort)
        assert (response.total, ids(response)) == (1, ["phone"])
        assert [(value.value, value.count) for value in response.facets["brand"]] == [("星岚", 1)]
        assert related_ids(response)[0] == "phone-case"


def test_what_comes_near_is_within_the_filters_and_on_sale(find: Search) -> None:
    response = find("手机", filters=Filters(brands=("壳匠",)))
    assert (response.total, related_ids(response)) == (0, ["phone-case"])
    assert "hidden" not in [*ids(find("红色连衣裙 已下架")), *related_ids(find("红色连衣裙 已下架"))]


def test_no_product_is_both_found_and_near(find: Search) -> None:
    for query in ("手机", "连衣裙", "红色连衣裙", "杯", "伞", "透明", "星岚", "礼物"):
        response = find(query, size=100)
        assert not set(ids(response)) & set(related_ids(response))


def test_what_matches_by_a_text_that_weighs_nothing_is_not_near_as_well(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    # It holds 黑色 as an attribute, which this recipe does not score. A cosine of .55 is over the cut-off of
    # .45, and below the .64 from which on meaning alone is enough.
    query = HashEncoder().encode(["黑色"])[0]
    across = np.roll(query, 1) - (np.roll(query, 1) @ query) * query
    title = 0.55 * query + np.sqrt(1 - 0.55**2) * across / np.linalg.norm(across)
    product = Product("p1", "长裤", attributes={"颜色": ("黑色",)})
    store = EmbeddedStore(tmp_path_factory.mktemp("index"))
    recipe = IndexRecipe("hash-encoder", HashEncoder.stamp.model_hash, DIMENSIONS, "float32")
    with store.writer(recipe, "test") as writer:
        writer.add([Document(product, title.astype(np.float32))])
        store.switch(writer.finish().name)
    weights = replace(PLAIN, field_weights={"title.words": 1.0})
    response = search(SearchRequest("黑色"), SearchContext(store.open(), HashEncoder(), weights))
    assert (response.total, ids(response), response.related) == (1, ["p1"], ())


@pytest.mark.parametrize(
    "query", ["连衣裙", "红色连衣裙", "手机", "手机壳", "杯", "透明", "折叠伞", "星岚", "🎁"]
)
@pytest.mark.parametrize("candidates", [1, 100])
def test_total_and_products_are_the_same_on_every_page_and_in_every_sort(
    find: Search, query: str, candidates: int
) -> None:
    recipe = replace(PLAIN, candidates=candidates)
    by_relevance = find(query, recipe, size=100)
    assert by_relevance.total == len(by_relevance.hits) > 0
    facets = find(query, recipe, facets=("brand", "category")).facets
    for sort in SORTS:
        pages = [
            find(query, recipe, sort=sort, page=page, size=1, facets=("brand", "category"))
            for page in range(1, by_relevance.total + 2)
        ]
        shown = [product_id for page in pages for product_id in ids(page)]
        assert sorted(shown) == sorted(ids(by_relevance))
        assert {page.total for page in pages} == {by_relevance.total}
        assert all(page.facets == facets for page in pages)
        if sort == "relevance":
            assert shown == ids(by_relevance)


def test_the_shop_can_say_itself_what_a_product_is(find: Search) -> None:
    recipe = replace(
        PLAIN, type_overrides=(TypeOverride("phone-case", "手机"), TypeOverride("WH-1000XM4", "耳机"))
    )
    assert ids(find("手机", recipe)) == ["phone-case"]
    # 耳机 stands in no title: only the shop knows.
    assert ids(find("耳机", recipe)) == ["phone"]


def test_a_match_by_a_synonym_says_by_which(find: Search) -> None:
    recipe = replace(PLAIN, synonyms={"充电宝": ("移动电源",)})
    response = response_to_json(find("充电宝", recipe))
    assert [(hit["product"]["product_id"], hit.get("reached_by")) for hit in response["hits"]] == [
        ("power-bank", "移动电源")
    ]
    own = response_to_json(find("移动电源", replace(PLAIN, synonyms={"移动电源": ("充电宝",)})))
    assert "reached_by" not in own["hits"][0]
