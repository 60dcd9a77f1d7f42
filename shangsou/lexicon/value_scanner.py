"""Find the values or brands of a shop in texts."""

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.text.joined_texts import JoinedTexts
from shangsou.text.word_trie import WordPlaces, WordTrie

# Texts that are scanned together; more do not take less time.
_BATCH_TEXTS = 1_024


class ValueSpan(NamedTuple):
    """A known value in a text."""

    value: str
    start: int
    end: int


class ValueScanner:
    """Finds values in texts; Latin ones only where they stand alone. Safe for many threads."""

    def __init__(self, values: Collection[str]) -> None:
        self._values = list(dict.fromkeys(values))
        self._known = frozenset(self._values)
        lengths: dict[str, set[int]] = {}
        for value in self._values:
            lengths.setdefault(value[:2], set()).add(len(value))
        self._singles = {value for value in self._values if len(value) == 1}
        self._lengths = {start: sorted(sizes, reverse=True) for start, sizes in lengths.items()}

    def find_longest(self, text: str) -> list[ValueSpan]:
        """Return the values in a text, the longest at each place, without overlaps."""
        found: list[ValueSpan] = []
        for start, end in self._places(text):
            if (not found or start >= found[-1].end) and _stands_alone(text, start, end):
                found.append(ValueSpan(text[start:end], start, end))
        return found

    def find_all(self, texts: Sequence[str]) -> dict[int, list[str]]:
        """Return by position in some texts the different values in each, also those inside longer ones.

        By arrays, which takes a quarter of the time for the titles of a shop.
        """
        values_of_texts: dict[int, list[str]] = {}
        for first in range(0, len(texts), _BATCH_TEXTS):
            joined = JoinedTexts(texts[first : first + _BATCH_TEXTS])
            places = self._find(joined.text)
            in_texts = np.unique(joined.rows(places.starts) * len(self._values) + places.words)
            for position in in_texts.tolist():
                row, value = divmod(position, len(self._values))
                values_of_texts.setdefault(first + row, []).append(self._values[value])
        return values_of_texts

    def _find(self, text: str) -> WordPlaces:
        """Return all places of the values in a text."""
        starts, ends, values = places = self._trie.find(text)
        # Chinese values, as most are, stand alone everywhere.
        inside = [
            place
            for place in np.flatnonzero(self._is_latin[values]).tolist()
            if not _stands_alone(text, int(starts[place]), int(ends[place]))
        ]
        return WordPlaces(*(np.delete(column, inside) for column in places))

    @cached_property
    def _trie(self) -> WordTrie:
        return WordTrie(self._values)

    @cached_property
    def _is_latin(self) -> NDArray[np.bool_]:
        """Whether each value begins or ends in a Latin letter or a digit."""
        return np.array([_is_latin(value[0]) or _is_latin(value[-1]) for value in self._values], np.bool_)

    def _places(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where the values in a text begin and end, the longest at each position first."""
        for start in range(len(text)):
            for length in self._lengths.get(text[start : start + 2], ()):
                end = start + length
                if end <= len(text) and text[start:end] in self._known:
                    yield start, end
            if text[start] in self._singles:
                yield start, start + 1


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Return whether a value is no part of a longer Latin word or number."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (
        (_is_latin(before) and _is_latin(text[start])) or (_is_latin(text[end - 1]) and _is_latin(after))
    )


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
