"""The terms of one field of all documents, collected row by row, and counted as arrays."""

from array import array
from collections import defaultdict
from collections.abc import Sequence
from itertools import count
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.embedded.term_counts import Numbers, TermCounts
from shangsou.engines.fields import TITLE_PARTS
from shangsou.text.character_arrays import gram_text, split_characters

# Texts counted at a time: a few megabytes of characters.
_BATCH_TEXTS = 1 << 13


class FieldTerms(NamedTuple):
    """How often each term occurs in each document: entries by term, then by row."""

    names: Sequence[str]
    """The distinct terms."""
    doc_freq: Numbers
    """The entries of each."""
    rows: NDArray[np.int32]
    frequencies: NDArray[np.integer]


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
        counts = TermCounts()
        first = 0
        for start in range(0, len(self._rows), _BATCH_TEXTS):
            lengths = np.array(self._lengths[start : start + _BATCH_TEXTS], np.int64)
            rows = np.repeat(np.array(self._rows[start : start + _BATCH_TEXTS], np.int64), lengths)
            counts.count(np.array(self._numbers[first : first + len(rows)], np.int64), rows)
            first += len(rows)
        # Each word of the vocabulary occurs, so that they are numbered without gaps.
        return FieldTerms(list(self._vocabulary), *counts.finish()[1:])


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
        counts = TermCounts()
        for start in range(0, len(self._texts), _BATCH_TEXTS):
            characters = split_characters(self._texts[start : start + _BATCH_TEXTS])
            rows = np.array(self._rows[start : start + _BATCH_TEXTS], np.int64)
            # Characters come before bigrams, which are greater numbers, and both in the order of Unicode.
            bigrams, texts = characters.bigrams()
            counts.count(np.append(characters.codes, bigrams), rows[np.append(characters.texts, texts)])
        grams, doc_freq, rows_of_grams, frequencies = counts.finish()
        return FieldTerms(list(map(gram_text, grams.tolist())), doc_freq, rows_of_grams, frequencies)


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
        counts = TermCounts()
        for start in range(0, len(self._titles), _BATCH_TEXTS):
            batch = slice(start, start + _BATCH_TEXTS)
            codes, texts, frequencies = _count_coverage(self._titles[batch], self._others[batch])
            counts.add(codes, np.array(self._rows[batch], np.int64)[texts], frequencies)
        found = counts.finish()
        return FieldTerms(list(map(chr, found.terms.tolist())), found.doc_freq, found.rows, found.frequencies)


def _count_coverage(titles_of: Sequence[str], others_of: Sequence[str]) -> tuple[Numbers, Numbers, Numbers]:
    """Return the distinct characters of texts, by character, then by text, and how often each counts."""
    titles, others = split_characters(titles_of), split_characters(others_of)
    letters, texts = np.append(titles.codes, others.codes), np.append(titles.texts, others.texts)
    sizes = np.bincount(titles.texts, minlength=len(titles_of))
    positions = np.arange(len(titles.codes)) - (np.cumsum(sizes) - sizes)[titles.texts]
    # One number for a character, a text and the position in its title; outside of it the last one of all.
    outside = int(sizes.max(initial=0))
    positions = np.append(positions, np.full(len(others.codes), outside))
    found = np.sort((letters * len(sizes) + texts) * (outside + 1) + positions)
    found, positions = np.divmod(found, outside + 1)
    is_first = np.diff(found, prepend=-1) > 0
    codes, texts = np.divmod(found[is_first], len(sizes))
    # The characters of each part, from the first one on, that begin the title.
    ends = [-(-sizes * parts // TITLE_PARTS) for parts in range(1, TITLE_PARTS)]
    return codes, texts, 1 + np.sum([positions[is_first] < end[texts] for end in ends], axis=0)
