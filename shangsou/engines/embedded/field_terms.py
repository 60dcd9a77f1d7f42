"""The terms of one field of all documents, collected row by row, and counted as arrays."""

from array import array
from collections import defaultdict
from collections.abc import Sequence
from itertools import count
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.fields import TITLE_PARTS
from shangsou.text.character_arrays import split_characters

Numbers = NDArray[np.int64]


class FieldTerms(NamedTuple):
    """How often each term occurs in each document: entries by term, then by row."""

    names: Sequence[str]
    """The terms by number."""
    numbers: Numbers
    rows: Numbers
    frequencies: Numbers


class FieldBuilder(Protocol):
    """Collects a field."""

    def terms(self) -> FieldTerms:
        """Return the terms of all documents that were added."""


class WordsBuilder:
    """Collects a field of any terms."""

    def __init__(self) -> None:
        self._vocabulary: defaultdict[str, int] = defaultdict(count().__next__)
        self._numbers = array("I")
        self._rows = array("I")
        self._lengths = array("I")

    def add(self, row: int, terms: Sequence[str]) -> None:
        """Add the terms of the document at `row`, with repetitions. Rows ascend."""
        self._numbers.extend(map(self._vocabulary.__getitem__, terms))
        self._rows.append(row)
        self._lengths.append(len(terms))

    def terms(self) -> FieldTerms:
        """Return the terms of all documents that were added."""
        rows = np.repeat(np.array(self._rows, np.int64), self._lengths)
        return FieldTerms(list(self._vocabulary), *_count(np.array(self._numbers, np.int64), rows))


class GramsBuilder:
    """Collects a field of the character n-grams of texts, those of `terms.grams`."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._rows = array("I")

    def add(self, row: int, text: str) -> None:
        """Add the normalized text of the document at `row`. Rows ascend."""
        self._texts.append(text)
        self._rows.append(row)

    def terms(self) -> FieldTerms:
        """Return the terms of all documents that were added."""
        characters = split_characters(self._texts)
        alphabet, letters = _number_characters(characters.codes)
        first = np.flatnonzero(characters.begins_bigram)
        # Characters by number, then bigrams by those of both.
        bigrams = (letters[first] + 1) * len(alphabet) + letters[first + 1]
        texts = np.append(characters.texts, characters.texts[first])
        grams, rows, frequencies = _count(np.append(letters, bigrams), np.array(self._rows, np.int64)[texts])
        is_new = np.diff(grams, prepend=-1) > 0
        names = [
            alphabet[gram // len(alphabet) - 1] + alphabet[gram % len(alphabet)]
            if gram >= len(alphabet)
            else alphabet[gram]
            for gram in grams[is_new].tolist()
        ]
        return FieldTerms(names, np.cumsum(is_new) - 1, rows, frequencies)


class CoverageBuilder:
    """Collects the characters of all texts, repeated as `fields.document_terms` does."""

    def __init__(self) -> None:
        self._titles: list[str] = []
        self._others: list[str] = []
        self._rows = array("I")

    def add(self, row: int, title: str, others: str) -> None:
        """Add the normalized title and all other texts of the document at `row`. Rows ascend."""
        self._titles.append(title)
        self._others.append(others)
        self._rows.append(row)

    def terms(self) -> FieldTerms:
        """Return the terms of all documents that were added."""
        titles, others = split_characters(self._titles), split_characters(self._others)
        alphabet, letters = _number_characters(np.append(titles.codes, others.codes))
        texts = np.append(titles.texts, others.texts)
        sizes = np.bincount(titles.texts, minlength=len(self._titles))
        positions = np.arange(len(titles.codes)) - (np.cumsum(sizes) - sizes)[titles.texts]
        # One number for a character, a text and the position in its title; outside of it the last one of all.
        outside = int(sizes.max(initial=0))
        positions = np.append(positions, np.full(len(others.codes), outside))
        found = np.sort((letters * len(sizes) + texts) * (outside + 1) + positions)
        found, positions = np.divmod(found, outside + 1)
        is_first = np.diff(found, prepend=-1) > 0
        numbers, texts = np.divmod(found[is_first], len(sizes))
        # The characters of each part, from the first one on, that begin the title.
        ends = [-(-sizes * parts // TITLE_PARTS) for parts in range(1, TITLE_PARTS)]
        frequencies = 1 + np.sum([positions[is_first] < end[texts] for end in ends], axis=0)
        return FieldTerms(alphabet, numbers, np.array(self._rows, np.int64)[texts], frequencies)


def _number_characters(codes: Numbers) -> tuple[list[str], Numbers]:
    """Return the different characters, in order, and the number of each one among them."""
    counts = np.bincount(codes)
    # A table of all characters takes a tenth of the time of np.unique.
    return list(map(chr, np.flatnonzero(counts).tolist())), (np.cumsum(counts > 0) - 1)[codes]


def _count(numbers: Numbers, rows: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return the distinct pairs of numbers and rows, in order, and how often each occurs."""
    size = int(rows.max(initial=0)) + 1
    pairs, frequencies = np.unique(numbers * size + rows, return_counts=True)
    return *np.divmod(pairs, size), frequencies
