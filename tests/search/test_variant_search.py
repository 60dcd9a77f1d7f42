"""Searches of a small shop whose products have variants, over each engine."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from shangsou.encoding.product_texts import title_text
from shangsou.engines.engine import Document, Engine, GenerationStore
from shangsou.engines.query import Filters
from shangsou.engines.recipe import IndexRecipe
from shangsou.product import Product
from shangsou.search.context import SearchContext
from shangsou.search.ranking.recipe import RankingRecipe, default_ranking
from shangsou.search.request import SearchRequest
from shangsou.search.response import MAX_VARIANTS, SearchResponse, response_to_json
from shangsou.search.search import search
from tests.fixtures.engines import ENGINES
from tests.fixtures.hash_encoder import DIMENSIONS, HashEncoder

SIZES = range(36, 66)
SHOES = [
    Product(
        f"runner-{size}",
        f"透气跑鞋 {'红色' if size % 2 else '黑色'} {size}码",
        price_fen=30_000 - 100 * size,
        stock=0 if size == 37 else 5,
        group_id="runner",
        sales=1,
        attributes={"颜色": ("红色" if size % 2 else "黑色",), "尺码": (str(size),)},
    )
    for size in SIZES
]
SOLD_OUT = [
    Product("boot-red", "跑鞋", stock=0, group_id="boot", sales=900),
    Product("boot-blue", "跑鞋 高帮", stock=0, group_id="boot"),
]
LISTINGS = [
    Product(f"sandal-{number}", "沙滩凉鞋", shop="海边", image_url="/sandal.jpg", price_fen=1_000 + number)
    for number in range(5)
] + [Product(f"clog-{number}", f"洞洞凉鞋 {'甲乙丙丁戊己庚辛壬癸'[number]}款") for number in range(10)]
PRODUCTS = [*SHOES[::2], *SOLD_OUT, *SHOES[1::2], *LISTINGS]
RECIPE = replace(default_ranking(), semantic_cutoff=0.1, match_cosine=1.0, match_cosine_with_words=1.0)
Search = Callable[..., SearchResponse]


@pytest.fixture(scope="module", params=ENGINES)
def variant_engine(request: pytest.FixtureRequest, new_store: Callable[[str], GenerationStore]) -> Engine:
    encoder, store = HashEncoder(), new_store(request.param)
    recipe = IndexRecipe("hash-encoder", encoder.stamp.model_hash, DIMENSIONS, "float32")
    with store.writer(recipe, "test") as writer:
        titles = encoder.encode([title_text(one) for one in PRODUCTS])
        writer.add([Document(one, title) for one, title in zip(PRODUCTS, titles, strict=True)])
        store.switch(writer.finish().name)
    return store.open()


@pytest.fixture
def find(variant_engine: Engine, hash_encoder: HashEncoder) -> Search:
    def run(query: str = "", recipe: RankingRecipe = RECIPE, **options: object) -> SearchResponse:
        context = SearchContext(variant_engine, hash_encoder, recipe, None)
        return search(SearchRequest(query, **options), context)  # type: ignore[arg-type]

    return run


def ids(response: SearchResponse) -> list[str]:
    return [hit.product.product_id for hit in response.hits]


def test_thirty_sizes_are_one_hit_that_lists_its_variants(find: Search) -> None:
    response = find("透气跑鞋")
    assert (response.total, len(response.hits)) == (1, 1)
    assert len(response.hits[0].variants) == MAX_VARIANTS
    [hit] = response_to_json(response)["hits"]
    assert hit["variants"][0] == {
        "product_id": "runner-36",
        "title": "透气跑鞋 黑色 36码",
        "group_id": "runner",
        "attributes": {"颜色": ["黑色"], "尺码": ["36"]},
        "price": 264.0,
        "stock": 5,
    }


def test_a_search_may_ask_for_every_variant(find: Search) -> None:
    response = find("透气跑鞋", collapse=False, size=100)
    assert response.total == len(SIZES) == len(response.hits)
    assert all(hit.variants == () for hit in response.hits)


def test_the_variant_that_fits_the_words_best_stands_for_the_group(find: Search) -> None:
    assert ids(find("透气跑鞋 红色 51码")) == ["runner-51"]
    assert ids(find("透气跑鞋 黑色 52码")) == ["runner-52"]
    # 37 is sold out: of the others one stands for the group.
    [found] = ids(find("透气跑鞋 红色 37码"))
    assert found != "runner-37"
    as_it_is = replace(RECIPE, sold_out_last=False)
    assert ids(find("透气跑鞋 红色 37码", as_it_is)) == ["runner-37"]


def test_by_price_the_cheapest_or_dearest_variant_within_the_filters_stands_for_the_group(
    find: Search,
) -> None:
    assert ids(find("透气跑鞋", sort="price_asc")) == ["runner-65"]
    assert ids(find("透气跑鞋", sort="price_desc")) == ["runner-36"]
    red = Filters(attributes=(("颜色", ("红色",)),), price_from_fen=24_000)
    # Size 59 is at 241 yuan, and size 61 at 239.
    assert ids(find("透气跑鞋", sort="price_asc", filters=red)) == ["runner-59"]
    assert find("透气跑鞋", filters=Filters(price_from_fen=24_000, price_to_fen=24_000)).total == 1
    assert find("透气跑鞋", filters=Filters(price_from_fen=24_050, price_to_fen=24_060)).total == 0


def test_facets_count_groups(find: Search) -> None:
    facets = response_to_json(find("透气跑鞋", facets=("attributes.颜色", "price")))["facets"]
    assert facets["attributes.颜色"] == [{"value": "红色", "count": 1}, {"value": "黑色", "count": 1}]
    assert [value["count"] for value in facets["price"]] == [1]
    every = response_to_json(find("透气跑鞋", facets=("attributes.颜色",), collapse=False))["facets"]
    assert [value["count"] for value in every["attributes.颜色"]] == [15, 15]


@pytest.mark.parametrize("sort", ["relevance", "sales", "price_asc", "newest", "rating"])
def test_what_is_sold_out_comes_last_in_every_order(find: Search, sort: str) -> None:
    # Of the boots both variants are sold out; their titles and their sales would put them first.
    assert [product_id.split("-")[0] for product_id in ids(find("跑鞋", sort=sort))] == ["runner", "boot"]
    assert find("跑鞋", sort=sort).total == 2


def test_it_may_stay_where_it_is(find: Search) -> None:
    as_it_is = replace(RECIPE, sold_out_last=False)
    assert ids(find("跑鞋", as_it_is, sort="sales"))[0] == "boot-red"
    assert ids(find("跑鞋", as_it_is))[0] == "boot-red"


def test_of_listings_of_one_thing_by_one_shop_two_are_among_the_first_ten(find: Search) -> None:
    found = ids(find("凉鞋", size=20))
    assert len(found) == 15
    assert sum(one.startswith("sandal") for one in found[:10]) == 2
    # By price they stand where their prices are.
    assert ids(find("凉鞋", sort="price_asc"))[:5] == [f"sandal-{number}" for number in range(5)]


def test_pages_hold_each_group_once(find: Search) -> None:
    pages = [ids(find("鞋", page=page, size=4)) for page in range(1, 6)]
    shown = [product_id for page in pages for product_id in page]
    assert len(shown) == len(set(shown)) == find("鞋").total == 17


def test_what_sales_add_is_explained(find: Search) -> None:
    weighty = replace(RECIPE, sales_weight=0.02, sold_out_last=False)
    boot, runner = find("跑鞋", weighty, explain=True).hits
    assert boot.explain is not None
    assert boot.explain["popularity"] == {"contribution": pytest.approx(0.02)}
    assert runner.product.group_id == "runner"
