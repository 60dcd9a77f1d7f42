"""All places of many words in a text, by arrays: from every position of the text at once."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
# Bits of a code point.
_CODE_BITS = 21
_NO_WORD = -1


class WordPlaces(NamedTuple):
    """Where words stand in a text: arrays of one entry for each place, words of one length together."""

    starts: Numbers
    ends: Numbers
    words: Numbers
    """By position in the sequence of words."""


class _Level(NamedTuple):
    """The beginnings of words that have one length."""

    keys: Numbers
    """The number of the beginning without its last character, and the code point of that. Ascending."""
    words: Numbers
    """The word that each beginning is itself."""


class WordTrie:
    """A trie of words, of which each level is an array."""

    def __init__(self, words: Sequence[str]) -> None:
        self._levels = list(_levels(words))

    def find(self, text: str) -> WordPlaces:
        """Return all places of the words in a text, also those inside longer words."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
        found = list(self._walk(codes)) or [WordPlaces(*np.empty((3, 0), np.int64))]
        return WordPlaces(*map(np.concatenate, zip(*found, strict=True)))

    def _walk(self, codes: Numbers) -> Iterator[WordPlaces]:
        """Go down the trie from all positions, and yield the words of each length."""
        starts, nodes = np.arange(len(codes)), np.zeros(len(codes), np.int64)
        for length, level in enumerate(self._levels, 1):
            keys = nodes << _CODE_BITS | codes[starts + length - 1]
            nodes = np.minimum(np.searchsorted(level.keys, keys), len(level.keys) - 1)
            continues = level.keys[nodes] == keys
            starts, nodes = starts[continues], nodes[continues]
            words = level.words[nodes]
            is_word = words != _NO_WORD
            yield WordPlaces(starts[is_word], starts[is_word] + length, words[is_word])
            has_next = starts + length < len(codes)
            starts, nodes = starts[has_next], nodes[has_next]


def _levels(words: Sequence[str]) -> Iterator[_Level]:
    numbers = {word: number for number, word in enumerate(words)}
    ordered = sorted(numbers)
    parents = {"": 0}
    for length in range(1, max(map(len, ordered), default=0) + 1):
        beginnings = list(dict.fromkeys(word[:length] for word in ordered if len(word) >= length))
        keys = [parents[beginning[:-1]] << _CODE_BITS | ord(beginning[-1]) for beginning in beginnings]
        of_words = [numbers.get(beginning, _NO_WORD) for beginning in beginnings]
        yield _Level(np.array(keys, np.int64), np.array(of_words, np.int64))
        parents = {beginning: node for node, beginning in enumerate(beginnings)}
