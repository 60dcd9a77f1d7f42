"""What speaks for each candidate: the plain ranking, popularity, what the history has in common."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.search.personal.traits import UNKNOWN, Traits
from shangsou.text.terms import characters

Floats = NDArray[np.floating[Any]]
# Raised by one whenever a feature is added, dropped or computed in another way.
FEATURE_VERSION = 1
FEATURES = (
    # Of the plain ranking.
    "score", "log_rank", "lexical", "cosine", "coverage", "covers", "covering",
    # Of the product.
    "popularity", "popularity_above", "popularity_here", "brand_known", "price_known", "length",
    # What the history within the same need has in common, against what the candidates offer.
    "words", "rare_words", "some_words", "common_words", "best_word", "brand", "brand_surprise",
    "price", "price_level", "price_told", "category", "attended",
    # The same over the whole history.
    "ever_words", "ever_brand", "ever_price_level", "ever",
)  # fmt: skip
# What a shopper is taken to have seen of what everybody sees, before they did anything: so many products.
# A pseudo-count, set by hand.
_PRIOR = 2.0
# Words in less than the first share of the candidates are rare, names and models mostly; in more than the
# second they are nearly what was searched for. Set by hand.
_SHARES = (0.02, 0.1)
# Widths of a price, as natural logarithms: much the same price (within a third), and the same level (half to
# double). Set by hand.
_SAME_PRICE, _SAME_LEVEL = 0.35, 0.8
# Steps of the price scale; a fifth of the narrower width.
_PRICE_STEP = 0.07
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


class Taste(NamedTuple):
    """What a history says under one weighing, for each candidate."""

    attended: float
    """Sum of the weights."""
    words: Floats
    surprise: tuple[Floats, ...]
    """By how common the words are among the candidates: in less than each of `_SHARES`, and the rest."""
    best_word: Floats
    best_word_number: NDArray[np.int64]
    """Which word that is; `UNKNOWN` where there is none."""
    brand: Floats
    brand_surprise: Floats
    price: Floats
    price_level: Floats
    price_told: Floats
    category: Floats


class Offer:
    """What candidates have to offer, whoever searches."""

    def __init__(self, pool: Pool, traits: Sequence[Traits], query_text: str) -> None:
        count = len(traits)
        self.pool = pool
        self.query_text = query_text
        self.lengths = np.array([len(one.words) for one in traits], np.int64)
        self.words = np.concatenate([one.words for one in traits] or [np.empty(0, np.int32)])
        self.owners = np.repeat(np.arange(count), self.lengths)
        self.brands = np.array([one.brand for one in traits], np.int64)
        self.categories = np.array([one.category for one in traits], np.int64)
        self.log_prices = np.array([one.log_price for one in traits], np.float64)
        self.coverage = _coverage(traits, query_text)
        self.covers = self.coverage >= 1
        # What a shopper of this query chooses among.
        background = self.covers if self.covers.sum() >= _LEAST_COVERING else np.ones(count, np.bool_)
        self.background = background.astype(np.float64)
        self.offered = max(float(self.background.sum()), 1.0)
        self.brand_codes, self.category_codes = _Codes.of(self.brands), _Codes.of(self.categories)
        self.brand_share = self._share(self.brand_codes)
        self.category_share = self._share(self.category_codes)

    def _share(self, codes: "_Codes") -> Floats:
        """Return for each candidate which share of the background has its code."""
        counts = _add_up(codes.places, self.background, len(codes.distinct))
        shares: Floats = (counts[codes.places] + 0.5) / (self.offered + 1)
        return shares


class _Codes(NamedTuple):
    """The brands or categories of candidates."""

    distinct: NDArray[np.int64]
    """Rising."""
    places: NDArray[np.int64]
    """Of each candidate's code among them, shape (candidates,)."""

    @classmethod
    def of(cls, codes: NDArray[np.int64]) -> "_Codes":
        return cls(*np.unique(codes, return_inverse=True))

    def held(self, past: NDArray[np.int64], weights: Floats) -> Floats:
        """Return for each candidate the weight of the past products that have its code, if it is known."""
        where = np.minimum(np.searchsorted(self.distinct, past), len(self.distinct) - 1)
        offered = np.flatnonzero((self.distinct[where] == past) & (past != UNKNOWN))
        return _add_up(where[offered], weights[offered], len(self.distinct))[self.places]


class Remembered:
    """A history against an offer, as far as it is the same under every weighing."""

    def __init__(self, offer: Offer, past: Sequence[Traits]) -> None:
        self.brands = np.array([one.brand for one in past], np.int64)
        self.categories = np.array([one.category for one in past], np.int64)
        self.log_prices = np.array([one.log_price for one in past], np.float64)
        self.lengths = [len(one.words) for one in past]
        said = np.concatenate([one.words for one in past] or [np.empty(0, np.int32)])
        # By a table over all words: .3 ms for 400 candidates and 200 past products, sorting and searching .9.
        table = np.full(max(said.max(initial=0), offer.words.max(initial=0)) + 1, UNKNOWN, np.int64)
        table[said] = 0
        self.words = np.flatnonzero(table == 0)
        table[self.words] = np.arange(len(self.words))
        self.places = table[said]
        where = table[offer.words]
        known = np.flatnonzero(where != UNKNOWN)
        self.where, self.owners = where[known], offer.owners[known]
        """Which word of the history each word of a candidate is, and of which candidate."""
        counts = _add_up(self.where, offer.background[self.owners], len(self.words))
        self.share: Floats = (counts + 0.5) / (offer.offered + 1)


def features(
    offer: Offer,
    popularity: tuple[Floats, Floats],
    past: Sequence[Traits],
    attended: Floats,
    strengths: Floats,
) -> tuple[NDArray[np.float32], Taste]:
    """Return the features, of shape (candidates, `FEATURES`), and the taste within the need.

    Parameters
    ----------
    offer
        Of at least one candidate.
    popularity
        As `Popularity.of` and `Popularity.within`, shape (candidates,).
    past
        The products of the history.
    attended, strengths
        Their weights for this query, and whatever the query; shape (past,).
    """
    pool = offer.pool
    remembered = Remembered(offer, past)
    need, ever = taste(offer, remembered, attended), taste(offer, remembered, strengths)
    popular, popular_here = popularity
    above = popular - float(popular @ offer.background) / offer.offered
    ones = np.ones(len(pool.product_ids))
    columns = (
        pool.score, np.log1p(np.arange(len(ones))), pool.lexical, pool.cosine, offer.coverage, offer.covers,
        ones * np.log1p(offer.covers.sum()),
        popular, above, popular_here, offer.brands != UNKNOWN, ~np.isnan(offer.log_prices), offer.lengths,
        need.words, *need.surprise, need.best_word, need.brand, need.brand_surprise, need.price,
        need.price_level, need.price_told, need.category, ones * np.log1p(need.attended),
        sum(ever.surprise, np.zeros(len(ones))), ever.brand, ever.price_level, ones * np.log1p(ever.attended),
    )  # fmt: skip
    return np.stack(columns, axis=1).astype(np.float32), need


def taste(offer: Offer, past: Remembered, weights: Floats) -> Taste:
    """Return what a weighed history says of each candidate.

    Every figure is the logarithm of how much oftener a trait stands in the history than among the
    candidates, `log((k + a p) / ((n + a) p))` with k of n past products that have it, its share p of the
    candidates and a prior of a products: a naive Bayes estimate. What all candidates have tells nothing,
    and neither does a history without weight.
    """
    attended = float(weights.sum())
    return Taste(
        attended,
        *_words(offer, past, weights, attended),
        *_brand(offer, past, weights, attended),
        *_price(offer, past, weights, attended),
        _category(offer, past, weights, attended),
    )


def _words(
    offer: Offer, past: Remembered, weights: Floats, attended: float
) -> tuple[Floats, tuple[Floats, ...], Floats, NDArray[np.int64]]:
    count = len(offer.lengths)
    best: Floats = np.zeros(count)
    best_number = np.full(count, UNKNOWN, np.int64)
    where, owners, share = past.where, past.owners, past.share
    held = _add_up(past.places, np.repeat(weights, past.lengths), len(share))
    lift: Floats = np.maximum(_lift(held, share, attended), 0)
    surprise: Floats = np.maximum(_surprise(held, share, attended), 0)
    kinds = np.searchsorted(_SHARES, share)[where]
    # The last one written stays: by rising lift.
    order = np.argsort(lift[where], kind="stable")
    best[owners[order]] = lift[where[order]]
    best_number[owners[order]] = past.words[where[order]]
    return (
        _add_up(owners, lift[where], count),
        tuple(_add_up(owners, surprise[where] * (kinds == kind), count) for kind in range(len(_SHARES) + 1)),
        best,
        best_number,
    )


def _brand(offer: Offer, past: Remembered, weights: Floats, attended: float) -> tuple[Floats, Floats]:
    known = offer.brands != UNKNOWN
    held, share = offer.brand_codes.held(past.brands, weights), offer.brand_share
    brand = np.where(held > 0, _lift(held, share, attended), 0)
    return brand, np.where(known, _surprise(held, share, attended), 0)


def _category(offer: Offer, past: Remembered, weights: Floats, attended: float) -> Floats:
    held = offer.category_codes.held(past.categories, weights)
    return np.where(held > 0, _lift(held, offer.category_share, attended), 0)


def _price(offer: Offer, past: Remembered, weights: Floats, attended: float) -> tuple[Floats, Floats, Floats]:
    count = len(offer.lengths)
    known = ~np.isnan(offer.log_prices)
    paid = past.log_prices
    told = ~np.isnan(paid)
    level, same, price_told = np.zeros(count), np.zeros(count), np.zeros(count)
    offered = float(offer.background[known].sum())
    share = (offered + 0.5) / (offer.offered + 1)
    price_told[known] = _lift(np.array(float(weights[told].sum())), np.array(share), attended)
    if told.any() and offered:
        for values, width in ((same, _SAME_PRICE), (level, _SAME_LEVEL)):
            values[known] = _density_lift(
                offer.log_prices[known], offer.background[known], paid[told], weights[told], width
            )
    return same, level, price_told


def _density_lift(prices: Floats, background: Floats, paid: Floats, weights: Floats, width: float) -> Floats:
    """Return how much denser the history is at each price than the background, as a logarithm."""
    low = min(prices.min(), paid.min())
    at, paid_at = (np.rint((values - low) / _PRICE_STEP).astype(np.int64) for values in (prices, paid))
    bins = int(max(at.max(), paid_at.max())) + 1
    reach = int(3 * width / _PRICE_STEP)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * _PRICE_STEP / width) ** 2)

    def smooth(places: NDArray[np.int64], counted: Floats) -> Floats:
        counts = _add_up(places, counted, bins)
        smoothed: Floats = np.convolve(counts, kernel)[reach : reach + bins]
        return smoothed

    # So that a price that nobody offers divides by no zero.
    base: Floats = np.maximum(smooth(at, background) / background.sum(), 1e-3)
    dense = smooth(paid_at, weights)
    lift: Floats = np.log((dense + _PRIOR * base) / ((weights.sum() + _PRIOR) * base))
    found: Floats = lift[at]
    return found


def _lift(held: Floats, share: Floats, attended: float) -> Floats:
    lift: Floats = np.log((held + _PRIOR * share) / ((attended + _PRIOR) * share))
    return lift


def _surprise(held: Floats, share: Floats, attended: float) -> Floats:
    """Return by how many standard deviations more is held than by chance."""
    surprise: Floats = (held - attended * share) / np.sqrt(attended * share + 0.3)
    return surprise


def _coverage(traits: Sequence[Traits], query_text: str) -> Floats:
    """Return which share of the query's distinct characters each product holds."""
    wanted = {ord(one) & 0xFFFF for one in "".join(characters(query_text))}
    if not wanted:
        return np.ones(len(traits))
    is_wanted = np.zeros(0x10000, np.float64)
    is_wanted[list(wanted)] = 1
    held = np.concatenate([one.characters for one in traits] or [np.empty(0, np.uint16)])
    owners = np.repeat(np.arange(len(traits)), [len(one.characters) for one in traits])
    coverage: Floats = _add_up(owners, is_wanted[held], len(traits)) / len(wanted)
    return coverage


def _add_up(places: NDArray[np.integer[Any]], weights: Floats, length: int) -> Floats:
    """Return the sum of the weights at each place, shape (length,)."""
    # numpy's own types take weights for whole numbers.
    return np.bincount(places, weights=weights, minlength=length).astype(np.float64)
