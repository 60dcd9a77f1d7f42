"""Which texts of a product are searched, under which field names, in both engines."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from shangsou.product import Product
from shangsou.text.normalise import normalise
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
# Holds every character of all texts once, and scores idf alone (BM25 with k1 = 0): how much of a query a
# product holds at all, no matter how often or in how long a text.
COVERAGE_FIELD = "all.characters"
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
        analyse = _analysed if text_name in _UNIQUE_TEXTS else _analysed_before
        for analyser_name, found in zip(ANALYSERS, analyse(text), strict=True):
            if found:
                terms[f"{text_name}.{analyser_name}"] = found
    held = dict.fromkeys(gram for found in terms.values() for gram in found if len(gram) == 1)
    if held:
        terms[COVERAGE_FIELD] = list(held)
    return terms


def _analysed(text: str) -> tuple[list[str], ...]:
    """Return the terms of a text by each analyser, in the order of `ANALYSERS`."""
    normalised = normalise(text)
    return tuple(analyse(normalised) for analyse in ANALYSERS.values())


# Brands, categories and attributes come again and again; the lists are read, never changed.
_analysed_before = lru_cache(16_384)(_analysed)
