"""Suggestions that a catalog makes of itself, counted by hand."""

import pytest

from indexer.build import index_products
from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.lexicon.lexicon import Lexicon
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.product import Product
from shangsou.settings import Settings
from tests.fixtures.hash_encoder import HashEncoder

SEASONS = {"季节": ("夏季",)}
PRODUCTS = [
    *(
        Product(
            f"d{n}", f"岚野 夏季雪纺连衣裙 {n}", brand="岚野", category=("女装", "连衣裙"), attributes=SEASONS
        )
        for n in range(6)
    ),
    *(
        Product(f"s{n}", f"步云 夏季凉拖鞋 {n}", brand="步云", category=("鞋靴", "拖鞋"), attributes=SEASONS)
        for n in range(6)
    ),
    *(Product(f"c{n}", f"送礼镂空香薰 {n}", category=("家居", "香薰")) for n in range(3)),
]


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    home = tmp_path_factory.mktemp("home")
    index, lexicons = EmbeddedStore(home / "index"), LexiconStore(Settings(home=home))
    index_products(PRODUCTS, store=index, encoder=HashEncoder(), source="test", lexicons=lexicons)
    opened = lexicons.open(index.open().generation)
    assert opened is not None
    return opened


@pytest.fixture
def phrases(lexicon: Lexicon) -> dict[str, int]:
    table = lexicon.suggestions
    assert table is not None
    return {phrase.text: phrase.count for phrase in map(table.phrase, range(len(table)))}


def test_product_words_are_suggested_alone_and_with_a_value_or_a_brand(phrases: dict[str, int]) -> None:
    assert phrases["连衣裙"] == 6
    assert phrases["夏季连衣裙"] == phrases["连衣裙 夏季"] == 6
    assert phrases["岚野连衣裙"] == 6
    assert phrases["步云拖鞋"] == 6


def test_a_department_and_fragments_of_titles_are_no_suggestion(phrases: dict[str, int]) -> None:
    assert not {"女装", "鞋靴", "送礼", "送礼镂空", "夏季"} & phrases.keys()


def test_no_value_is_joined_to_a_product_word_that_no_product_has_it_with(phrases: dict[str, int]) -> None:
    assert not any("香薰" in text and "夏季" in text for text in phrases)
    assert "岚野拖鞋" not in phrases
