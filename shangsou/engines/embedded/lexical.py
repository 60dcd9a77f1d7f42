"""BM25 scores and strict matches of all rows."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from shangsou.engines.embedded.postings import Postings
from shangsou.engines.fields import COVERAGE_FIELD, TEXTS
from shangsou.engines.query import LexicalQuery
from shangsou.method_cache import cached_method
from shangsou.text.terms import containment_terms

Mask = NDArray[np.bool_]
# Cached lookups of terms and counts: for three kinds of fields, of as many searches as run concurrently
# in a server.
_CACHE_SIZE = 16
_WORD_FIELDS = tuple(f"{text}.words" for text in TEXTS)
_GRAM_FIELDS = tuple(f"{text}.grams" for text in TEXTS)


class LexicalIndex:
    """Postings that score and match every row."""

    def __init__(self, postings: Postings, rows: int) -> None:
        self._rows = rows
        # Scores, strict matches and explanations of one search look up the same terms.
        self._find_postings = lru_cache(_CACHE_SIZE)(postings.find)
        self._cached_counts = cached_method(self._count_terms, _CACHE_SIZE)
        # A query shared by all calls of one search is scored and matched once.
        self._last_scored: tuple[LexicalQuery, NDArray[np.float32]] | None = None
        self._last_matched: tuple[LexicalQuery, Mask] | None = None

    def scores(self, query: LexicalQuery) -> NDArray[np.float32]:
        """Return the score of each row, that of its best alternative; callers must not change it."""
        last = self._last_scored
        if last is not None and last[0].scores_like(query):
            return last[1]
        scores = self.weighted_scores(query.weights, query)
        for alternative in query.alternatives:
            np.maximum(scores, self.weighted_scores(alternative.weights, alternative), out=scores)
        self._last_scored = (query, scores)
        return scores

    def weighted_scores(self, weights: Mapping[str, float], query: LexicalQuery) -> NDArray[np.float32]:
        """Return the score of each row for a query without its alternatives, with these weights of fields."""
        scores = np.zeros(self._rows, np.float32)
        for fields, terms in (
            (_WORD_FIELDS, query.words),
            (_GRAM_FIELDS, query.grams),
            ((COVERAGE_FIELD,), query.characters),
        ):
            factors = [query.term_weights.get(term, 1.0) for term in terms]
            for field, postings in zip(fields, self._find_postings(fields, terms), strict=True):
                weight = weights.get(field, 0.0)
                for (rows, impacts), factor in zip(postings, factors, strict=True) if weight else ():
                    if len(rows):
                        # Three times as fast as `scores[rows] +=`; no row occurs twice in a list.
                        np.add.at(scores, rows, weight * factor * impacts)
        return scores

    def strict_matches(self, query: LexicalQuery) -> Mask:
        """Return which rows match strictly; callers must not change it."""
        last = self._last_matched
        if last is not None and last[0] == query:
            return last[1]
        mask = np.zeros(self._rows, np.bool_)
        for wording in query.wordings:
            if wording.words:
                mask |= self._cached_counts(_WORD_FIELDS, wording.words) == len(wording.words)
            if wording.required_grams:
                mask |= self._cached_counts(_GRAM_FIELDS, wording.required_grams) >= wording.required_count
        self._last_matched = (query, mask)
        return mask

    def containing(self, text: str) -> Mask:
        """Return which rows contain a normalized text."""
        terms = tuple(containment_terms(text))
        mask: Mask = self._count_terms(_GRAM_FIELDS, terms) == len(terms)
        return mask

    def _count_terms(self, fields: tuple[str, ...], terms: tuple[str, ...]) -> NDArray[np.uint16]:
        """Return the number of the terms that each row holds, in any of its texts."""
        counts = np.zeros(self._rows, np.uint16)
        for in_fields in zip(*self._find_postings(fields, terms), strict=True):
            filled = [rows for rows, _ in in_fields if len(rows)]
            if len(filled) == 1:
                counts[filled[0]] += 1
            elif filled:
                holding = np.zeros(self._rows, np.bool_)
                for rows in filled:
                    holding[rows] = True
                counts += holding
        return counts
