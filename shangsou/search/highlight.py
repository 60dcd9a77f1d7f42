"""Highlight the matches of a query in a product's texts, as safe HTML."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape

from shangsou.product import Product
from shangsou.search.understanding.understand import ParsedQuery
from shangsou.search.understood import QueryFact
from shangsou.text.amounts import amounts_and_sizes, holds
from shangsou.text.codes import find_code_spans
from shangsou.text.facts import FactTable
from shangsou.text.normalize import normalize, normalize_aligned
from shangsou.text.terms import characters

_SPELLED = ("amount", "size", "code")
_LATIN = re.compile(r"[a-z0-9]")


def make_highlighter(query: ParsedQuery, table: FactTable) -> Callable[[Product], dict[str, str]]:
    """Return the function that marks a product's texts: field to HTML, only where something matched.

    Marked with `<em>` are the words of the query and every two of its Chinese characters that stand
    together; Latin words only as whole words; amounts and codes where the text says the same, in whatever
    spelling. Everything else is escaped.
    """
    spelled = [fact for fact in query.understood.facts if fact.kind in _SPELLED]
    terms = _terms_to_mark(query, spelled)

    def highlight(product: Product) -> dict[str, str]:
        if not terms and not spelled:
            return {}
        texts = {"title": product.title, "subtitle": product.subtitle, "brand": product.brand}
        marked = {name: _mark(text, terms, spelled, table) for name, text in texts.items() if text}
        return {name: html for name, html in marked.items() if html is not None}

    return highlight


def make_synonym_finder(query: ParsedQuery) -> Callable[[Product], str]:
    """Return the function that names the synonym by which a product matches, empty where it needs none."""
    own, synonyms = query.lexical.words, query.synonyms

    def find(product: Product) -> str:
        if not synonyms:
            return ""
        text = normalize(" ".join((product.title, product.subtitle, product.brand, *product.category)))
        if any(word in text for word in own if len(word) > 1):
            return ""
        return next((synonym for synonym in synonyms if synonym in text), "")

    return find


def _terms_to_mark(query: ParsedQuery, spelled: Sequence[QueryFact]) -> list[str]:
    """Return what to mark in a normalized text, without parts of amounts and codes: 55 of `4.55克拉`."""
    wordings = query.lexical.wordings
    terms = dict.fromkeys(word for wording in wordings for word in wording.words)
    grams = [gram for wording in wordings for gram in wording.grams if len(gram) > 1]
    terms |= dict.fromkeys(gram for gram in grams if not _LATIN.search(gram))
    rest = query.text
    for fact in spelled:
        rest = rest.replace(fact.text, " ")
    terms = {term: None for term in terms if term in rest or term not in query.text}
    # A single Chinese character says little inside a longer query.
    if sum(map(len, characters(query.text))) > 1:
        return [term for term in terms if len(term) > 1]
    return list(terms)


def _mark(text: str, terms: Sequence[str], spelled: Sequence[QueryFact], table: FactTable) -> str | None:
    normalized, origins = normalize_aligned(text)
    spans = [
        (origins[start], origins[end - 1] + 1)
        for start, end in (
            *(span for term in terms for span in _find_spans(term, normalized)),
            *(span for fact in spelled for span in _find_fact(fact, normalized, table)),
        )
    ]
    pieces, position = [], 0
    for start, end in _merge_spans(spans):
        pieces += [escape(text[position:start]), "<em>", escape(text[start:end]), "</em>"]
        position = end
    return "".join(pieces) + escape(text[position:]) if pieces else None


def _find_spans(term: str, text: str) -> Iterator[tuple[int, int]]:
    """Yield where a term begins and ends in a text; a Latin word only where it stands alone."""
    whole_words = _LATIN.match(term) is not None
    start = text.find(term)
    while start >= 0:
        end = start + len(term)
        if not (whole_words and (_LATIN.match(text[start - 1 : start]) or _LATIN.match(text[end : end + 1]))):
            yield start, end
        start = text.find(term, start + 1)


def _find_fact(fact: QueryFact, text: str, table: FactTable) -> Iterator[tuple[int, int]]:
    """Yield where a text says an amount or a code, in whatever spelling: `iPhone 15` for `iphone15`."""
    if fact.kind == "code":
        spans = (span for run in find_code_spans(text, table) for span in run)
        yield from ((span.start, span.end) for span in spans if span.code == fact.value)
        return
    asked = [reading for amount in amounts_and_sizes(fact.text, table) for reading in amount.readings]
    for amount in amounts_and_sizes(text, table):
        if any(holds(stated, reading) for stated in amount.readings for reading in asked):
            yield amount.start, amount.end


def _merge_spans(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return places that overlap or touch as one, in order."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged
