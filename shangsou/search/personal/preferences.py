"""Preferences of a shopper: similarity of the history to the candidates of a search."""

from functools import lru_cache
from math import log
from threading import local
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.search.personal.candidates import CandidateFeatures, Codes, Floats, sum_by_index
from shangsou.search.personal.history_cache import HistoryFeatures
from shangsou.search.personal.product_traits import UNKNOWN

# What a shopper is taken to have seen of what everybody sees, before they did anything: so many products.
# A pseudo-count, set by hand.
_PRIOR = 2.0
# Words in less than the first share of the candidates are rare, names and models mostly; in more than the
# second they are nearly what was searched for. Set by hand.
_WORD_SHARE_BOUNDS = (0.02, 0.1)
# Two strengths of affinity for a word, and one for a brand: how many of all words somebody
# has it for, and how much oftener they then choose what has it. In round numbers, not tried otherwise.
_WORD_AFFINITY, _STRONG_WORD_AFFINITY, _BRAND_AFFINITY = (0.05, 4.0), (0.01, 10.0), (0.1, 6.0)
# Widths of a price, as natural logarithms: much the same price (within a third), and the same level (half to
# double). Set by hand.
_PRICE_WIDTH, _PRICE_LEVEL_WIDTH = 0.35, 0.8
# Steps of the price scale; a fifth of the narrower width.
_PRICE_STEP = 0.07


class Preferences(NamedTuple):
    """What a history says under one weighing, for each candidate."""

    total_weight: float
    """Sum of the weights."""
    words: Floats
    word_z_scores: tuple[Floats, ...]
    """By how common the words are among the candidates: below each of `_WORD_SHARE_BOUNDS`, and the rest."""
    word_affinity: Floats
    strong_word_affinity: Floats
    best_word: Floats
    brand: Floats
    brand_z_score: Floats
    brand_affinity: Floats
    price: Floats
    price_level: Floats
    has_price_lift: Floats
    category: Floats


class LongTermPreferences(NamedTuple):
    """What a whole history says whatever is searched for: as `Preferences`, what the ranker reads of it."""

    total_weight: float
    words: Floats
    """Z-scores of all words."""
    brand: Floats
    price_level: Floats


class HistoryOverlap:
    """What a history and the candidates share, as far as it is the same under every weighing."""

    def __init__(self, candidates: CandidateFeatures, history: HistoryFeatures) -> None:
        self.candidates, self.history = candidates, history
        is_unasked = candidates.is_unasked_type(history.types)
        self.of_asked_types = ~is_unasked
        """Which products of the history are of the types asked for, and so say what is liked of these."""
        self.long_term_strengths: Floats = history.strengths * ~(is_unasked & history.accessories)
        """Without accessories: a phone case says nothing about the phone."""
        where = _lookup_tables.find_positions(history.words, candidates.words)
        known = np.flatnonzero(where != UNKNOWN)
        self.where, self.owners = where[known], candidates.owners[known]
        """Which word of the history each word of a candidate is, and of which candidate."""
        counts = sum_by_index(self.where, candidates.background[self.owners], len(history.words))
        self.share: Floats = (counts + 0.5) / (candidates.background_size + 1)
        """Of the candidates that has each word of the history."""
        self.brands = _CodeOverlap(candidates.brand_codes, history.brands)
        self.categories = _CodeOverlap(candidates.category_codes, history.categories)
        self.prices = _PriceOverlap(candidates, history.log_prices)


def compute_preferences(overlap: HistoryOverlap, weights: Floats) -> Preferences:
    """Return what a weighed history says of each candidate.

    Every figure is the logarithm of how much oftener a trait stands in the history than among the
    candidates, `log((k + a p) / ((n + a) p))` with k of n past products that have it, its share p of the
    candidates and a prior of a products: a naive Bayes estimate. What all candidates have says nothing,
    and neither does a history without weight. A z-score counts standard deviations;
    an affinity counts how likely it is a preference, and no chance.
    """
    total_weight = float(weights.sum())
    where, owners, share = overlap.where, overlap.owners, overlap.share
    count = len(overlap.candidates.brands)
    held = _history_word_weights(overlap.history, weights)
    lifts: Floats = np.maximum(compute_lift(held, share, total_weight), 0)
    matched_lifts = lifts[where]
    word_z_scores = np.maximum(_z_score(held, share, total_weight), 0)[where]
    kinds = np.searchsorted(_WORD_SHARE_BOUNDS, share)[where]
    best: Floats = np.zeros(count)
    np.maximum.at(best, owners, matched_lifts)
    prices = overlap.prices
    return Preferences(
        total_weight,
        words=sum_by_index(owners, matched_lifts, count),
        word_z_scores=tuple(
            sum_by_index(owners, word_z_scores * (kinds == kind), count)
            for kind in range(len(_WORD_SHARE_BOUNDS) + 1)
        ),
        word_affinity=sum_by_index(
            owners, _affinity(held, share, total_weight, *_WORD_AFFINITY)[where], count
        ),
        strong_word_affinity=sum_by_index(
            owners, _affinity(held, share, total_weight, *_STRONG_WORD_AFFINITY)[where], count
        ),
        best_word=best,
        brand=overlap.brands.lift(weights, total_weight),
        brand_z_score=overlap.brands.z_score(weights, total_weight),
        brand_affinity=overlap.brands.affinity(weights, total_weight),
        price=prices.lift(weights, _PRICE_WIDTH),
        price_level=prices.lift(weights, _PRICE_LEVEL_WIDTH),
        has_price_lift=prices.has_price_lift(weights, total_weight),
        category=overlap.categories.lift(weights, total_weight),
    )


def compute_long_term_preferences(overlap: HistoryOverlap, strengths: Floats) -> LongTermPreferences:
    """Return what a whole history says of each candidate."""
    total_weight = float(strengths.sum())
    z_score = np.maximum(
        _z_score(_history_word_weights(overlap.history, strengths), overlap.share, total_weight), 0
    )
    return LongTermPreferences(
        total_weight,
        words=sum_by_index(overlap.owners, z_score[overlap.where], len(overlap.candidates.brands)),
        brand=overlap.brands.lift(strengths, total_weight),
        price_level=overlap.prices.lift(strengths, _PRICE_LEVEL_WIDTH),
    )


def compute_lift(held: Floats, share: Floats, total_weight: float) -> Floats:
    """Return the logarithm of how much oftener a trait stands in a history than among the candidates."""
    lift: Floats = np.log((held + _PRIOR * share) / ((total_weight + _PRIOR) * share))
    return lift


def _history_word_weights(history: HistoryFeatures, weights: Floats) -> Floats:
    """Return the weight of the past products that have each word of the history."""
    return sum_by_index(history.word_index, np.repeat(weights, history.word_counts), len(history.words))


class _CodeOverlap:
    """The brands or categories that a history and the candidates both have."""

    def __init__(self, codes: Codes, history: NDArray[np.int64]) -> None:
        self._codes = codes
        self._matched, self._where = codes.match_history(history)

    def lift(self, weights: Floats, total_weight: float) -> Floats:
        held = self._held(weights)
        lifts: Floats = np.where(held > 0, compute_lift(held, self._codes.share, total_weight), 0)
        return lifts[self._codes.code_index]

    def z_score(self, weights: Floats, total_weight: float) -> Floats:
        z_scores = _z_score(self._held(weights), self._codes.share, total_weight)
        candidate_scores: Floats = np.where(self._codes.known, z_scores, 0)
        return candidate_scores[self._codes.code_index]

    def affinity(self, weights: Floats, total_weight: float) -> Floats:
        affinity = _affinity(self._held(weights), self._codes.share, total_weight, *_BRAND_AFFINITY)
        candidate_scores: Floats = np.where(self._codes.known, affinity, 0)
        return candidate_scores[self._codes.code_index]

    def _held(self, weights: Floats) -> Floats:
        return sum_by_index(self._where, weights[self._matched], len(self._codes.share))


class _PriceOverlap:
    """The prices of a history and of the candidates, on one scale of steps."""

    def __init__(self, candidates: CandidateFeatures, history_log_prices: Floats) -> None:
        self._candidates = candidates
        self._priced_items = np.flatnonzero(~np.isnan(history_log_prices))
        prices, history_log_prices = (
            candidates.log_prices[candidates.has_price],
            history_log_prices[self._priced_items],
        )
        self._background = candidates.background[candidates.has_price]
        self._priced_background_size = float(self._background.sum())
        self._bases: dict[float, Floats] = {}
        if self._priced_background_size and len(history_log_prices):
            low = min(prices.min(), history_log_prices.min())
            self._price_bins, self._history_price_bins = (
                np.rint((values - low) / _PRICE_STEP).astype(np.int64)
                for values in (prices, history_log_prices)
            )
            self._bins = int(max(self._price_bins.max(), self._history_price_bins.max())) + 1

    def lift(self, weights: Floats, width: float) -> Floats:
        """Return how much denser the history is at each price than the background, as a logarithm."""
        lifts: Floats = np.zeros(len(self._candidates.brands))
        if self._priced_background_size and len(self._priced_items):
            if width not in self._bases:
                # So that a price that nobody offers divides by no zero.
                smooth = (
                    self._smooth(self._price_bins, self._background, width) / self._priced_background_size
                )
                self._bases[width] = np.maximum(smooth, 1e-3)
            base, priced_weights = self._bases[width], weights[self._priced_items]
            dense = self._smooth(self._history_price_bins, priced_weights, width)
            lifts[self._candidates.has_price] = np.log(
                (dense + _PRIOR * base) / ((priced_weights.sum() + _PRIOR) * base)
            )[self._price_bins]
        return lifts

    def has_price_lift(self, weights: Floats, total_weight: float) -> Floats:
        """Return how much oftener the history has a price at all."""
        share = (self._priced_background_size + 0.5) / (self._candidates.background_size + 1)
        priced_weights = np.array(float(weights[self._priced_items].sum()))
        return np.where(
            self._candidates.has_price, compute_lift(priced_weights, np.array(share), total_weight), 0
        )

    def _smooth(self, positions: NDArray[np.int64], weights: Floats, width: float) -> Floats:
        kernel = _gaussian_kernel(width)
        reach = len(kernel) // 2
        smoothed: Floats = np.convolve(sum_by_index(positions, weights, self._bins), kernel)[
            reach : reach + self._bins
        ]
        return smoothed


@lru_cache(maxsize=2)
def _gaussian_kernel(width: float) -> Floats:
    """Return a Gaussian of a width in natural logarithms, three widths to each side."""
    reach = int(3 * width / _PRICE_STEP)
    kernel: Floats = np.exp(-0.5 * (np.arange(-reach, reach + 1) * _PRICE_STEP / width) ** 2)
    return kernel


def _z_score(held: Floats, share: Floats, total_weight: float) -> Floats:
    """Return by how many standard deviations more is held than by chance."""
    z_score: Floats = (held - total_weight * share) / np.sqrt(total_weight * share + 0.3)
    return z_score


def _affinity(held: Floats, share: Floats, total_weight: float, rate: float, factor: float) -> Floats:
    """Return the logarithm of `factor`, as far as a preference of that size is likely.

    By Bayes' rule from counts: with one, which `rate` of all have, what has the trait is chosen `factor`
    times as often as by chance. So one click among many is no preference, which a lift takes for half of one.
    """
    odds = held * log(factor) - total_weight * share * (factor - 1) + log(rate / (1 - rate))
    affinity: Floats = log(factor) / (1 + np.exp(-np.clip(odds, -30, 30)))
    return affinity


class _LookupTables(local):
    """A table over all words for each thread, wiped after each use: to fill a fresh one takes longer."""

    def __init__(self) -> None:
        self._table: NDArray[np.int32] = np.empty(0, np.int32)

    def find_positions(self, words: NDArray[np.int32], among: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return for each word of `among` its position in `words`, `UNKNOWN` where it is not there."""
        size = 1 + int(max(words.max(initial=0), among.max(initial=0)))
        if len(self._table) < size:
            self._table = np.full(2 * size, UNKNOWN, np.int32)
        table = self._table
        table[words] = np.arange(len(words), dtype=np.int32)
        positions: NDArray[np.int32] = table[among]
        table[words] = UNKNOWN
        return positions


_lookup_tables = _LookupTables()
