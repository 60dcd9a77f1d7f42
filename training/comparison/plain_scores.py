"""Scores of titles that need no training: BM25 of words, and the share of common bigrams."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.recipe import DEFAULT_B, DEFAULT_K1
from shangsou.text.segmenter import PACKAGED, Segmenter
from shangsou.text.terms import containment_terms, words

Scores = NDArray[np.float64]
BM25, BIGRAMS = "BM25 words", "common bigrams"
"""The names of the baselines."""


class TitleScorer(Protocol):
    """Scores all titles for a query."""

    def scores(self, query: str) -> Scores:
        """Return the score of each title for a normalized query, 0 to 1, shape (titles,)."""
        ...


class Bm25:
    """BM25 over the words of titles (Robertson and Zaragoza, 2009), as a share of the most there could be.

    So scores of queries of different lengths have one scale, on which a threshold can lie; the order of
    titles is that of BM25.

    Parameters
    ----------
    titles
        Normalized.
    k1, b
        By default those of an index.
    """

    def __init__(
        self,
        titles: Sequence[str],
        segmenter: Segmenter = PACKAGED,
        *,
        k1: float = DEFAULT_K1,
        b: float = DEFAULT_B,
    ) -> None:
        self._segmenter = segmenter
        self._postings = _Postings(titles, self._words)
        lengths = self._postings.lengths
        self._norm = k1 * (1 - b + b * lengths / max(1.0, float(lengths.mean())))
        self._k1 = k1

    def scores(self, query: str) -> Scores:
        """Return the score of each title, 0 to 1."""
        scores = np.zeros(len(self._norm))
        highest = 0.0
        for word in dict.fromkeys(self._words(query)):
            rows, counts = self._postings.of(word)
            # As Lucene has it, so that it is never below 0.
            idf = np.log1p((len(scores) - len(rows) + 0.5) / (len(rows) + 0.5))
            scores[rows] += idf * (self._k1 + 1) * counts / (counts + self._norm[rows])
            highest += idf * (self._k1 + 1)
        return scores / highest if highest else scores

    def _words(self, text: str) -> list[str]:
        return words(text, self._segmenter)


class BigramShare:
    """The share of distinct character bigrams that a query and a title have in common (Jaccard, 1901)."""

    def __init__(self, titles: Sequence[str]) -> None:
        self._postings = _Postings(titles, _distinct_bigrams)

    def scores(self, query: str) -> Scores:
        """Return the share of each title, 0 to 1."""
        bigrams = _distinct_bigrams(query)
        common = np.zeros(len(self._postings.lengths))
        for bigram in bigrams:
            common[self._postings.of(bigram)[0]] += 1
        return common / np.maximum(1, len(bigrams) + self._postings.lengths - common)


def plain_scorers(
    titles: Sequence[str],
    segmenter: Segmenter = PACKAGED,
    *,
    k1: float = DEFAULT_K1,
    b: float = DEFAULT_B,
) -> Mapping[str, TitleScorer]:
    """Return the baselines over titles, by name."""
    return {BM25: Bm25(titles, segmenter, k1=k1, b=b), BIGRAMS: BigramShare(titles)}


class _Postings:
    """The rows that hold each term, and how often."""

    def __init__(self, texts: Sequence[str], terms_of: Callable[[str], Sequence[str]]) -> None:
        # Rows and counts by turns: millions of pairs of Python's integers would take ten times as much.
        found: defaultdict[str, array[int]] = defaultdict(lambda: array("q"))
        self.lengths = np.zeros(len(texts))
        for row, text in enumerate(texts):
            terms = terms_of(text)
            self.lengths[row] = len(terms)
            for term, count in Counter(terms).items():
                found[term].extend((row, count))
        self._found = {term: np.array(pairs).reshape(-1, 2) for term, pairs in found.items()}

    def of(self, term: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the rows of a term and its counts there."""
        found = self._found.get(term)
        return (found[:, 0], found[:, 1]) if found is not None else (_NONE, _NONE)


_NONE = np.empty(0, np.int64)


def _distinct_bigrams(text: str) -> list[str]:
    return list(dict.fromkeys(containment_terms(text)))
