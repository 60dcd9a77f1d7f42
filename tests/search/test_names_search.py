"""Searches in the words of others: brands in any spelling and script, English, words of Taiwan."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from shangsou.encoding.product_texts import title_text
from shangsou.engines.engine import Document, GenerationStore
from shangsou.engines.recipe import IndexRecipe
from shangsou.lexicon.fact_training import FactLearner
from shangsou.lexicon.product_types import ProductTypes, TypeSpace
from shangsou.product import Product
from shangsou.search.context import SearchContext
from shangsou.search.ranking.recipe import default_ranking
from shangsou.search.request import SearchRequest
from shangsou.search.response import SearchResponse
from shangsou.search.search import search
from shangsou.text.facts import load_facts
from tests.fixtures.engines import ENGINES
from tests.fixtures.fact_shop import PLAIN
from tests.fixtures.hash_encoder import DIMENSIONS, HashEncoder
from tests.fixtures.lexicon import build_lexicon

Search = Callable[[str], SearchResponse]

# Each with its product type.
SHOP = [
    (Product("nb-latin", "574 复古鞋", brand="New Balance"), "复古鞋"),
    (Product("nb-joined", "NewBalance 327 复古鞋"), "复古鞋"),
    (Product("puma", "彪马复古鞋", brand="彪马"), "复古鞋"),
    (Product("lancome", "LANCÔME 眼霜", brand="兰蔻"), "眼霜"),
    (Product("loreal", "紫熨斗眼霜", brand="欧莱雅L'OREAL"), "眼霜"),
    (Product("hm", "H&M 衬衫", brand="H & M"), "衬衫"),
    (Product("shirt", "女士衬衫 M"), "衬衫"),
    (Product("mouse", "静音办公鼠标"), "鼠标"),
    (Product("pad", "大号鼠标垫"), "鼠标垫"),
    (Product("mickey", "Mouse House 绘本"), "绘本"),
    (Product("red", "红色连衣裙"), "连衣裙"),
    (Product("blue", "蓝色连衣裙"), "连衣裙"),
    (Product("charger", "充电宝10000毫安"), "充电宝"),
    (Product("milk", "骆驼奶粉"), "奶粉"),
    (Product("camel", "户外帐篷", brand="CAMEL"), "帐篷"),
    (Product("bluetooth", "藍芽耳機"), "耳机"),
    (Product("wired", "有线耳机"), "耳机"),
    # Of a brand that no column names, and of another one with half of its name.
    (Product("under-armour", "Under Armour 速干上衣"), "上衣"),
    (Product("armour", "Armour"), "护理剂"),
]
NAMES = tuple(dict.fromkeys(name for _, name in SHOP))
BRANDS = ("new balance", "彪马", "兰蔻", "欧莱雅", "l'oreal", "h & m", "camel")
RECIPE = replace(PLAIN, synonyms=default_ranking().synonyms)


@pytest.fixture(scope="module", params=ENGINES)
def context(
    request: pytest.FixtureRequest,
    new_store: Callable[[str], GenerationStore],
    tmp_path_factory: pytest.TempPathFactory,
) -> SearchContext:
    """The shop in each engine."""
    encoder, store = HashEncoder(), new_store(request.param)
    products = [product for product, _ in SHOP]
    learner = FactLearner(load_facts())
    learner.add(products)
    facts, vocabulary = learner.finish(BRANDS)
    recipe = IndexRecipe("hash-encoder", encoder.stamp.model_hash, DIMENSIONS, "float32")
    with store.writer(recipe, "test") as writer:
        titles = encoder.encode([title_text(product) for product in products])
        writer.add([Document(product, title) for product, title in zip(products, titles, strict=True)])
        store.switch(writer.finish([(name,) for _, name in SHOP], facts).name)
    types = ProductTypes(
        names=NAMES,
        counts=np.ones(len(NAMES), np.int32),
        leaves=frozenset(NAMES),
        wider={},
        products=len(SHOP),
        accessories=frozenset(["鼠标垫"]),
        space=TypeSpace(np.eye(DIMENSIONS, dtype=np.float32), np.zeros(DIMENSIONS, np.float32)),
        centroids=encoder.encode(NAMES),
    )
    plain = build_lexicon(tmp_path_factory.mktemp("names"), {"静音办公鼠标": 3})
    return SearchContext(store.open(), encoder, RECIPE, replace(plain, product_types=types, facts=vocabulary))


@pytest.fixture
def find(context: SearchContext) -> Search:
    return lambda query: search(SearchRequest(query), context)


def ids(response: SearchResponse) -> set[str]:
    return {hit.product.product_id for hit in response.hits}


@pytest.mark.parametrize(
    "query", ["newbalance", "new balance", "NEW-BALANCE", "新百伦", "New Balance 复古鞋"]
)
def test_a_brand_is_found_in_any_spelling_and_script(find: Search, query: str) -> None:
    assert ids(find(query)) == {"nb-latin", "nb-joined"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Lancôme", "lancome"),
        ("lancome 眼霜", "lancome"),
        ("兰蔻眼霜", "lancome"),
        ("l'oréal 眼霜", "loreal"),
        ("loreal眼霜", "loreal"),
        ("欧莱雅", "loreal"),
        ("h&m 衬衫", "hm"),
        ("H & M", "hm"),
    ],
)
def test_marks_and_accents_make_no_other_brand(find: Search, query: str, found: str) -> None:
    response = find(query)
    assert next(hit.product.product_id for hit in response.hits) == found
    assert [(fact.kind, fact.is_hard) for fact in response.understood.facts] == [("brand", True)]


@pytest.mark.parametrize("query", ["under armour", "underarmour", "安德玛"])
def test_a_brand_that_no_column_names_is_what_says_all_of_it(context: SearchContext, query: str) -> None:
    # "armour" has a cosine of .85 with it.
    by_meaning = replace(context, recipe=replace(RECIPE, match_cosine=0.5, match_cosine_with_words=0.5))
    assert ids(search(SearchRequest(query), by_meaning)) == {"under-armour"}


def test_a_word_that_is_a_brand_by_a_synonym_is_none_of_a_thing_that_the_brand_does_not_make(
    find: Search,
) -> None:
    assert ids(find("骆驼奶粉")) == {"milk"}
    assert ids(find("骆驼帐篷")) == {"camel"}


@pytest.mark.parametrize("query", ["滑鼠", "靜音滑鼠", "鼠标"])
def test_a_thing_is_found_by_its_word_of_another_place(find: Search, query: str) -> None:
    assert ids(find(query)) == {"mouse"}


@pytest.mark.parametrize(("query", "found"), [("洋裝", {"red", "blue"}), ("行動電源", {"charger"})])
def test_a_regional_word_finds_what_the_shop_calls_otherwise(
    find: Search, query: str, found: set[str]
) -> None:
    assert ids(find(query)) == found


def test_who_does_not_want_a_thing_does_not_want_it_in_the_word_of_another_place(find: Search) -> None:
    assert ids(find("耳机")) == {"bluetooth", "wired"}
    assert ids(find("耳機 不要藍牙")) == {"wired"}


def test_english_words_find_types_and_facts(find: Search) -> None:
    response = find("red dress")
    assert ids(response) == {"red"}
    assert [(fact.kind, fact.value) for fact in response.understood.facts] == [("colour", "红色")]


def test_an_english_word_finds_what_has_it_in_its_name_as_well(find: Search) -> None:
    assert ids(find("mouse")) == {"mouse", "mickey"}
    assert ids(find("mouse pad")) == {"pad"}
