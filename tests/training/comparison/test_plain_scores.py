"""BM25 of words and the share of common bigrams, by hand."""

from math import log

import pytest

from training.comparison.plain_scores import BigramShare, Bm25


def test_bm25_is_a_share_of_the_most_that_the_query_could_have():
    # Two titles of one word each: its inverse document frequency is log(1 + 1.5 / 1.5) = log 2, its norm k1.
    scores = Bm25(["雨伞", "水杯"], k1=1.0, b=0.0).scores("雨伞")
    # 1 of (1 + k1), that is (k1 + 1) x 1 / (1 + k1) over (k1 + 1).
    assert scores.tolist() == pytest.approx([0.5, 0.0])


def test_a_rare_word_counts_more_than_a_frequent_one():
    scores = Bm25(["雨伞", "水杯", "水杯"], k1=1.0, b=0.0).scores("雨伞水杯")
    rare, frequent = log(1 + 2.5 / 1.5), log(1 + 1.5 / 2.5)
    assert scores.tolist() == pytest.approx(
        [rare / 2 / (rare + frequent), *[frequent / 2 / (rare + frequent)] * 2]
    )


def test_a_longer_title_scores_lower_for_the_same_word():
    first, second = Bm25(["雨伞", "雨伞 水杯 书包"]).scores("雨伞").tolist()
    assert first > second > 0


def test_words_that_no_title_holds_score_0():
    assert Bm25(["雨伞"]).scores("书包").tolist() == [0.0]


def test_the_share_of_bigrams_is_of_all_that_either_has():
    # 红裙, 裙子 against 红裙, 裙女: one of three.
    assert BigramShare(["红裙女", "杯子"]).scores("红裙子").tolist() == pytest.approx([1 / 3, 0.0])


def test_a_repeated_bigram_counts_once():
    assert BigramShare(["哈哈哈哈"]).scores("哈哈").tolist() == [1.0]


def test_a_single_character_is_compared_too_and_an_empty_text_has_nothing_in_common():
    assert BigramShare(["杯"]).scores("杯").tolist() == [1.0]
    assert BigramShare(["杯"]).scores("").tolist() == [0.0]
