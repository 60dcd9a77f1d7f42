"""Searches that ask for cheap or dear ones, over a small embedded index."""

from collections.abc import Callable

import pytest

from shangsou.encoding.product_texts import title_text
from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.engines.engine import Document, Engine
from shangsou.engines.query import CandidateSet, Filters
from shangsou.engines.recipe import IndexRecipe
from shangsou.product import Product
from shangsou.search.context import SearchContext
from shangsou.search.ranking.price_levels import PriceRange, find_price_quarter, price_bonuses
from shangsou.search.ranking.recipe import default_ranking
from shangsou.search.request import SearchRequest
from shangsou.search.response import SearchResponse
from shangsou.search.search import search
from tests.fixtures.hash_encoder import DIMENSIONS, HashEncoder

Search = Callable[..., SearchResponse]
# In yuan; the last has no price. By their words all are alike.
PRICES = {"a": 40, "b": 90, "c": 10, "d": 70, "e": 20, "f": 80, "g": 30, "h": 60, "unpriced": None}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    encoder = HashEncoder()
    store = EmbeddedStore(tmp_path_factory.mktemp("index"))
    products = [
        Product(name, "水杯", price_fen=None if yuan is None else 100 * yuan, shop=f"{name} 店")
        for name, yuan in PRICES.items()
    ]
    with store.writer(
        IndexRecipe("hash-encoder", encoder.stamp.model_hash, DIMENSIONS, "float32"), "test"
    ) as writer:
        titles = encoder.encode([title_text(product) for product in products])
        writer.add([Document(product, title) for product, title in zip(products, titles, strict=True)])
        store.switch(writer.finish().name)
    return store.open()


@pytest.fixture
def find(engine: Engine, hash_encoder: HashEncoder) -> Search:
    def run(query: str, **options: object) -> SearchResponse:
        return search(SearchRequest(query, **options), SearchContext(engine, hash_encoder, default_ranking()))  # type: ignore[arg-type]

    return run


def ids(response: SearchResponse) -> list[str]:
    return [hit.product.product_id for hit in response.hits]


def test_the_cheapest_first_orders_by_price_and_can_be_taken_off(find: Search) -> None:
    response = find("最便宜的水杯")
    assert ids(response) == ["c", "e", "g", "a", "h", "d", "f", "b", "unpriced"]
    assert response.applied["sort"] == "price_asc"
    [constraint] = response.understood.constraints
    assert (constraint.kind, constraint.label, constraint.rest) == ("sort", "价格从低到高", "水杯")
    assert ids(find("最贵的水杯"))[:2] == ["b", "f"]


def test_an_order_that_was_chosen_counts_instead(find: Search) -> None:
    response = find("最便宜的水杯", sort="price_desc")
    assert ids(response)[0] == "b"
    assert (response.applied["sort"], response.understood.constraints) == ("price_desc", ())


def test_cheap_ones_come_first_and_all_others_stay(find: Search) -> None:
    # A quarter of the eight that have a price is two; whether what has none is cheap nobody knows.
    cheap = ids(find("便宜的水杯"))
    assert set(cheap[:2]) == {"c", "e"}
    assert sorted(cheap) == sorted(PRICES)
    assert set(ids(find("高档水杯"))[:2]) == {"b", "f"}


def test_cheap_is_meant_within_the_filters(find: Search) -> None:
    filters = Filters(price_from_fen=3000)
    # Of 40, 90, 70, 80, 30 and 60 yuan a quarter is one.
    assert ids(find("便宜的水杯", filters=filters))[0] == "g"


def test_explain_shows_what_the_price_level_costs(find: Search) -> None:
    hits = {hit.product.product_id: hit.explain for hit in find("便宜的水杯", explain=True).hits}
    assert "price_level" not in hits["c"]
    assert hits["b"]["price_level"] == {"contribution": -0.3}


def test_too_few_prices_have_no_quarters(engine: Engine) -> None:
    few = CandidateSet(Filters(price_to_fen=3000), match_all=True)
    assert find_price_quarter("low", few, engine) is None
    many = CandidateSet(Filters(), match_all=True)
    assert find_price_quarter("low", many, engine) == PriceRange(to_fen=2000)
    assert find_price_quarter("high", many, engine) == PriceRange(from_fen=8000)


def test_without_a_level_or_a_weight_nothing_is_lost(engine: Engine) -> None:
    assert price_bonuses(["b"], None, Filters(), engine, 0.1) == {}
    assert price_bonuses(["b"], PriceRange(to_fen=2000), Filters(), engine, 0.0) == {}
    assert price_bonuses(["b", "c", "unpriced"], PriceRange(to_fen=2000), Filters(), engine, 0.1) == {
        "b": -0.1,
        "unpriced": -0.1,
    }
