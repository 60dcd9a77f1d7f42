"""The searchable text fields of a product, the same in both engines."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from math import ceil
from typing import NamedTuple

from shangsou.product import Product
from shangsou.text.normalize import normalize
from shangsou.text.segmenter import Segmenter
from shangsou.text.terms import grams, words

# The texts of a product that BM25 scores. Descriptions are searched by vector only: their many words would
# match everything.
TEXTS: Mapping[str, Callable[[Product], str]] = {
    "title": lambda product: product.title,
    "subtitle": lambda product: product.subtitle,
    "brand": lambda product: product.brand,
    "category": lambda product: " ".join(product.category),
    "attributes": lambda product: " ".join(
        [*(value for values in product.attributes.values() for value in values), *product.tags]
    ),
}
ANALYSERS = ("words", "grams")
# Fields whose texts are rarely shared by two products.
_UNIQUE_TEXTS = ("title", "subtitle")
# Query coverage: holds every character of all texts and scores its idf, whatever the length of the text. A
# character counts for more if it first occurs early in the title, since titles begin with the product and end
# in keywords: it is repeated `TITLE_PARTS` times if it is in the first part of the title, one time less for
# each further part, and once in the last part or outside the title. BM25 with `COVERAGE_K1` and b = 0, times
# k1 + 1: one occurrence scores the idf, two 1.33, three 1.5, four 1.6 of it. How it was chosen:
# docs/adr/0020.
COVERAGE_FIELD = "all.characters"
COVERAGE_K1 = 1.0
TITLE_PARTS = 4
# Fields scored by BM25, each with its own weight.
SCORED_FIELDS = (*(f"{text}.{analyser}" for text in TEXTS for analyser in ANALYSERS), COVERAGE_FIELD)
# Holds the terms of all texts; not scored, but used for strict matching.
MATCH_FIELDS = tuple(f"all.{analyser}" for analyser in ANALYSERS)


class AnalysedText(NamedTuple):
    """A text of a product, normalized, and its words."""

    normalized: str
    words: list[str]


def analysed_texts(product: Product, segmenter: Segmenter) -> dict[str, AnalysedText]:
    """Return the texts of a product, in the order of `TEXTS`; empty ones are left out."""
    return {
        name: _analyse(text, segmenter) if name in _UNIQUE_TEXTS else _analyse_cached(text, segmenter)
        for name, read_text in TEXTS.items()
        if (text := read_text(product))
    }


def document_terms(product: Product, segmenter: Segmenter) -> dict[str, list[str]]:
    """Return the terms of each scored field, with repetitions, in text order; empty fields are left out."""
    terms: dict[str, list[str]] = {}
    for name, text in analysed_texts(product, segmenter).items():
        for analyser, field_terms in (("words", text.words), ("grams", grams(text.normalized))):
            if field_terms:
                terms[f"{name}.{analyser}"] = field_terms
    coverage_terms = _coverage_terms(terms)
    if coverage_terms:
        terms[COVERAGE_FIELD] = coverage_terms
    return terms


def _coverage_terms(terms: Mapping[str, Sequence[str]]) -> list[str]:
    """Return every character of the texts, repeated by the part of the title in which it first occurs."""
    title = _single_characters(terms.get("title.grams", ()))
    distinct = dict.fromkeys(title)
    for text in TEXTS:
        if text != "title":
            distinct.update(dict.fromkeys(_single_characters(terms.get(f"{text}.grams", ()))))
    # A character of the first part is in the first two, three and four parts as well.
    ends = [ceil(len(title) * parts / TITLE_PARTS) for parts in range(1, TITLE_PARTS)]
    return [*distinct, *(character for end in ends for character in dict.fromkeys(title[:end]))]


def _single_characters(grams: Sequence[str]) -> Sequence[str]:
    """Return the grams of one character, which come first."""
    return grams[: bisect_left(grams, 2, key=len)]


def _analyse(text: str, segmenter: Segmenter) -> AnalysedText:
    normalized = normalize(text)
    return AnalysedText(normalized, words(normalized, segmenter))


# Brands, categories and attributes repeat often; the cached lists are never changed.
_analyse_cached = lru_cache(16_384)(_analyse)
