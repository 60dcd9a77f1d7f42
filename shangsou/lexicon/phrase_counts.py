"""In how many texts words and pairs of adjacent words occur, and in how many they come first or last."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import count
from operator import add
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.lexicon.word_arrays import WordArrays, distinct, join_numbers
from shangsou.text.terms import characters

# Maximum length of a phrase that a shopper would type, in characters.
_MAX_PHRASE_LENGTH = 20
# Weights of single words, above 0 for none, as of punctuation and numbers; a single Chinese character is only
# part of a phrase.
_PART, _PHRASE = 1, 2
_NO_PAIR = -1


class PhraseCounts(NamedTuple):
    """The number of texts with each phrase, by phrase; those in no text are left out."""

    words: Mapping[str, int]
    pairs: Mapping[str, int]
    """By both words joined."""
    character_pairs: Mapping[str, int]
    """Of two single characters, by both joined."""
    first: Mapping[str, int]
    """Of words and pairs alike, as in `last`."""
    last: Mapping[str, int]


class WordCollector(WordArrays):
    """Collects the words of texts and the characters between them, to count phrases."""

    def counts(self) -> PhraseCounts:
        """Return the counts of all phrases."""
        names, words, texts = self.names(), self.words(), self.texts()
        weights = np.fromiter(map(_weight, names), np.int8, len(names))[words]

        former = np.flatnonzero(_joins_next(names, words, texts, weights))
        phrases, number_of_pair = _number_pairs(names, words[former], words[former + 1])
        pair_at = np.full(len(words), _NO_PAIR, np.int32)
        pair_at[former] = number_of_pair

        weighted = np.flatnonzero(weights)
        first = weighted[np.diff(texts[weighted], prepend=-1) > 0]
        last = weighted[np.diff(texts[weighted], append=len(self)) > 0]
        is_phrase = weights == _PHRASE
        # One character may be a product word, as in `手机` and `壳`.
        begins_pair = is_phrase[former]
        are_characters = (weights[former] == _PART) & (weights[former + 1] == _PART)
        return PhraseCounts(
            words=_count_texts(phrases, words[is_phrase], texts[is_phrase]),
            pairs=_count_texts(phrases, number_of_pair[begins_pair], texts[former[begins_pair]]),
            character_pairs=_count_texts(
                phrases, number_of_pair[are_characters], texts[former[are_characters]]
            ),
            first=_count(phrases, np.append(words[first], pair_at[first])),
            # Nothing is paired across texts, nor is the last word of all, which stands before the first one.
            last=_count(phrases, np.append(words[last], pair_at[last - 1])),
        )


def _joins_next(
    names: Sequence[str], words: NDArray[np.int32], texts: NDArray[np.int32], weights: NDArray[np.int8]
) -> NDArray[np.bool_]:
    """Return which words make a pair with the next one that is still segmented as two when joined."""
    sizes = np.fromiter(map(len, names), np.int32, len(names))[words]
    begins_ascii = np.array([name[0].isascii() for name in names], np.bool_)[words]
    ends_ascii = np.array([name[-1].isascii() for name in names], np.bool_)[words]
    joins = np.zeros(len(words), np.bool_)
    joins[:-1] = (
        (texts[:-1] == texts[1:])
        & (weights[:-1] > 0)
        & (weights[1:] > 0)
        & (sizes[:-1] + sizes[1:] <= _MAX_PHRASE_LENGTH)
        & ~(ends_ascii[:-1] & begins_ascii[1:])
    )
    return joins


def _number_pairs(
    names: Sequence[str], first: NDArray[np.int32], second: NDArray[np.int32]
) -> tuple[list[str], NDArray[np.int32]]:
    """Return words and pairs by number, each text once, and the number of each pair."""
    in_texts = join_numbers(first, len(names), second)
    pairs = distinct(in_texts)
    former, latter = (map(names.__getitem__, words.tolist()) for words in np.divmod(pairs, len(names)))
    # A pair may be spelled like a word or like another pair.
    numbers = defaultdict(count(len(names)).__next__, zip(names, range(len(names)), strict=True))
    numbers_of_pairs = np.fromiter(map(numbers.__getitem__, map(add, former, latter)), np.int32, len(pairs))
    return list(numbers), numbers_of_pairs[np.searchsorted(pairs, in_texts)]


def _count_texts(
    phrases: Sequence[str], found: NDArray[np.int32], texts: NDArray[np.int32]
) -> dict[str, int]:
    """Count the texts in which each phrase was found, once or more often."""
    size = int(texts.max(initial=0)) + 1
    return _count(phrases, distinct(join_numbers(found, size, texts)) // size)


def _count(phrases: Sequence[str], found: NDArray[np.integer[Any]]) -> dict[str, int]:
    counts = np.bincount(found[found != _NO_PAIR])
    present = np.flatnonzero(counts)
    return dict(zip(map(phrases.__getitem__, present.tolist()), counts[present].tolist(), strict=True))


def _weight(word: str) -> int:
    """Return whether a word is a phrase, only part of one, or neither, such as punctuation and numbers."""
    # Letters and digits, as most words are, need no regular expression: all of them can be searched for.
    is_searchable = word.isalnum() or characters(word) == [word]
    if not is_searchable or word.isdecimal() or len(word) > _MAX_PHRASE_LENGTH:
        return 0
    return _PHRASE if len(word) > 1 else _PART * ("\u4e00" <= word <= "\u9fff")
