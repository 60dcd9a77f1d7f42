"""Phrases of a catalog: its words and pairs of words, its brands, its categories."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from shangsou.lexicon.phrase_counts import PhraseCounts, WordCollector
from shangsou.lexicon.rare_phrases import rare_phrases
from shangsou.product import CATEGORY_SEPARATOR, Product
from shangsou.text.normalize import normalize
from shangsou.text.segmenter import PACKAGED, Segmenter

# A word in fewer titles is as likely a typo: of the 81,000 words in 74,362 real titles, 46,000 occur in one
# title only.
_MIN_WORD_TITLES = 2
# Pairs of words are many and mostly chance; one becomes a phrase if it occurs in three titles.
_MIN_PAIR_TITLES = 3
# More than any page shows before anything is typed.
MAX_POPULAR_QUERIES = 50
# Phrases and product types are both learned from the words of titles: enough for two batches of them.
_CACHED_TITLES = 2_048
# A Chinese name and a Latin one without a mark between them.
_TWO_SCRIPTS = re.compile(
    r"(?=.*[\u4e00-\u9fff]{2})(?=.*[a-z]{2})"
    r"(?:([\u4e00-\u9fff ]+)([a-z0-9 .&'’-]+)|([a-z0-9 .&'’-]+)([\u4e00-\u9fff ]+))"
)
_BRAND_PARTS = re.compile(r"[()（）/,，|]+")


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
    rare: list[Phrase] = field(default_factory=list)
    """What too few titles hold to be one of `words`, but is a word all the same."""


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

    def __init__(self, segmenter: Segmenter = PACKAGED) -> None:
        self._segmenter = segmenter
        self._texts: list[str] = []
        self._words = WordCollector()
        self._brands: Counter[str] = Counter()
        self._categories: Counter[tuple[str, ...]] = Counter()

    def add(self, products: Iterable[Product]) -> None:
        """Add the phrases of products. Those off sale are left out, since they are never found."""
        for product in products:
            if product.status == "off":
                continue
            self.add_text(normalize(product.title))
            if product.brand:
                self._brands[product.brand] += 1
            self._categories[product.category] += 1

    def add_text(self, text: str) -> None:
        """Add the words of a normalized text."""
        self._texts.append(text)
        self._words.add(title_words(text, self._segmenter))

    def position_counts(self) -> PositionCounts:
        """Return the counts of words and pairs of words, overall, first and last."""
        words, pairs, _, first, last = self._words.counts()
        both = {phrase: words[phrase] + pairs[phrase] for phrase in words.keys() & pairs.keys()}
        return PositionCounts({**words, **pairs, **both}, first, last)

    def phrases(self) -> CatalogPhrases:
        """Return the phrases that occur often enough.

        They are counted again: kept from `position_counts` on, of a large catalog, they would take 200 MB.
        """
        counted = self._words.counts()
        counts = dict(_at_least(counted.pairs, _MIN_PAIR_TITLES)) | dict(
            _at_least(counted.words, _MIN_WORD_TITLES)
        )
        levels: Counter[tuple[str, ...]] = Counter()
        for path, count in self._categories.items():
            for depth in range(1, len(path) + 1):
                levels[path[:depth]] += count
        return CatalogPhrases(
            words=[Phrase(text, text, count) for text, count in counts.items()],
            brands=[Phrase(text, normalize(text), count) for text, count in self._brands.items()],
            categories=[
                Phrase(CATEGORY_SEPARATOR.join(path), normalize(path[-1]), count)
                for path, count in levels.items()
            ],
            texts=self._texts,
            rare=[Phrase(text, text, count) for text, count in self._rare(counted, counts).items()],
        )

    def _rare(self, counted: PhraseCounts, known: Mapping[str, int]) -> Mapping[str, int]:
        brands = ((brand_spellings(brand), count) for brand, count in self._brands.items())
        leaves = ((list(map(normalize, path[-1:])), count) for path, count in self._categories.items())
        names = chain(brands, leaves)
        return rare_phrases(counted.words, counted.character_pairs, names, known, self._segmenter)


def brand_spellings(brand: str) -> list[str]:
    """Return the spellings of a brand, normalized.

    `华为（HUAWEI）` has two, `华为HUAWEI` itself and these two.
    """
    parts = [part.strip() for part in _BRAND_PARTS.split(normalize(brand))] if brand else []
    parts += [
        script.strip()
        for part in parts
        if (both := _TWO_SCRIPTS.fullmatch(part))
        for script in both.groups()
        if script
    ]
    return [part for part in parts if len(part) > 1]


def bilingual_pair(spellings: Sequence[str]) -> tuple[str, str] | None:
    """Return the two names that a brand has by its spellings, None where it has one, or more."""
    scripts = [spelling for spelling in spellings if not _TWO_SCRIPTS.fullmatch(spelling)]
    return (scripts[0], scripts[1]) if len(scripts) == 2 else None


@lru_cache(_CACHED_TITLES)
def title_words(text: str, segmenter: Segmenter) -> tuple[str, ...]:
    """Return the words of a normalized text in order, without overlaps, and the characters between them."""
    return tuple(segmenter.cut(text))


def _at_least(counts: Mapping[str, int], minimum: int) -> Iterator[tuple[str, int]]:
    return ((text, count) for text, count in counts.items() if count >= minimum)
