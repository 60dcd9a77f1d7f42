"""One search over a small embedded index."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from shangsou.degradation import Degradation
from shangsou.encoding.product_texts import title_text
from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.engines.engine import Document, Engine
from shangsou.engines.query import Filters
from shangsou.engines.recipe import IndexRecipe
from shangsou.errors import EncoderUnavailable
from shangsou.product import Product
from shangsou.search.context import SearchContext
from shangsou.search.ranking.recipe import default_ranking
from shangsou.search.request import SearchRequest
from shangsou.search.response import SearchResponse, response_to_json
from shangsou.search.search import search
from tests.fixtures.hash_encoder import DIMENSIONS, HashEncoder

Search = Callable[..., SearchResponse]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, products: list[Product]) -> Engine:
    encoder = HashEncoder()
    store = EmbeddedStore(tmp_path_factory.mktemp("index"))
    recipe = IndexRecipe("hash-encoder", encoder.stamp.model_hash, DIMENSIONS, "float32")
    with store.writer(recipe, "test") as writer:
        titles = encoder.encode([title_text(product) for product in products])
        writer.add([Document(product, title) for product, title in zip(products, titles, strict=True)])
        store.switch(writer.finish().name)
    return store.open()


@pytest.fixture
def find(engine: Engine, hash_encoder: HashEncoder) -> Search:
    def run(query: str = "", **options: object) -> SearchResponse:
        return search(SearchRequest(query, **options), SearchContext(engine, hash_encoder, default_ranking()))  # type: ignore[arg-type]

    return run


def ids(response: SearchResponse) -> list[str]:
    return [hit.product.product_id for hit in response.hits]


def test_what_holds_a_third_of_the_words_but_means_something_else_is_no_match(find: Search) -> None:
    # dress-blue holds 2 of the 6 bigrams; of 13 grams in the query and 17 in its title they share 5, and so
    # the cosine is about 5 / sqrt(13 x 17) = .34.
    assert ids(find("法式复古连衣裙")) == ["dress-red"]


def test_a_product_off_sale_is_never_found(find: Search) -> None:
    assert "hidden" not in ids(find("红色连衣裙 已下架", size=100))
    assert "hidden" not in ids(find("", size=100))


def test_a_traditional_query_finds_simplified_titles_and_the_other_way_round(find: Search) -> None:
    assert ids(find("連衣裙")) == ids(find("连衣裙"))
    assert ids(find("手机壳"))[0] == "phone-case"
    assert ids(find("手機殼"))[0] == "phone-case"


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("伞", "umbrella"),
        ("🎁", "gift"),
        ("wh-1000xm4", "phone"),
        ("WH1000XM4", "phone"),
        ("iphone15手机壳", "phone-case"),
        ("ｉＰｈｏｎｅ　１５", "phone-case"),
        ("<script>", "script"),
    ],
)
def test_single_characters_models_mixed_text_and_emoji_find_their_product(
    find: Search, query: str, first: str
) -> None:
    assert ids(find(query))[0] == first


@pytest.mark.parametrize(
    "query", ['title:"连衣裙" AND (', '{"match_all": {}}', "*:*", "连衣裙~2^5", "a OR b\\", "../../etc"]
)
def test_query_syntax_of_search_engines_is_plain_text(find: Search, query: str) -> None:
    assert find(query).understood.query == query


def test_an_empty_query_browses_by_sales(find: Search) -> None:
    # Sales: 2000, 320, 150, 45, then 10 and 10 by id, 5, and 0 by id. The blue dress sold 80, and is sold
    # out.
    assert ids(find("")) == [
        "phone-case", "dress-red", "phone", "skirt", "mug", "umbrella", "gift", "power-bank", "script",
        "dress-blue",
    ]  # fmt: skip


def test_a_query_that_says_nothing_finds_nothing(find: Search) -> None:
    response = find("!!!")
    assert (response.total, response.hits) == (0, ())


def test_a_facet_is_counted_without_its_own_filter(find: Search) -> None:
    response = find("", filters=Filters(brands=("云上衣舍",)), facets=("brand", "category"), sort="price_asc")
    assert ids(response) == ["dress-red", "dress-blue"]
    brands = {value.value: value.count for value in response.facets["brand"]}
    assert brands == {"云上衣舍": 2, "星岚": 2, "木棉记": 1, "壳匠": 1, "<b>窑</b>": 1}
    categories = {value.value: value.count for value in response.facets["category"]}
    assert categories == {"女装": 2, "女装>连衣裙": 2}


def test_the_facet_attributes_opens_into_its_names(find: Search) -> None:
    response = find("", filters=Filters(attributes=(("颜色", ("红色",)),)), facets=("attributes",))
    assert sorted(ids(response)) == ["dress-red", "skirt"]
    # 颜色 without its own filter: 红色 2, and one each; 材质 only among the two red ones.
    assert {v.value: v.count for v in response.facets["attributes.颜色"]} == {
        "红色": 2, "蓝色": 1, "透明": 1, "黑色": 1,
    }  # fmt: skip
    assert [(v.value, v.count) for v in response.facets["attributes.材质"]] == [("棉", 1)]


def test_price_ranges_are_in_yuan_at_the_edge(find: Search) -> None:
    facets = response_to_json(find("连衣裙", facets=("price",), mode="lexical"))["facets"]
    assert facets == {
        "price": [
            {"value": "100-200", "count": 1, "from": 100.0, "to": 200.0},
            {"value": "200-300", "count": 1, "from": 200.0, "to": 300.0},
        ]
    }


def test_total_and_order_are_the_same_on_every_page(find: Search) -> None:
    whole = find("连衣裙 手机 杯", size=100)
    pages = [find("连衣裙 手机 杯", page=page, size=2) for page in range(1, whole.total // 2 + 2)]
    assert [product_id for page in pages for product_id in ids(page)] == ids(whole)
    assert {page.total for page in pages} == {whole.total} == {len(ids(whole))}


def test_matches_beyond_the_candidates_follow_in_bm25_order(
    engine: Engine, hash_encoder: HashEncoder
) -> None:
    few = replace(default_ranking(), candidates=1, sold_out_last=False)
    response = search(SearchRequest("连衣裙", mode="lexical"), SearchContext(engine, hash_encoder, few))
    # dress-blue is the shorter title, so BM25 puts it first; dress-red matches strictly all the same.
    assert ids(response) == ["dress-blue", "dress-red"]
    assert response.hits[1].score == 0.0


def test_explain_shows_every_part_of_the_score(find: Search) -> None:
    hit = find("红色连衣裙", explain=True).hits[0]
    assert hit.explain is not None
    lexical, semantic = hit.explain["lexical"], hit.explain["semantic"]
    parts = (lexical, semantic, hit.explain["popularity"])
    assert sum(part["contribution"] for part in parts) == pytest.approx(hit.score)  # type: ignore[index]
    assert sum(hit.explain["fields"].values()) == pytest.approx(lexical["score"], rel=1e-5)  # type: ignore[attr-defined, index]


def test_modes_choose_the_legs(find: Search) -> None:
    lexical = find("连衣裙", mode="lexical", explain=True).hits[0].explain
    assert set(lexical or {}) == {"lexical", "popularity", "fields", "facts"}
    assert "lexical" not in (find("连衣裙", mode="semantic", explain=True).hits[0].explain or {})


class BrokenEncoder(HashEncoder):
    def encode(self, texts: object) -> object:  # type: ignore[override]
        raise EncoderUnavailable("/srv/shop/models/bge failed: session lost")


@pytest.mark.parametrize(
    ("encoder", "reason"),
    [(BrokenEncoder(), "the search encoder does not answer"), (None, "not available; found by words alone")],
    ids=["failing", "missing"],
)
def test_without_an_encoder_words_still_find_and_the_response_says_so(
    engine: Engine, encoder: HashEncoder | None, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    for mode in ("hybrid", "semantic"):
        response = search(
            SearchRequest("连衣裙", mode=mode), SearchContext(engine, encoder, default_ranking())
        )  # type: ignore[arg-type]
        assert set(ids(response)) == {"dress-blue", "dress-red"}
        assert response.degraded == (Degradation("encoder", reason),)
    assert ("/srv/shop/models/bge failed: session lost" in caplog.text) == (encoder is not None)


def test_a_later_page_keeps_the_query_id_of_the_first(find: Search) -> None:
    first = find("裙")
    assert find("裙", page=2, query_id=first.query_id).query_id == first.query_id


def test_what_was_applied_is_in_the_shape_of_a_request(find: Search) -> None:
    filters = Filters(categories=(("女装", "连衣裙"),), price_to_fen=29990, attributes=(("颜色", ("红色",)),))
    assert find("裙", filters=filters).applied["filters"] == {
        "category": ["女装>连衣裙"], "price": {"lte": 299.9}, "attributes": {"颜色": ["红色"]},
    }  # fmt: skip


def test_limits_in_the_query_filter_and_are_listed(find: Search) -> None:
    response = find("200元以下的连衣裙 -蓝色", mode="lexical")
    assert ids(response) == ["dress-red"]  # 199 yuan; the blue one costs 259
    assert response.applied["filters"] == {"price": {"lte": 200.0}, "excludes": ["蓝色"]}
    assert [constraint.kind for constraint in response.understood.constraints] == ["price", "without"]
    steps = {step.name: (step.before, step.after) for step in response.understood.steps}
    assert steps["constraints"] == ("200元以下的连衣裙 -蓝色", "连衣裙")


def test_a_price_that_was_chosen_counts_instead_of_the_one_in_the_query(find: Search) -> None:
    chosen = Filters(price_from_fen=20_000)
    response = find("200元以下的连衣裙 -红色", filters=chosen, mode="lexical")
    assert ids(response) == ["dress-blue"]
    assert [constraint.kind for constraint in response.understood.constraints] == ["without"]


def test_limits_alone_browse_within_them_by_sales(find: Search) -> None:
    response = find("50元以下")
    assert response.total == find(filters=Filters(price_to_fen=5_000)).total > 0
    assert response.applied["sort"] == "sales"


def test_a_step_that_is_switched_off_leaves_the_query_as_it_is(
    engine: Engine, hash_encoder: HashEncoder
) -> None:
    recipe = replace(default_ranking(), understanding=frozenset())
    response = search(SearchRequest("200元以下的连衣裙"), SearchContext(engine, hash_encoder, recipe))
    assert response.understood.constraints == ()
    assert response.understood.normalized == "200元以下的连衣裙"
    assert response.applied["filters"] == {}
