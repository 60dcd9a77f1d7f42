"""Phrases of a catalog: its words and pairs of words, its brands, its categories."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import rjieba

from shangsou.product import CATEGORY_SEPARATOR, Product
from shangsou.text.normalize import normalize
from shangsou.text.terms import characters

# A word in fewer titles is as likely a typo: of the 81,000 words in 74,362 real titles, 46,000 occur in one
# title only.
_MIN_WORD_TITLES = 2
# Pairs of words are many and mostly chance; one becomes a phrase if it occurs in three titles.
_MIN_PAIR_TITLES = 3
# Maximum length of a phrase that a shopper would type, in characters.
_MAX_PHRASE_LENGTH = 20
# More than any page shows before anything is typed.
MAX_POPULAR_QUERIES = 50
# Phrases and product types are both learned from the words of titles: enough for two batches of them.
_CACHED_TITLES = 2_048
_BRAND_PARTS = re.compile(r"[()（）/,，|]+")
# Weights of single words; a single Chinese character is only part of a phrase.
_PHRASE = 2


class Phrase(NamedTuple):
    """Something that can be searched for."""

    text: str
    """For people: a brand as the catalog writes it, a category as its path."""
    normalized: str
    """The normalized text to type for it."""
    count: int  # type: ignore[assignment]  # tuple.count is of no use here
    """The number of products that contain it, or of searches for it."""


@dataclass(frozen=True, slots=True)
class CatalogPhrases:
    """The phrases of a catalog, by kind."""

    words: list[Phrase]
    """Words and pairs of adjacent words in titles."""
    brands: list[Phrase]
    categories: list[Phrase]
    texts: Sequence[str] = ()
    """The titles, normalized."""


@dataclass(frozen=True, slots=True)
class KnownQueries:
    """The queries that shoppers searched for."""

    phrases: list[Phrase]
    """Whole queries, and words and pairs of words in them."""
    popular: list[str]
    """The most popular whole queries, most popular first; empty if none occurs twice."""
    head_nouns: list[str] = field(default_factory=list)
    """Words and pairs of words that are head nouns of queries; sorted."""
    texts: Sequence[str] = ()
    """The whole queries, normalized, each once."""


class PositionCounts(NamedTuple):
    """The number of texts in which words and pairs of words occur, and in which they come first or last."""

    total: Mapping[str, int]
    first: Mapping[str, int]
    last: Mapping[str, int]


class PhraseCounter:
    """Counts the products in which each phrase occurs."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._words: Counter[str] = Counter()
        self._pairs: Counter[str] = Counter()
        self._first: Counter[str] = Counter()
        self._last: Counter[str] = Counter()
        self._brands: Counter[str] = Counter()
        self._categories: Counter[tuple[str, ...]] = Counter()

    def add(self, products: Iterable[Product]) -> None:
        """Count the phrases of products. Those off sale are left out, since they are never found."""
        for product in products:
            if product.status == "off":
                continue
            self.add_text(normalize(product.title))
            if product.brand:
                self._brands[product.brand] += 1
            self._categories.update(product.category[:depth] for depth in range(1, len(product.category) + 1))

    def add_text(self, text: str) -> None:
        """Count the words of a normalized text."""
        self._texts.append(text)
        words = [(word, _weight(word)) for word in title_words(text)]
        weighted = [position for position, (_, weight) in enumerate(words) if weight]
        if weighted:
            self._count_positions([word for word, _ in words[weighted[0] : weighted[-1] + 1]])
        self._words.update({word for word, weight in words if weight == _PHRASE})
        self._pairs.update(
            {
                first + second
                for (first, weight), (second, second_weight) in pairwise(words)
                # One character may be a product word, as in `手机` and `壳`.
                if weight == _PHRASE and second_weight and _can_join(first, second)
            }
        )

    def _count_positions(self, words: list[str]) -> None:
        """Count the first and last word of a text, and the first and last pair."""
        for counts, word, pair in ((self._first, words[:1], words[:2]), (self._last, words[-1:], words[-2:])):
            counts.update(word)
            if len(pair) == 2 and all(map(_weight, pair)) and _can_join(*pair):
                counts["".join(pair)] += 1

    def position_counts(self) -> PositionCounts:
        """Return the counts of words and pairs of words, overall, first and last."""
        return PositionCounts(self._words + self._pairs, self._first, self._last)

    def phrases(self) -> CatalogPhrases:
        """Return the phrases that occur often enough."""
        counts = dict(_at_least(self._words, _MIN_WORD_TITLES))
        counts |= {
            pair: count for pair, count in _at_least(self._pairs, _MIN_PAIR_TITLES) if pair not in counts
        }
        return CatalogPhrases(
            words=[Phrase(text, text, count) for text, count in counts.items()],
            brands=[Phrase(text, normalize(text), count) for text, count in self._brands.items()],
            categories=[
                Phrase(CATEGORY_SEPARATOR.join(path), normalize(path[-1]), count)
                for path, count in self._categories.items()
            ],
            texts=self._texts,
        )


def brand_spellings(brand: str) -> list[str]:
    """Return the spellings of a brand, normalized: `华为（HUAWEI）` has two."""
    parts = (part.strip() for part in _BRAND_PARTS.split(normalize(brand))) if brand else ()
    return [part for part in parts if len(part) > 1]


@lru_cache(_CACHED_TITLES)
def title_words(text: str) -> tuple[str, ...]:
    """Return the words of a normalized text in order, without overlaps, and the characters between them."""
    return tuple(rjieba.cut(text))


def _at_least(counts: Counter[str], minimum: int) -> Iterator[tuple[str, int]]:
    return ((text, count) for text, count in counts.items() if count >= minimum)


def _can_join(first: str, second: str) -> bool:
    """Return whether two adjacent words are still segmented as two when they are joined."""
    return len(first) + len(second) <= _MAX_PHRASE_LENGTH and not (
        first[-1].isascii() and second[0].isascii()
    )


# Words repeat very often.
@lru_cache(1 << 16)
def _weight(word: str) -> int:
    """Return whether a word is a phrase, only part of one, or neither, such as punctuation and numbers."""
    if not 0 < len(word) <= _MAX_PHRASE_LENGTH or word.isdecimal() or characters(word) != [word]:
        return 0
    return _PHRASE if len(word) > 1 else int("\u4e00" <= word <= "\u9fff")
