"""What a history has in common, against what the candidates of a search offer."""

from functools import lru_cache
from math import log
from threading import local
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.search.personal.offer import Codes, Floats, Offer, add_up
from shangsou.search.personal.recall import Recalled
from shangsou.search.personal.traits import UNKNOWN

# What a shopper is taken to have seen of what everybody sees, before they did anything: so many products.
# A pseudo-count, set by hand.
_PRIOR = 2.0
# Words in less than the first share of the candidates are rare, names and models mostly; in more than the
# second they are nearly what was searched for. Set by hand.
_SHARES = (0.02, 0.1)
# Two kinds of taste for a word, and one for a brand: how many of all words somebody has it for, and how much
# oftener they then choose what has it. In round numbers, not tried otherwise.
_LIKED, _LOVED, _LIKED_BRAND = (0.05, 4.0), (0.01, 10.0), (0.1, 6.0)
# Widths of a price, as natural logarithms: much the same price (within a third), and the same level (half to
# double). Set by hand.
_SAME_PRICE, _SAME_LEVEL = 0.35, 0.8
# Steps of the price scale; a fifth of the narrower width.
_PRICE_STEP = 0.07


class Taste(NamedTuple):
    """What a history says under one weighing, for each candidate."""

    attended: float
    """Sum of the weights."""
    words: Floats
    surprise: tuple[Floats, ...]
    """By how common the words are among the candidates: in less than each of `_SHARES`, and the rest."""
    liked_words: Floats
    loved_words: Floats
    best_word: Floats
    word_lifts: Floats
    """Of each word of the history."""
    brand: Floats
    brand_surprise: Floats
    liked_brand: Floats
    price: Floats
    price_level: Floats
    price_told: Floats
    category: Floats


class EverTaste(NamedTuple):
    """What a whole history says whatever is searched for: as `Taste`, what the ranker reads of it."""

    attended: float
    words: Floats
    """Surprise of all words."""
    brand: Floats
    price_level: Floats


class Meeting:
    """A history against an offer, as far as it is the same under every weighing."""

    def __init__(self, offer: Offer, past: Recalled) -> None:
        self.offer, self.past = offer, past
        where = _tables.places(past.words, offer.words)
        known = np.flatnonzero(where != UNKNOWN)
        self.where, self.owners = where[known], offer.owners[known]
        """Which word of the history each word of a candidate is, and of which candidate."""
        counts = add_up(self.where, offer.background[self.owners], len(past.words))
        self.share: Floats = (counts + 0.5) / (offer.offered + 1)
        """Of the candidates that has each word of the history."""
        self.brands = _Met(offer.brand_codes, past.brands)
        self.categories = _Met(offer.category_codes, past.categories)
        self.prices = _Prices(offer, past.log_prices)

    def telling_words(self, place: int, lifts: Floats, least: float) -> list[tuple[float, int]]:
        """Return the words of a candidate whose lift is at least so much, each behind its lift."""
        own = self.where[self.owners == place]
        own = own[lifts[own] >= least]
        return list(zip(lifts[own].tolist(), self.past.words[own].tolist(), strict=True))


def taste(meeting: Meeting, weights: Floats) -> Taste:
    """Return what a weighed history says of each candidate.

    Every figure is the logarithm of how much oftener a trait stands in the history than among the
    candidates, `log((k + a p) / ((n + a) p))` with k of n past products that have it, its share p of the
    candidates and a prior of a products: a naive Bayes estimate. What all candidates have tells nothing,
    and neither does a history without weight. A surprise counts by how many standard deviations; `liked`
    by how likely it is a taste, and no chance.
    """
    attended = float(weights.sum())
    where, owners, share = meeting.where, meeting.owners, meeting.share
    count = len(meeting.offer.brands)
    held = _held_words(meeting.past, weights)
    lifts: Floats = np.maximum(_lift(held, share, attended), 0)
    found = lifts[where]
    surprise = np.maximum(_surprise(held, share, attended), 0)[where]
    kinds = np.searchsorted(_SHARES, share)[where]
    best: Floats = np.zeros(count)
    np.maximum.at(best, owners, found)
    prices = meeting.prices
    return Taste(
        attended,
        words=add_up(owners, found, count),
        surprise=tuple(add_up(owners, surprise * (kinds == kind), count) for kind in range(len(_SHARES) + 1)),
        liked_words=add_up(owners, _liking(held, share, attended, *_LIKED)[where], count),
        loved_words=add_up(owners, _liking(held, share, attended, *_LOVED)[where], count),
        best_word=best,
        word_lifts=lifts,
        brand=meeting.brands.lift(weights, attended),
        brand_surprise=meeting.brands.surprise(weights, attended),
        liked_brand=meeting.brands.liking(weights, attended),
        price=prices.lift(weights, _SAME_PRICE),
        price_level=prices.lift(weights, _SAME_LEVEL),
        price_told=prices.told_at_all(weights, attended),
        category=meeting.categories.lift(weights, attended),
    )


def ever_taste(meeting: Meeting, strengths: Floats) -> EverTaste:
    """Return what a whole history says of each candidate."""
    attended = float(strengths.sum())
    surprise = np.maximum(_surprise(_held_words(meeting.past, strengths), meeting.share, attended), 0)
    return EverTaste(
        attended,
        words=add_up(meeting.owners, surprise[meeting.where], len(meeting.offer.brands)),
        brand=meeting.brands.lift(strengths, attended),
        price_level=meeting.prices.lift(strengths, _SAME_LEVEL),
    )


def _held_words(past: Recalled, weights: Floats) -> Floats:
    """Return the weight of the past products that have each word of the history."""
    return add_up(past.said, np.repeat(weights, past.word_counts), len(past.words))


class _Met:
    """The brands or categories that a history and an offer both have."""

    def __init__(self, codes: Codes, past: NDArray[np.int64]) -> None:
        self._codes = codes
        self._met, self._where = codes.meet(past)

    def lift(self, weights: Floats, attended: float) -> Floats:
        held = self._held(weights)
        lifts: Floats = np.where(held > 0, _lift(held, self._codes.share, attended), 0)
        return lifts[self._codes.places]

    def surprise(self, weights: Floats, attended: float) -> Floats:
        surprises = _surprise(self._held(weights), self._codes.share, attended)
        found: Floats = np.where(self._codes.known, surprises, 0)
        return found[self._codes.places]

    def liking(self, weights: Floats, attended: float) -> Floats:
        liking = _liking(self._held(weights), self._codes.share, attended, *_LIKED_BRAND)
        found: Floats = np.where(self._codes.known, liking, 0)
        return found[self._codes.places]

    def _held(self, weights: Floats) -> Floats:
        return add_up(self._where, weights[self._met], len(self._codes.share))


class _Prices:
    """The prices of a history and of an offer, on one scale of steps."""

    def __init__(self, offer: Offer, paid: Floats) -> None:
        self._offer = offer
        self._told = np.flatnonzero(~np.isnan(paid))
        prices, paid = offer.log_prices[offer.priced], paid[self._told]
        self._background = offer.background[offer.priced]
        self._offered = float(self._background.sum())
        self._bases: dict[float, Floats] = {}
        if self._offered and len(paid):
            low = min(prices.min(), paid.min())
            self._at, self._paid_at = (
                np.rint((values - low) / _PRICE_STEP).astype(np.int64) for values in (prices, paid)
            )
            self._bins = int(max(self._at.max(), self._paid_at.max())) + 1

    def lift(self, weights: Floats, width: float) -> Floats:
        """Return how much denser the history is at each price than the background, as a logarithm."""
        lifts: Floats = np.zeros(len(self._offer.brands))
        if self._offered and len(self._told):
            if width not in self._bases:
                # So that a price that nobody offers divides by no zero.
                smooth = self._smooth(self._at, self._background, width) / self._offered
                self._bases[width] = np.maximum(smooth, 1e-3)
            base, told = self._bases[width], weights[self._told]
            dense = self._smooth(self._paid_at, told, width)
            lifts[self._offer.priced] = np.log((dense + _PRIOR * base) / ((told.sum() + _PRIOR) * base))[
                self._at
            ]
        return lifts

    def told_at_all(self, weights: Floats, attended: float) -> Floats:
        """Return how much oftener the history has a price at all."""
        share = (self._offered + 0.5) / (self._offer.offered + 1)
        told = np.array(float(weights[self._told].sum()))
        return np.where(self._offer.priced, _lift(told, np.array(share), attended), 0)

    def _smooth(self, places: NDArray[np.int64], counted: Floats, width: float) -> Floats:
        kernel = _kernel(width)
        reach = len(kernel) // 2
        smoothed: Floats = np.convolve(add_up(places, counted, self._bins), kernel)[
            reach : reach + self._bins
        ]
        return smoothed


@lru_cache(maxsize=2)
def _kernel(width: float) -> Floats:
    """Return a Gaussian of a width in natural logarithms, three widths to each side."""
    reach = int(3 * width / _PRICE_STEP)
    kernel: Floats = np.exp(-0.5 * (np.arange(-reach, reach + 1) * _PRICE_STEP / width) ** 2)
    return kernel


def _lift(held: Floats, share: Floats, attended: float) -> Floats:
    lift: Floats = np.log((held + _PRIOR * share) / ((attended + _PRIOR) * share))
    return lift


def _surprise(held: Floats, share: Floats, attended: float) -> Floats:
    """Return by how many standard deviations more is held than by chance."""
    surprise: Floats = (held - attended * share) / np.sqrt(attended * share + 0.3)
    return surprise


def _liking(held: Floats, share: Floats, attended: float, rate: float, factor: float) -> Floats:
    """Return the logarithm of `factor`, as far as it is likely that a taste of that size is there.

    By Bayes' rule from counts: with a taste, which `rate` of all have, what has the trait is chosen `factor`
    times as often as by chance. So one click among many is no taste, which a lift takes for half of one.
    """
    odds = held * log(factor) - attended * share * (factor - 1) + log(rate / (1 - rate))
    liking: Floats = log(factor) / (1 + np.exp(-np.clip(odds, -30, 30)))
    return liking


class _Tables(local):
    """A table over all words for each thread, wiped after each use: to fill a fresh one takes longer."""

    def __init__(self) -> None:
        self._table: NDArray[np.int32] = np.empty(0, np.int32)

    def places(self, words: NDArray[np.int32], among: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return for each word of `among` its place in `words`, `UNKNOWN` where it is not there."""
        size = 1 + int(max(words.max(initial=0), among.max(initial=0)))
        if len(self._table) < size:
            self._table = np.full(2 * size, UNKNOWN, np.int32)
        table = self._table
        table[words] = np.arange(len(words), dtype=np.int32)
        where: NDArray[np.int32] = table[among]
        table[words] = UNKNOWN
        return where


_tables = _Tables()
