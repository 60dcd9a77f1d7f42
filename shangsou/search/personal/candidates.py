"""Candidates of a search with the features that do not depend on the shopper."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.search.personal.product_traits import UNKNOWN, Traits
from shangsou.text.terms import characters

Floats = NDArray[np.floating[Any]]
# A type of which there are fewer among the candidates, as a share, got there by chance. On SIMULATED
# shoppers MRR@10 is .0954 and .0703 (with a taste, and indifferent) against .0948 and .0616 without this;
# only the types of two among the first twenty candidates are too few (.0789 and .0545).
_MIN_TYPE_SHARE = 0.02
# So few candidates that hold the whole query are no background to compare with: all are.
_MIN_COVERING = 20


class CandidatePool(NamedTuple):
    """The candidates of a search, in their plain order. Arrays have shape (candidates,)."""

    product_ids: tuple[str, ...]
    score: Floats
    """Fused; 0 beyond the fused candidates."""
    lexical: Floats
    """BM25 as a share of the best."""
    cosine: Floats
    """Of title or description with the query; 0 where it was not among the nearest."""
    other_type: NDArray[np.bool_]
    """Of another type than the query asks for, though others are of that."""

    def at(self, positions: Iterable[int]) -> "CandidatePool":
        """Return the candidates at these positions, in this order."""
        chosen = list(positions)
        ids = tuple(self.product_ids[position] for position in chosen)
        score, lexical, cosine = self.score[chosen], self.lexical[chosen], self.cosine[chosen]
        return CandidatePool(ids, score, lexical, cosine, self.other_type[chosen])


class CandidateFeatures:
    """A pool with the traits of its products."""

    def __init__(
        self,
        pool: CandidatePool,
        traits: Traits,
        query_text: str,
        asked_types: Sequence[str] = (),
        kinds: Collection[int] = (),
    ) -> None:
        count = len(traits.brands)
        self.pool = pool
        self.query_text = query_text
        self.words, self.lengths = traits.words, traits.word_counts
        self.owners = np.repeat(np.arange(count), self.lengths)
        self.brands, self.categories, self.log_prices = traits.brands, traits.categories, traits.log_prices
        self.types = traits.types
        self.is_kind = np.isin(self.types, list(kinds))
        """Whether each is of a type that is a kind of the thing that the query names."""
        self.is_asked_kind = self.is_kind if asked_types else np.zeros(count, np.bool_)
        """The same where the query is known to name a type, so that it asks for every kind of it."""
        self.asked_types = _find_asked_types(self.types)
        """Of what the query finds."""
        self.values, self.value_counts = traits.values, traits.value_counts
        self.has_price = ~np.isnan(self.log_prices)
        self.coverage = _compute_coverage(traits, _without_words(query_text, asked_types))
        self.full_coverage = self.coverage >= 1
        # Nobody asked about what lies beyond the fused candidates: it goes by others of its category.
        self.other_type = pool.other_type
        if pool.other_type.any():
            same_category = np.isin(self.categories, self.categories[pool.other_type])
            self.other_type = pool.other_type | (same_category & (self.categories != UNKNOWN))
        # What a shopper of this query chooses among.
        background = (
            self.full_coverage if self.full_coverage.sum() >= _MIN_COVERING else np.ones(count, np.bool_)
        )
        self.background = background.astype(np.float64)
        self.background_size = max(float(self.background.sum()), 1.0)
        self.brand_codes = Codes(self.brands, self.background, self.background_size)
        self.category_codes = Codes(self.categories, self.background, self.background_size)

    def is_unasked_type(self, types: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which of these types are not asked for; one that is not known may be."""
        unasked: NDArray[np.bool_] = (types != UNKNOWN) & ~np.isin(types, self.asked_types)
        return unasked

    def unasked_categories(self) -> frozenset[int]:
        """Return the categories of which most are no kind of what the query names, where others are."""
        if not self.is_kind.any():
            return frozenset()
        distinct, positions = np.unique(self.categories, return_inverse=True)
        kinds = np.bincount(positions, self.is_kind, len(distinct))
        unasked = distinct[2 * kinds < np.bincount(positions, minlength=len(distinct))]
        return frozenset(unasked.tolist())


class Codes:
    """The brands or categories of candidates."""

    def __init__(self, codes: NDArray[np.int64], background: Floats, background_size: float) -> None:
        self._distinct, self.code_index = np.unique(codes, return_inverse=True)
        """Rising; and which of them each candidate has, shape (candidates,)."""
        self.known = self._distinct != UNKNOWN
        counts = sum_by_index(self.code_index, background, len(self._distinct))
        self.share: Floats = (counts + 0.5) / (background_size + 1)
        """Of the background that has each, shape (distinct,)."""

    def match_history(self, history_codes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the history items whose code some candidate has, and which of the distinct codes it is."""
        positions = np.minimum(np.searchsorted(self._distinct, history_codes), len(self._distinct) - 1)
        matched = np.flatnonzero((self._distinct[positions] == history_codes) & (history_codes != UNKNOWN))
        return matched, positions[matched]


def _find_asked_types(types: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the types that a query asks for by what it finds."""
    distinct, counts = np.unique(types, return_counts=True)
    asked: NDArray[np.int64] = distinct[counts >= _MIN_TYPE_SHARE * len(types)]
    return asked


def _without_words(text: str, words: Sequence[str]) -> str:
    """Return what a query says besides its types, of which the match has decided."""
    for word in words:
        text = text.replace(word, " ")
    return text


def _compute_coverage(traits: Traits, query_text: str) -> Floats:
    """Return which share of the query's distinct characters each product holds."""
    count = len(traits.brands)
    wanted = {ord(char) & 0xFFFF for char in "".join(characters(query_text))}
    if not wanted:
        return np.ones(count)
    is_wanted = np.zeros(0x10000, np.bool_)
    is_wanted[list(wanted)] = True
    matches = np.flatnonzero(is_wanted[traits.characters])
    owners = np.searchsorted(np.cumsum(traits.character_counts), matches, side="right")
    coverage: Floats = np.bincount(owners, minlength=count) / len(wanted)
    return coverage


def sum_by_index(indices: NDArray[np.integer[Any]], weights: Floats, length: int) -> Floats:
    """Return the sum of the weights at each index, shape (length,)."""
    # numpy's own types take weights for whole numbers.
    return np.bincount(indices, weights=weights, minlength=length).astype(np.float64)
