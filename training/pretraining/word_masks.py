"""Masks of whole words: which tokens of a text are not seen, and what stands in their place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.text.segmenter import Segmenter

# Of the tokens that are to be predicted so many are replaced by [MASK], and as many again of the rest by a
# random token as stay as they are (Devlin et al. 2018).
_MASKED, _RANDOM = 0.8, 0.1
_NO_WORD = -1
# As many at a time as tokenizers keep busy with.
_TEXTS_AT_A_TIME = 4_096


@dataclass(frozen=True, slots=True)
class TokenizedTexts:
    """Texts as tokens that know their word."""

    tokens: Sequence[NDArray[np.int32]]
    """Of each text, with those that begin and end it."""
    words: Sequence[NDArray[np.int32]]
    """Of each token the number of its word in the text; -1 for what is of no word."""

    def __len__(self) -> int:
        return len(self.tokens)


class MaskedTexts(NamedTuple):
    """A batch of texts, each filled up to the longest. All of shape (texts, tokens)."""

    original: NDArray[np.int64]
    seen: NDArray[np.int64]
    """The original with masks."""
    is_predicted: NDArray[np.bool_]
    """By the encoder."""
    is_text: NDArray[np.bool_]
    """A token of the text, with those that begin and end it."""
    is_of_word: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TokenRange:
    """Which tokens there are."""

    mask: int
    padding: int
    ordinary: NDArray[np.int64]
    """Tokens that may stand in the place of another."""


def token_range(tokenizer: Any) -> TokenRange:
    """Return the tokens of a tokenizer of transformers."""
    special = set(tokenizer.all_special_ids)
    ordinary = np.array([token for token in range(len(tokenizer)) if token not in special], np.int64)
    return TokenRange(tokenizer.mask_token_id, tokenizer.pad_token_id, ordinary)


def tokenize(
    texts: Sequence[str], tokenizer: Any, segmenter: Segmenter, *, max_tokens: int
) -> TokenizedTexts:
    """Return the tokens of texts and their words, without texts that have none.

    Parameters
    ----------
    texts
        Normalized.
    tokenizer
        A fast one of transformers.
    max_tokens
        Longer texts are cut.
    """
    tokens: list[NDArray[np.int32]] = []
    words: list[NDArray[np.int32]] = []
    for start in range(0, len(texts), _TEXTS_AT_A_TIME):
        batch = list(texts[start : start + _TEXTS_AT_A_TIME])
        encoded = tokenizer(
            batch,
            truncation=True,
            max_length=max_tokens,
            return_offsets_mapping=True,
            return_special_tokens_mask=True,
        )
        for row, text in enumerate(batch):
            places = np.array(encoded["offset_mapping"][row], np.int64)
            is_special = np.array(encoded["special_tokens_mask"][row], np.bool_)
            if is_special.all():
                continue
            tokens.append(np.array(encoded["input_ids"][row], np.int32))
            words.append(number_words(segmenter.cut(text), places[:, 0], is_special))
    return TokenizedTexts(tokens, words)


def number_words(
    words: Sequence[str], begins: NDArray[np.int64], is_special: NDArray[np.bool_]
) -> NDArray[np.int32]:
    """Return the word of each token.

    Parameters
    ----------
    words
        Of the text; joined they are it.
    begins
        Where in the text each token begins.
    is_special
        Whether it is none of the text.
    """
    ends = np.cumsum([len(word) for word in words])
    numbers = np.searchsorted(ends, begins, side="right")
    return np.where(is_special, _NO_WORD, numbers).astype(np.int32)


def choose_words(words: NDArray[np.int32], share: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return which tokens are of words drawn until a share of all tokens is reached, of one at least."""
    numbers, counts = np.unique(words[words != _NO_WORD], return_counts=True)
    order = rng.permutation(len(numbers))
    before = np.concatenate([[0], np.cumsum(counts[order])[:-1]])
    chosen = numbers[order[before < share * counts.sum()]]
    return np.isin(words, chosen)


def pad_batch(
    texts: TokenizedTexts, rows: Sequence[int] | NDArray[np.int64], padding: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the tokens of some texts, filled up to the longest, and which of them are of a text."""
    shape = (len(rows), max(len(texts.tokens[row]) for row in rows))
    tokens, is_text = np.full(shape, padding, np.int64), np.zeros(shape, np.bool_)
    for place, row in enumerate(rows):
        length = len(texts.tokens[row])
        tokens[place, :length] = texts.tokens[row]
        is_text[place, :length] = True
    return tokens, is_text


def mask_batch(
    texts: TokenizedTexts,
    rows: Sequence[int] | NDArray[np.int64],
    share: float,
    tokens: TokenRange,
    rng: np.random.Generator,
) -> MaskedTexts:
    """Return some of the texts with masks on whole words."""
    original, is_text = pad_batch(texts, rows, tokens.padding)
    is_predicted, is_of_word = np.zeros_like(is_text), np.zeros_like(is_text)
    for place, row in enumerate(rows):
        words = texts.words[row]
        is_of_word[place, : len(words)] = words != _NO_WORD
        is_predicted[place, : len(words)] = choose_words(words, share, rng)
    draws = rng.random(original.shape)
    others = rng.choice(tokens.ordinary, original.shape)
    seen = np.where(is_predicted & (draws < _MASKED + _RANDOM), others, original)
    seen[is_predicted & (draws < _MASKED)] = tokens.mask
    return MaskedTexts(original, seen, is_predicted, is_text, is_of_word)
