"""Searches with a corrected query."""

from pathlib import Path

import pytest

from indexer.build import index_products
from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.engines.engine import Engine
from shangsou.lexicon.lexicon import Lexicon
from shangsou.product import Product
from shangsou.search.context import SearchContext
from shangsou.search.ranking.recipe import default_ranking
from shangsou.search.request import SearchRequest
from shangsou.search.response import SearchResponse, response_to_json
from shangsou.search.search import search
from tests.fixtures.hash_encoder import HashEncoder

PRODUCTS = [Product("dress", "碎花连衣裙"), Product("fabric", "连依布料")]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    store = EmbeddedStore(tmp_path_factory.mktemp("index"))
    index_products(PRODUCTS, store=store, encoder=HashEncoder(), source="test")
    return store.open()


def find(query: str, engine: Engine, lexicon: Lexicon | None, *, correct: bool = True) -> SearchResponse:
    request = SearchRequest(query, mode="lexical", correct=correct)
    return search(request, SearchContext(engine, None, default_ranking(), lexicon))


def ids(response: SearchResponse) -> list[str]:
    return [hit.product.product_id for hit in response.hits]


def test_what_was_meant_is_searched_for_and_reported(engine: Engine, dress_lexicon: Lexicon):
    response = find("碎花连依裙", engine, dress_lexicon)
    assert ids(response)[0] == "dress"
    assert response.understood.query == "碎花连依裙"
    plain = response_to_json(response)["correction"]
    assert isinstance(plain, dict)
    assert (plain["query"], plain["applied"]) == ("碎花连衣裙", True)
    assert 0.7 <= plain["probability"] <= 1


def test_a_shopper_may_insist_on_what_was_typed(engine: Engine, dress_lexicon: Lexicon):
    response = find("lianyiqun", engine, dress_lexicon, correct=False)
    assert (response.total, response.correction) == (0, None)
    assert ids(find("lianyiqun", engine, dress_lexicon)) == ["dress"]


def test_a_correction_that_finds_nothing_is_not_made_where_the_query_finds_something(
    tmp_path: Path, dress_lexicon: Lexicon
):
    store = EmbeddedStore(tmp_path)
    products = [Product("brand", "lianyiqun 1988")]
    index_products(products, store=store, encoder=HashEncoder(), source="test")
    response = find("lianyiqun", store.open(), dress_lexicon)
    assert (ids(response), response.correction) == (["brand"], None)


def test_a_correction_is_reported_where_neither_finds_anything(engine: Engine, dress_lexicon: Lexicon):
    response = find("yundongxie", engine, dress_lexicon)
    assert response.total == 0
    assert response.correction is not None
    assert (response.correction.query, response.correction.applied) == ("运动鞋", True)


def test_without_a_lexicon_nothing_is_corrected(engine: Engine):
    response = find("碎花连依裙", engine, None)
    assert (response.correction, response.degraded[1:]) == (None, ())
