"""The values, brands and amounts that products of a shop state, and that a query may ask for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from shangsou.lexicon.fact_tables import open_fact_table, write_fact_table
from shangsou.lexicon.fact_terms import is_quality
from shangsou.lexicon.type_words import is_chinese
from shangsou.lexicon.value_scanner import ValueScanner
from shangsou.text.amounts import Reading
from shangsou.text.facts import FactTable
from shangsou.text.latin_names import is_latin_key, name_key
from shangsou.text.segmenter import PACKAGED, Segmenter

_FILE = "facts.json"


@dataclass(frozen=True, eq=False)
class FactVocabulary:
    """The values of attributes, the brands and the amounts of one generation. Safe for many threads."""

    names_of_values: Mapping[str, tuple[str, ...]]
    """The names of the attributes that have a value, by normalized value."""
    brands: Mapping[str, tuple[str, ...]]
    """Brands, normalized, with their other spellings."""
    amounts: Mapping[str, tuple[Reading, ...]]
    """The amounts that products state, by dimension."""
    table: FactTable
    """What the products were read with, and queries are to be read with."""
    segmenter: Segmenter = PACKAGED
    """What queries are cut into words by."""

    @cached_property
    def value_scanner(self) -> ValueScanner:
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
    def brand_keys(self) -> Mapping[str, tuple[str, ...]]:
        """The Latin brands by the key that their spellings have in common."""
        brands: dict[str, tuple[str, ...]] = {}
        for brand in self.brands:
            key = name_key(brand)
            if is_latin_key(key):
                brands[key] = (*brands.get(key, ()), brand)
        return brands

    @cached_property
    def brand_scanner(self) -> ValueScanner:
        """Finds the brands in texts."""
        return ValueScanner(self.brands)


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
    write_fact_table(folder, vocabulary.table)


def open_fact_vocabulary(folder: Path, segmenter: Segmenter) -> FactVocabulary | None:
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
        table=open_fact_table(folder),
        segmenter=segmenter,
    )
