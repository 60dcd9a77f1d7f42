"""Marking in a product's texts what matched the query, as HTML that is safe to show."""

import re
from collections.abc import Callable, Iterable
from html import escape

from shangsou.product import Product
from shangsou.search.understand import Query
from shangsou.text.normalise import normalise_aligned
from shangsou.text.terms import bigrams, characters

_LATIN = re.compile(r"[a-z0-9]")


def highlighter(query: Query) -> Callable[[Product], dict[str, str]]:
    """Return the function that marks a product's texts: field to HTML, only where something matched.

    Marked with `<em>` are the words of the query and every two of its Chinese characters that stand
    together; Latin words only as whole words. Everything else is escaped.
    """
    pattern = _pattern(query)

    def mark(product: Product) -> dict[str, str]:
        if pattern is None:
            return {}
        texts = {"title": product.title, "subtitle": product.subtitle, "brand": product.brand}
        marked = {name: _mark(text, pattern) for name, text in texts.items() if text}
        return {name: html for name, html in marked.items() if html is not None}

    return mark


def _pattern(query: Query) -> re.Pattern[str] | None:
    """Return what to mark in a normalised text, None for a query without terms."""
    runs = characters(query.text)
    terms = dict.fromkeys(query.lexical.words)
    terms |= dict.fromkeys(bigram for bigram in bigrams(runs) if not _LATIN.search(bigram))
    # A single Chinese character says little inside a longer query.
    if sum(map(len, runs)) > 1:
        terms = dict.fromkeys(term for term in terms if len(term) > 1)
    if not terms:
        return None
    # A lookahead finds overlapping terms too.
    return re.compile("(?=(" + "|".join(_alternatives(terms)) + "))")


def _alternatives(terms: Iterable[str]) -> list[str]:
    longest_first = sorted(terms, key=lambda term: (-len(term), term))
    return [
        rf"(?<![a-z0-9]){re.escape(term)}(?![a-z0-9])" if _LATIN.match(term) else re.escape(term)
        for term in longest_first
    ]


def _mark(text: str, pattern: re.Pattern[str]) -> str | None:
    normalised, origins = normalise_aligned(text)
    spans: list[tuple[int, int]] = []
    for match in pattern.finditer(normalised):
        start, end = origins[match.start(1)], origins[match.end(1) - 1] + 1
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    if not spans:
        return None
    pieces, shown = [], 0
    for start, end in spans:
        pieces += [escape(text[shown:start]), "<em>", escape(text[start:end]), "</em>"]
        shown = end
    return "".join(pieces) + escape(text[shown:])
