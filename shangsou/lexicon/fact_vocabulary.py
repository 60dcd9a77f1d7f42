"""The values, brands and amounts that products of a shop state, and that a query may ask for."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from shangsou.lexicon.fact_terms import is_quality
from shangsou.lexicon.type_words import is_chinese
from shangsou.text.amounts import Reading

_FILE = "facts.json"


class ValueSpan(NamedTuple):
    """A known value in a text."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class FactVocabulary:
    """The values of attributes, the brands and the amounts of one generation. Safe for many threads."""

    names_of_values: Mapping[str, tuple[str, ...]]
    """The names of the attributes that have a value, by normalized value."""
    brands: Mapping[str, tuple[str, ...]]
    """Brands, normalized, with their other spellings."""
    amounts: Mapping[str, tuple[Reading, ...]]
    """The amounts that products state, by dimension."""

    @cached_property
    def value_scanner(self) -> "ValueScanner":
        """Finds the values in texts."""
        return ValueScanner(self.names_of_values)

    def find_modifiers(self, text: str) -> list[tuple[int, int]]:
        """Return where the values in a normalized query begin and end that say what something is like.

        A material or a taste before the thing ends behind the thing's first character, since words in it are
        no things: `原味` in `原味肉干`.
        """
        return [
            (start, end + (is_quality(self.names_of_values[value]) and is_chinese(text[end : end + 1])))
            for value, start, end in self.value_scanner.find_longest(text)
        ]

    @cached_property
    def brand_scanner(self) -> "ValueScanner":
        """Finds the brands in texts."""
        return ValueScanner(self.brands)


class ValueScanner:
    """Finds the words of a vocabulary in texts; Latin ones only where they stand alone."""

    def __init__(self, words: Collection[str]) -> None:
        self._words = frozenset(words)
        lengths: dict[str, set[int]] = {}
        for word in self._words:
            lengths.setdefault(word[:2], set()).add(len(word))
        self._singles = {word for word in self._words if len(word) == 1}
        self._lengths = {start: sorted(sizes, reverse=True) for start, sizes in lengths.items()}

    def find_longest(self, text: str) -> list[ValueSpan]:
        """Return the words in a text, the longest at each place, without overlaps."""
        found: list[ValueSpan] = []
        for span in self._iter_all(text):
            if not found or span.start >= found[-1].end:
                found.append(span)
        return found

    def find_all(self, text: str) -> set[str]:
        """Return all words in a text, also those inside longer ones."""
        return {span.value for span in self._iter_all(text)}

    def _iter_all(self, text: str) -> Iterator[ValueSpan]:
        for start in range(len(text)):
            for length in self._lengths.get(text[start : start + 2], ()):
                end = start + length
                word = text[start:end]
                if end <= len(text) and word in self._words and _stands_alone(text, start, end):
                    yield ValueSpan(word, start, end)
            if text[start] in self._singles and _stands_alone(text, start, start + 1):
                yield ValueSpan(text[start], start, start + 1)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Return whether a word is no part of a longer Latin word or number."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (
        (_is_latin(before) and _is_latin(text[start])) or (_is_latin(text[end - 1]) and _is_latin(after))
    )


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def write_fact_vocabulary(folder: Path, vocabulary: FactVocabulary) -> None:
    """Write a vocabulary into a folder."""
    payload = {
        "values": vocabulary.names_of_values,
        "brands": vocabulary.brands,
        "amounts": {
            dimension: [(reading.low, reading.high) for reading in readings]
            for dimension, readings in vocabulary.amounts.items()
        },
    }
    (folder / _FILE).write_text(json.dumps(payload, ensure_ascii=False), "utf-8")


def open_fact_vocabulary(folder: Path) -> FactVocabulary | None:
    """Return the vocabulary in a folder; None if there is none."""
    try:
        payload = json.loads((folder / _FILE).read_text("utf-8"))
    except FileNotFoundError:
        return None
    return FactVocabulary(
        names_of_values={value: tuple(names) for value, names in payload["values"].items()},
        brands={brand: tuple(spellings) for brand, spellings in payload["brands"].items()},
        amounts={
            dimension: tuple(Reading(dimension, low, high) for low, high in readings)
            for dimension, readings in payload["amounts"].items()
        },
    )
