"""Terms of normalized text: words and character n-grams."""

import io
from functools import cache

import jieba
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.text.normalize import normalize
from shangsou.text.segmenter import PACKAGED, Segmenter
from shangsou.text.terms import bigrams, characters, grams, words


def test_words_hold_the_shorter_words_inside_long_ones() -> None:
    assert words("连衣裙", PACKAGED) == ["连衣", "衣裙", "连衣裙"]


def test_punctuation_and_spaces_are_no_words() -> None:
    assert words("红色, 手机!", PACKAGED) == ["红色", "手机"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("usb-c", ["usb-c", "usb", "c"]),
        ("4.7寸", ["4.7", "4", "7", "寸"]),
        ("wh-1000xm4耳机", ["wh-1000xm4", "wh", "1000xm4", "耳机"]),
    ],
)
def test_a_model_number_is_a_word_whole_and_in_parts(text: str, expected: list[str]) -> None:
    assert words(text, PACKAGED) == expected


def test_an_emoji_is_a_word_and_a_character() -> None:
    assert words("👗", PACKAGED) == ["👗"]
    assert grams("👗") == ["👗"]


def test_grams_are_characters_then_neighbours_and_do_not_cross_spaces() -> None:
    assert grams("红裙 a1") == ["红", "裙", "a", "1", "红裙", "a1"]


def test_punctuation_is_dropped_from_grams_so_that_spellings_of_a_model_meet() -> None:
    assert grams("usb-c") == grams("usbc")


def test_bigrams_of_a_single_character_are_none() -> None:
    assert bigrams(characters("伞")) == []


@given(st.text())
def test_no_term_ever_holds_a_space(text: str) -> None:
    normalized = normalize(text)
    terms = [*words(normalized, PACKAGED), *grams(normalized)]
    assert not any(char.isspace() for term in terms for char in term)


_ALPHABET = "夏季新款红色连衣裙女修身显瘦手机壳充电器苹果适用防摔"
# Each character once: where unknown syllables repeat (`电电电`), two paths of the hidden Markov model are as
# likely, and the two libraries take different ones (4 of 60,000 random texts).
CHINESE = st.lists(st.sampled_from(_ALPHABET), min_size=1, max_size=20, unique=True).map("".join)


@given(CHINESE)
def test_chinese_words_are_those_of_jieba(text: str) -> None:
    assert words(text, PACKAGED) == list(jieba.cut_for_search(text))


# Words that jieba does not know and words that it knows, rare and frequent, some of which hold others.
@pytest.mark.parametrize(
    "dictionary",
    [
        "女修身 1 n",
        "手机壳充电器 2 n\n壳充 100000 n\n连衣裙 500 n",
        "红色连衣 3000 n\n衣裙女 3000 nz\n苹果适用 40 v\n夏季新款 1 n\n新款红 9000000 n",
    ],
)
@given(text=CHINESE)
def test_with_a_dictionary_chinese_words_are_those_of_jieba_with_it(dictionary: str, text: str) -> None:
    assert words(text, Segmenter(dictionary)) == list(_jieba_with(dictionary).cut_for_search(text))


@cache
def _jieba_with(dictionary: str) -> jieba.Tokenizer:
    tokenizer = jieba.Tokenizer()
    tokenizer.load_userdict(io.StringIO(dictionary))
    return tokenizer
