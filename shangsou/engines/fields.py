"""Which texts of a product are searched, under which field names, in both engines."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from math import ceil

from shangsou.product import Product
from shangsou.text.normalize import normalize
from shangsou.text.terms import grams, words

# The texts of a product that BM25 scores. Descriptions are searched by their vectors alone: their
# many words would match everything.
TEXTS: Mapping[str, Callable[[Product], str]] = {
    "title": lambda product: product.title,
    "subtitle": lambda product: product.subtitle,
    "brand": lambda product: product.brand,
    "category": lambda product: " ".join(product.category),
    "attributes": lambda product: " ".join(
        [*(value for values in product.attributes.values() for value in values), *product.tags]
    ),
}
ANALYSERS: Mapping[str, Callable[[str], list[str]]] = {"words": words, "grams": grams}
# Texts that hardly any two products share.
_UNIQUE_TEXTS = ("title", "subtitle")
# Holds every character of all texts and scores idf, no matter in how long a text: how much of a query a
# product holds at all. It counts for more where it first stands early in the title, since titles say first
# what is sold and end in keywords: held `_TITLE_PARTS` times from the first part of the title on, then less
# by one from each part, and once from the last part on or outside the title. BM25 with `COVERAGE_K1` and
# b = 0, times k1 + 1: held once it scores its idf, twice 1.33, three times 1.5, four times 1.6 of it. How
# it was chosen: docs/adr/0020.
COVERAGE_FIELD = "all.characters"
COVERAGE_K1 = 1.0
_TITLE_PARTS = 4
# Scored by BM25, each with a weight of its own.
SCORED_FIELDS = (*(f"{text}.{analyser}" for text in TEXTS for analyser in ANALYSERS), COVERAGE_FIELD)
# Holds the terms of all texts; never scored, it decides what matches strictly.
MATCH_FIELDS = tuple(f"all.{analyser}" for analyser in ANALYSERS)


def document_terms(product: Product) -> dict[str, list[str]]:
    """Return the terms of each scored field that has any, with repetitions, in text order."""
    terms: dict[str, list[str]] = {}
    for text_name, read_text in TEXTS.items():
        text = read_text(product)
        if not text:
            continue
        analyse = _analyse if text_name in _UNIQUE_TEXTS else _analyse_cached
        for analyser_name, field_terms in zip(ANALYSERS, analyse(text), strict=True):
            if field_terms:
                terms[f"{text_name}.{analyser_name}"] = field_terms
    coverage_terms = _coverage_terms(terms)
    if coverage_terms:
        terms[COVERAGE_FIELD] = coverage_terms
    return terms


def _coverage_terms(terms: Mapping[str, Sequence[str]]) -> list[str]:
    """Return every character of the texts, as often as it counts for where the title first has it."""
    title = _single_characters(terms.get("title.grams", ()))
    distinct = dict.fromkeys(title)
    for text in TEXTS:
        if text != "title":
            distinct.update(dict.fromkeys(_single_characters(terms.get(f"{text}.grams", ()))))
    # Whatever stands in the first part stands in the first two, three and four as well.
    ends = [ceil(len(title) * parts / _TITLE_PARTS) for parts in range(1, _TITLE_PARTS)]
    return [*distinct, *(character for end in ends for character in dict.fromkeys(title[:end]))]


def _single_characters(grams: Sequence[str]) -> Sequence[str]:
    """Return the grams of one character, which come first."""
    return grams[: bisect_left(grams, 2, key=len)]


def _analyse(text: str) -> tuple[list[str], ...]:
    """Return the terms of a text by each analyser, in the order of `ANALYSERS`."""
    normalized = normalize(text)
    return tuple(analyse(normalized) for analyse in ANALYSERS.values())


# Brands, categories and attributes come again and again; the lists are read, never changed.
_analyse_cached = lru_cache(16_384)(_analyse)
