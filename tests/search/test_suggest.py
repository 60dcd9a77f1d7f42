"""Suggestions while typing."""

from pathlib import Path

import pytest

from indexer.build import index_products
from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.lexicon.lexicon import Lexicon
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.lexicon.phrases import KnownQueries, Phrase
from shangsou.product import Product
from shangsou.search.ranking.recipe import default_ranking, read_ranking
from shangsou.search.request import SuggestRequest
from shangsou.search.suggest import NO_LEXICON, suggest, suggest_phrases
from shangsou.settings import Settings
from tests.fixtures.hash_encoder import HashEncoder

QUERIES = {
    "连衣裙": 90,
    "连帽卫衣": 40,
    "碎花连衣裙": 30,
    "耐克跑鞋": 20,
    "adidas": 15,
    "手机壳": 10,
    "牛仔裤": 9,
}
PRODUCTS = [
    Product("shoe", "耐克 透气跑鞋", brand="Nike/耐克", category=("鞋靴", "跑鞋")),
    Product("dress", "碎花连衣裙", brand="木棉记", category=("女装", "连衣裙")),
    Product("old", "旧款连衣裙", category=("女装", "连衣裙"), stock=0),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    index = EmbeddedStore(home / "index")
    lexicons = LexiconStore(Settings(home=home))
    index_products(PRODUCTS, store=index, encoder=HashEncoder(), source="test", lexicons=lexicons)
    return home


@pytest.fixture(scope="module")
def without_log(store: Path) -> Lexicon:
    lexicon = LexiconStore(Settings(home=store)).open(EmbeddedStore(store / "index").open().generation)
    assert lexicon is not None
    return lexicon


@pytest.fixture(scope="module")
def lexicon(store: Path, without_log: Lexicon) -> Lexicon:
    lexicons = LexiconStore(Settings(home=store))
    lexicons.write_queries(
        KnownQueries([Phrase(q, q, n) for q, n in QUERIES.items()], ["连衣裙", "连帽卫衣"])
    )
    opened = lexicons.open(EmbeddedStore(store / "index").open().generation)
    assert opened is not None
    return opened


def queries(typed: str, lexicon: Lexicon) -> list[str]:
    return [one.value for one in suggest_phrases(typed, lexicon, 8, default_ranking()) if one.kind == "query"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("连", ["连衣裙", "连帽卫衣", "碎花连衣裙"]),  # what holds it further on comes last
        ("連衣", ["连衣裙", "碎花连衣裙"]),  # Traditional
        ("lian", ["连衣裙", "连帽卫衣"]),
        ("LYQ", ["连衣裙"]),
        ("连yi", ["连衣裙"]),
        ("练yi", []),  # what is typed in Chinese is meant as it stands
        ("耐克p", ["耐克跑鞋"]),
        ("nkpx", ["耐克跑鞋"]),
        ("adi", ["adidas"]),
    ],
)
def test_queries_begin_as_typed(typed: str, expected: list[str], lexicon: Lexicon):
    assert queries(typed, lexicon) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("adiddas", ["adidas"]),  # a letter too many
        ("adids", ["adidas"]),  # one too few
        ("addias", ["adidas"]),  # two swapped
        ("adisas", ["adidas"]),  # one missed
        ("lianyqun", ["连衣裙"]),
        ("lianyq", ["连衣裙"]),
        ("nike", ["耐克跑鞋"]),  # naike
        ("连依裙", ["连衣裙"]),  # sounds the same
        ("衣连裙", ["连衣裙"]),  # two characters swapped
        ("手机机壳", ["手机壳"]),
        ("连依", ["连衣裙"]),
        ("依", []),  # one character is no slip of anything
        ("zzzz", []),
    ],
)
def test_typos_are_looked_for_where_nothing_begins_as_typed(
    typed: str, expected: list[str], lexicon: Lexicon
):
    assert queries(typed, lexicon) == expected


def test_homophones_are_no_suggestion_where_something_begins_as_typed(without_log: Lexicon, store: Path):
    lexicons = LexiconStore(Settings(home=store))
    lexicons.write_queries(KnownQueries([Phrase("练衣", "练衣", 1), Phrase("连衣裙", "连衣裙", 90)], []))
    both = lexicons.open(EmbeddedStore(store / "index").open().generation)
    assert both is not None
    assert queries("练衣", both) == ["练衣"]


def test_categories_and_brands_stand_beside_queries(lexicon: Lexicon):
    found = [
        (one.kind, one.text, one.value) for one in suggest_phrases("nike", lexicon, 8, default_ranking())
    ]
    assert found == [("query", "耐克跑鞋", "耐克跑鞋"), ("brand", "Nike/耐克", "Nike/耐克")]
    assert ("category", "跑鞋", "鞋靴>跑鞋") in suggest_phrases("pao", lexicon, 8, default_ranking())


def test_before_anything_is_typed_the_most_popular_queries_stand(lexicon: Lexicon):
    assert queries("", lexicon) == ["连衣裙", "连帽卫衣"]
    assert queries("   ", lexicon) == ["连衣裙", "连帽卫衣"]


def test_without_a_query_log_categories_stand_there(without_log: Lexicon):
    assert [one.value for one in suggest_phrases("", without_log, 2, default_ranking())] == [
        "女装",
        "女装>连衣裙",
    ]


def test_without_a_query_log_product_words_are_suggested_and_no_fragments(without_log: Lexicon):
    assert queries("px", without_log) == ["跑鞋"]
    assert queries("透", without_log) == []


def test_a_brand_that_is_not_sold_suggests_nothing_of_others(lexicon: Lexicon, store: Path):
    assert suggest_phrases("naike", lexicon, 8, default_ranking()) != []
    # One letter from adidas, which is searched for.
    assert suggest_phrases("adida", lexicon, 8, default_ranking()) != []
    assert suggest_phrases("samsung", lexicon, 8, default_ranking()) == []
    assert suggest_phrases("三星手机", lexicon, 8, default_ranking()) == []
    assert products("三星", store, lexicon) == []


def test_what_is_never_suggested_is_no_query_and_no_product(lexicon: Lexicon, store: Path, tmp_path: Path):
    (tmp_path / "never_suggest.txt").write_text("碎花  # our own\n", "utf-8")
    recipe = read_ranking(tmp_path)
    assert [one.value for one in suggest_phrases("连衣裙", lexicon, 8, recipe)] == ["连衣裙", "女装>连衣裙"]
    engine = EmbeddedStore(store / "index").open()
    assert suggest(SuggestRequest("碎花"), engine, lexicon, recipe).suggestions == ()


def test_no_more_are_suggested_than_asked_for(lexicon: Lexicon):
    assert [one.value for one in suggest_phrases("连", lexicon, 2, default_ranking())] == [
        "连衣裙",
        "连帽卫衣",
        "女装>连衣裙",
    ]


@pytest.mark.parametrize(
    "typed", ["'", "%", "\x00;", "🎉", "<script>", "a" * 10_000, "的" * 10_000, "\ud800?"]
)
def test_whatever_is_typed_is_answered(typed: str, lexicon: Lexicon):
    assert suggest_phrases(typed, lexicon, 8, default_ranking()) == []


def ask(typed: str, store: Path, lexicon: Lexicon | None):
    engine = EmbeddedStore(store / "index").open()
    return suggest(SuggestRequest(typed), engine, lexicon, default_ranking())


def products(typed: str, store: Path, lexicon: Lexicon | None) -> list[str]:
    return [one.value for one in ask(typed, store, lexicon).suggestions if one.kind == "product"]


def test_products_in_stock_are_suggested_also_for_pinyin(store: Path, lexicon: Lexicon):
    assert products("碎花", store, lexicon) == ["dress"]
    assert products("lianyiqun", store, lexicon) == ["dress"]
    assert products("", store, lexicon) == []


def test_without_a_lexicon_products_are_still_suggested_and_it_is_reported(store: Path):
    answer = ask("碎花", store, None)
    assert [one.kind for one in answer.suggestions] == ["product"]
    assert answer.degraded == (NO_LEXICON,)
