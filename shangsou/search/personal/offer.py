"""What the candidates of a search have to offer, whoever searches."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.search.personal.traits import UNKNOWN, Traits
from shangsou.text.terms import characters

Floats = NDArray[np.floating[Any]]
# So few candidates that hold the whole query are no background to compare with: all are taken.
_LEAST_COVERING = 20


class Pool(NamedTuple):
    """The candidates of a search, in their plain order. Arrays have shape (candidates,)."""

    product_ids: tuple[str, ...]
    score: Floats
    """Fused; 0 beyond the fused candidates."""
    lexical: Floats
    """BM25 as a share of the best."""
    cosine: Floats
    """Of title or description with the query; 0 where it was not among the nearest."""
    elsewhere: NDArray[np.bool_]
    """Filed elsewhere than in the categories that the query asks for."""

    def at(self, places: Iterable[int]) -> "Pool":
        """Return the candidates at these places, in this order."""
        taken = list(places)
        ids = tuple(self.product_ids[place] for place in taken)
        score, lexical, cosine = self.score[taken], self.lexical[taken], self.cosine[taken]
        return Pool(ids, score, lexical, cosine, self.elsewhere[taken])


class Offer:
    """A pool with the traits of its products."""

    def __init__(self, pool: Pool, traits: Traits, query_text: str) -> None:
        count = len(traits.brands)
        self.pool = pool
        self.query_text = query_text
        self.words, self.lengths = traits.words, traits.word_counts
        self.owners = np.repeat(np.arange(count), self.lengths)
        self.brands, self.categories, self.log_prices = traits.brands, traits.categories, traits.log_prices
        self.priced = ~np.isnan(self.log_prices)
        self.coverage = _coverage(traits, query_text)
        self.covers = self.coverage >= 1
        # Nobody asked about what lies beyond the fused candidates: it goes by others of its category.
        self.elsewhere = pool.elsewhere
        if pool.elsewhere.any():
            told = np.isin(self.categories, self.categories[pool.elsewhere])
            self.elsewhere = pool.elsewhere | (told & (self.categories != UNKNOWN))
        # What a shopper of this query chooses among.
        background = self.covers if self.covers.sum() >= _LEAST_COVERING else np.ones(count, np.bool_)
        self.background = background.astype(np.float64)
        self.offered = max(float(self.background.sum()), 1.0)
        self.brand_codes = Codes(self.brands, self.background, self.offered)
        self.category_codes = Codes(self.categories, self.background, self.offered)


class Codes:
    """The brands or categories of candidates."""

    def __init__(self, codes: NDArray[np.int64], background: Floats, offered: float) -> None:
        self._distinct, self.places = np.unique(codes, return_inverse=True)
        """Rising; and which of them each candidate has, shape (candidates,)."""
        self.known = self._distinct != UNKNOWN
        counts = add_up(self.places, background, len(self._distinct))
        self.share: Floats = (counts + 0.5) / (offered + 1)
        """Of the background that has each, shape (distinct,)."""

    def meet(self, past: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the past products whose code some candidate has, and which of the distinct codes it is."""
        where = np.minimum(np.searchsorted(self._distinct, past), len(self._distinct) - 1)
        met = np.flatnonzero((self._distinct[where] == past) & (past != UNKNOWN))
        return met, where[met]


def _coverage(traits: Traits, query_text: str) -> Floats:
    """Return which share of the query's distinct characters each product holds."""
    count = len(traits.brands)
    wanted = {ord(one) & 0xFFFF for one in "".join(characters(query_text))}
    if not wanted:
        return np.ones(count)
    is_wanted = np.zeros(0x10000, np.bool_)
    is_wanted[list(wanted)] = True
    held = np.flatnonzero(is_wanted[traits.characters])
    owners = np.searchsorted(np.cumsum(traits.character_counts), held, side="right")
    coverage: Floats = np.bincount(owners, minlength=count) / len(wanted)
    return coverage


def add_up(places: NDArray[np.integer[Any]], weights: Floats, length: int) -> Floats:
    """Return the sum of the weights at each place, shape (length,)."""
    # numpy's own types take weights for whole numbers.
    return np.bincount(places, weights=weights, minlength=length).astype(np.float64)
