"""The words for product types: those of titles that look like one, and those of the category tree."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from shangsou.lexicon.categories import CategoryPath
from shangsou.lexicon.type_words import (
    HEAD_CHARACTERS,
    MAX_TYPE_LENGTH,
    ends_like_type,
    is_chinese,
    is_noun,
    is_type_like,
)
from shangsou.lexicon.word_arrays import WordArrays, distinct, join_numbers
from shangsou.text.normalize import normalize
from shangsou.text.segmenter import Segmenter

# Titles that a word has to stand in, to be a type: four in a large catalog, one in a small one.
MIN_TITLES, _PRODUCTS_PER_TITLE = 4, 500
# A noun that ends in no character for things has to end this share of the runs of characters it stands in.
_MIN_END_SHARE = 0.1
# A word that begins more of its titles is rather a brand.
_MAX_START_SHARE = 0.5
_LEAF_PARTS = re.compile(r"[/、,，()（）&\s]+")
_MAX_PATHS = 1 << 14


class _Phrase(NamedTuple):
    """A word, or a pair of words that ends in a character for things, and how many titles hold it."""

    text: str
    titles: int
    starts: int
    """Titles that begin with it; always 0 for what is a pair only."""
    ends: int
    """Titles in which a run of Chinese words ends in it."""


class VocabularyLearner(WordArrays):
    """Collects the words of titles, to choose those that look like types."""

    def vocabulary(self, brands: Collection[str], segmenter: Segmenter) -> set[str]:
        """Return the words and the pairs of words that look like types."""
        least = min_titles(len(self))
        return {
            phrase.text
            for phrase in self._phrases()
            if phrase.titles >= least
            and phrase.text not in brands
            and is_type_like(phrase.text)
            and _looks_like_thing(phrase, least, segmenter)
            and not _begins_with_brand(phrase.text, brands, segmenter)
        }

    def _phrases(self) -> Iterator[_Phrase]:
        """Yield all phrases, counted as arrays: word by word in Python it takes twice as long."""
        names, words, rows = self.names(), self.words(), self.texts()
        sizes = np.fromiter(map(len, names), np.int32, len(names))[words]
        is_chinese_word = np.array([is_chinese(name[0]) for name in names], np.bool_)[words]
        ends_like_thing = np.array([name[-1] in HEAD_CHARACTERS for name in names], np.bool_)[words]
        begins_title = np.diff(rows, prepend=-1) > 0
        # Whether another Chinese word of the title follows.
        goes_on = np.append(is_chinese_word[1:] & ~begins_title[1:], False)[: len(words)]

        single = np.flatnonzero(is_chinese_word & (sizes > 1))
        former = np.flatnonzero(is_chinese_word & goes_on)
        former = former[ends_like_thing[former + 1] & (sizes[former] + sizes[former + 1] < MAX_TYPE_LENGTH)]
        pairs_in_titles = join_numbers(words[former], len(names), words[former + 1])
        pairs = distinct(pairs_in_titles)
        # A pair may be spelled like a word or like another pair.
        numbers = {name: number for number, name in enumerate(names)}
        number_of_pair = np.array(
            [
                numbers.setdefault(names[pair // len(names)] + names[pair % len(names)], len(numbers))
                for pair in pairs.tolist()
            ],
            np.int32,
        )

        phrases = np.concatenate([words[single], number_of_pair[np.searchsorted(pairs, pairs_in_titles)]])
        last = np.concatenate([single, former + 1])
        # One number for a phrase and a title.
        in_titles = join_numbers(phrases, len(self), rows[last])
        starting = in_titles[: len(single)][begins_title[single]]
        ending = in_titles[~goes_on[last]]
        titles, starts, ends = (
            np.bincount(distinct(found) // max(len(self), 1), minlength=len(numbers)).tolist()
            for found in (in_titles, starting, ending)
        )
        return map(_Phrase, numbers, titles, starts, ends)


def min_titles(products: int) -> int:
    """Return how many titles a word has to stand in."""
    return max(1, min(MIN_TITLES, products // _PRODUCTS_PER_TITLE))


@lru_cache(_MAX_PATHS)
def leaf_words(path: CategoryPath) -> tuple[str, ...]:
    """Return the words for types in the name of a category."""
    parts = _LEAF_PARTS.split(normalize(path[-1])) if path else []
    return tuple(part for part in parts if 1 < len(part) <= MAX_TYPE_LENGTH and any(map(is_chinese, part)))


@lru_cache(_MAX_PATHS)
def node_words(path: CategoryPath) -> tuple[str, ...]:
    """Return the words for types in the names of the categories above a leaf."""
    return tuple(dict.fromkeys(word for depth in range(1, len(path)) for word in leaf_words(path[:depth])))


def _looks_like_thing(phrase: _Phrase, least: int, segmenter: Segmenter) -> bool:
    """Return whether a phrase looks like a thing: by its last character, as a noun, by where it stands."""
    ends_titles = phrase.ends >= max(min(2, least), _MIN_END_SHARE * phrase.titles)
    if ends_like_type(phrase.text):
        return ends_titles or is_noun(phrase.text, segmenter)
    return (
        ends_titles and is_noun(phrase.text, segmenter) and phrase.starts < _MAX_START_SHARE * phrase.titles
    )


def _begins_with_brand(phrase: str, brands: Collection[str], segmenter: Segmenter) -> bool:
    """Return whether a pair of words is a brand and a thing: `苹果手机` is a `手机`."""
    parts = segmenter.cut(phrase)
    return len(parts) > 1 and parts[0] in brands
