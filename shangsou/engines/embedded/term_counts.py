"""Counts of terms in documents, batch by batch, in as little memory as they are kept in."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


class CountedTerms(NamedTuple):
    """How often each term occurs in each document: entries by term, then by row."""

    terms: Numbers
    """The distinct terms, ascending."""
    doc_freq: Numbers
    """The entries of each."""
    rows: NDArray[np.int32]
    frequencies: NDArray[np.integer]


class TermCounts:
    """Collects the counts of batches of documents.

    One sort of all terms of a million titles would take gigabytes; those of a batch fit into the cache.
    """

    def __init__(self) -> None:
        self._batches: list[CountedTerms] = []

    def count(self, terms: Numbers, rows: Numbers) -> None:
        """Count the terms of a batch, each with the row of its document; rows follow those before."""
        size = int(rows.max(initial=0)) + 1
        pairs, frequencies = np.unique(terms * size + rows, return_counts=True)
        self.add(*np.divmod(pairs, size), frequencies)

    def add(self, terms: Numbers, rows: Numbers, frequencies: Numbers) -> None:
        """Add the counts of a batch, by term, then by row; rows follow those before."""
        first = np.flatnonzero(np.diff(terms, prepend=-1))
        # Nearly all frequencies are small.
        narrow = np.min_scalar_type(int(frequencies.max(initial=0)))
        self._batches.append(
            CountedTerms(
                terms[first],
                np.diff(first, append=len(terms)),
                rows.astype(np.int32),
                frequencies.astype(narrow),
            )
        )

    def finish(self) -> CountedTerms:
        """Return the counts of all batches, which are dropped here one by one."""
        batches, self._batches = self._batches, []
        terms = np.unique(np.concatenate([np.empty(0, np.int64), *(batch.terms for batch in batches)]))
        doc_freq = np.zeros(len(terms), np.int64)
        for batch in batches:
            doc_freq[np.searchsorted(terms, batch.terms)] += batch.doc_freq
        rows = np.empty(int(doc_freq.sum()), np.int32)
        widest = max((batch.frequencies.dtype.itemsize for batch in batches), default=1)
        frequencies = np.empty(len(rows), f"u{widest}")
        # Where the next entry of each term goes.
        following = np.cumsum(doc_freq) - doc_freq
        for batch in (batches.pop(0) for _ in range(len(batches))):
            numbers = np.searchsorted(terms, batch.terms)
            begins = np.cumsum(batch.doc_freq) - batch.doc_freq
            places = np.arange(len(batch.rows)) + np.repeat(following[numbers] - begins, batch.doc_freq)
            rows[places], frequencies[places] = batch.rows, batch.frequencies
            following[numbers] += batch.doc_freq
        return CountedTerms(terms, doc_freq, rows, frequencies)
