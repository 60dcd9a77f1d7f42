"""Masks of whole words."""

from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.text.segmenter import PACKAGED
from training.encoder.base_weights import BaseEncoder
from training.pretraining.word_masks import (
    TokenizedTexts,
    TokenRange,
    choose_words,
    mask_batch,
    number_words,
    token_range,
    tokenize,
)

TOKENS = TokenRange(mask=4, padding=0, ordinary=np.arange(10, 20))


def test_each_token_knows_its_word():
    # [CLS] 红 色 连 衣 裙 [SEP]
    begins = np.array([0, 0, 1, 2, 3, 4, 0])
    is_special = np.array([True, False, False, False, False, False, True])
    assert number_words(["红色", "连衣裙"], begins, is_special).tolist() == [-1, 0, 0, 1, 1, 1, -1]


def test_a_token_of_several_characters_belongs_to_the_word_that_it_begins_in():
    # ipad air 保护套, in which "ipad" and "air" are a token each.
    begins = np.array([0, 5, 9, 10, 11])
    numbers = number_words(["ipad", " ", "air", " ", "保护套"], begins, np.zeros(5, np.bool_))
    assert numbers.tolist() == [0, 2, 4, 4, 4]


@given(st.lists(st.integers(1, 4), min_size=1, max_size=12), st.floats(0.05, 0.95), st.integers(0, 100))
def test_words_are_hidden_whole_and_up_to_the_share(lengths: list[int], share: float, seed: int):
    words = np.repeat(np.arange(len(lengths)), lengths).astype(np.int32)
    chosen = choose_words(words, share, np.random.default_rng(seed))
    for word in range(len(lengths)):
        assert len(set(chosen[words == word].tolist())) == 1
    # The word that reaches the share is the last one.
    assert 1 <= chosen.sum() < share * len(words) + max(lengths)


def test_a_hidden_token_is_a_mask_in_8_of_10_places_another_one_in_1_and_itself_in_1():
    words = np.array([-1, *([0] * 5000), -1], np.int32)
    tokens = np.array([2, *([10] * 5000), 3], np.int32)
    masked = mask_batch(TokenizedTexts([tokens], [words]), [0], 0.3, TOKENS, np.random.default_rng(1))
    assert masked.is_predicted.tolist() == [[False, *([True] * 5000), False]]
    seen = masked.seen[0, 1:-1]
    # 10 is one of ten ordinary tokens: .1 of the random ones are the original.
    assert (seen == 4).mean() == pytest.approx(0.8, abs=0.02)
    assert ((seen > 10) & (seen < 20)).mean() == pytest.approx(0.09, abs=0.015)
    assert (seen == 10).mean() == pytest.approx(0.11, abs=0.015)
    assert masked.seen[0, [0, -1]].tolist() == [2, 3]


def test_shorter_texts_are_filled_up_and_nothing_of_that_is_predicted():
    texts = TokenizedTexts(
        [np.array([2, 11, 3], np.int32), np.array([2, 12, 13, 14, 3], np.int32)],
        [np.array([-1, 0, -1], np.int32), np.array([-1, 0, 0, 1, -1], np.int32)],
    )
    masked = mask_batch(texts, [0, 1], 0.3, TOKENS, np.random.default_rng(0))
    assert masked.original.tolist() == [[2, 11, 3, 0, 0], [2, 12, 13, 14, 3]]
    assert masked.is_text.tolist() == [[True] * 3 + [False] * 2, [True] * 5]
    assert masked.is_of_word.tolist() == [
        [False, True, False, False, False],
        [False, True, True, True, False],
    ]
    assert not (masked.is_predicted & ~masked.is_of_word).any()


@pytest.mark.skipif(find_spec("torch") is None, reason="training needs the extra [torch]")
def test_texts_become_tokens_with_words_and_what_has_no_token_is_left_out(toy: BaseEncoder):
    # The toy knows single characters; jieba has 雨伞 as a word, and the toy not 雨.
    texts = tokenize(["红伞", "", "棉鞋"], toy.model.tokenizer, PACKAGED, max_tokens=32)
    names = [toy.model.tokenizer.convert_ids_to_tokens(row.tolist()) for row in texts.tokens]
    assert names == [["[CLS]", "红", "伞", "[SEP]"], ["[CLS]", "棉", "鞋", "[SEP]"]]
    assert all(row[0] == row[-1] == -1 for row in texts.words)
    tokens = token_range(toy.model.tokenizer)
    assert (tokens.padding, tokens.mask) == (0, 4)
    # All but the five special ones.
    assert tokens.ordinary.tolist() == list(range(5, len(toy.model.tokenizer)))
