"""Searches of indices that were built with a shop's own dictionary, each cut into words as it was built."""

from pathlib import Path

import pytest

from shangsou.engines.query import Filters, LexicalLeg
from shangsou.lexicon.dictionary_completion import complete_dictionary
from shangsou.product import Product
from shangsou.search.context import SearchContext
from shangsou.search.request import SearchRequest
from shangsou.search.search import search
from shangsou.search.understanding.lexical_query import make_lexical_query
from shangsou.text.dictionary import parse_dictionary
from tests.fixtures.own_files import build_index, open_context

PRODUCTS = [
    Product("cube", "百吉福奶酪魔方零食"),
    Product("cheese", "奶酪棒 儿童魔方"),
    Product("phone", "国产机智能大屏"),
    Product("machine", "国产机器人"),
    Product("keyboard", "奥机械键盘"),
]


def build(home: Path, dictionary: str) -> None:
    """Index the products with a shop's own words."""
    entries = parse_dictionary(dictionary, "dictionary.txt")
    build_index(home, PRODUCTS, dictionary=complete_dictionary(entries)[0])


def found_by_words(context: SearchContext, query: str) -> list[str]:
    """The products whose title holds a word of the query, without those that only share characters."""
    lexical = make_lexical_query(query, {"title.words": 1.0}, context.segmenter)
    [hits] = context.engine.retrieve([LexicalLeg(lexical, Filters(), 10)])
    return [hit.product_id for hit in hits]


def words(context: SearchContext, query: str) -> tuple[str, ...]:
    return search(SearchRequest(query, mode="lexical"), context).understood.words


def test_two_generations_are_searched_side_by_side_each_with_the_words_it_was_built_with(
    tmp_path: Path,
) -> None:
    build(tmp_path, "奶酪魔方\n国产机 100000 n")
    build(tmp_path, "")
    own, packaged = open_context(tmp_path, "gen-1"), open_context(tmp_path, "gen-2")
    for _ in range(2):
        assert words(own, "奶酪魔方") == ("奶酪", "魔方", "奶酪魔方")
        assert words(packaged, "奶酪魔方") == ("奶酪", "魔方")
        # The word cuts 机器 apart, in titles as in queries.
        assert words(own, "国产机器人") == ("国产", "国产机", "器人")
        assert words(packaged, "国产机器人") == ("国产", "机器", "机器人")


def test_a_word_finds_the_title_that_jieba_alone_cuts_across_it(tmp_path: Path) -> None:
    build(tmp_path, "奥机 100000 nz")
    build(tmp_path, "")
    own, packaged = open_context(tmp_path, "gen-1"), open_context(tmp_path, "gen-2")
    # jieba reads 机械 in 奥机械键盘.
    assert found_by_words(packaged, "奥机") == []
    assert found_by_words(own, "奥机") == ["keyboard"]


def test_a_word_of_the_dictionary_is_a_phrase_of_the_shop(tmp_path: Path) -> None:
    build(tmp_path, "国产机 100000 n")
    context = open_context(tmp_path, "gen-1")
    assert context.lexicon is not None
    assert context.lexicon.words.counts(["国产机"]) == [2]


def test_the_process_beside_the_indexer_cuts_by_the_same_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.build.BATCH_SIZE", 1)
    monkeypatch.setattr("shangsou.background.usable_cores", lambda: 2)
    build(tmp_path, "国产机 100000 n\n奥机 100000 nz")
    context = open_context(tmp_path, "gen-1")
    assert context.lexicon is not None
    assert context.lexicon.words.counts(["国产机"]) == [2]
    assert found_by_words(context, "奥机") == ["keyboard"]
