"""The forms of a shop's queries: how product type and facts are put together."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from shangsou.lexicon.lexicon import Lexicon
from training.pairs.text_elements import Element, find_elements, named_audiences

QueryForm = tuple[str, ...]
"""Kinds of elements in order, and `" "` where a space stands between two."""
MAX_FACTS = 3
_SPACE = " "
# Different queries that hold a type and facts and nothing else: of fewer the shares of forms are chance.
_MIN_QUERIES = 100
# Percentile of the lengths of queries: the longest are pasted titles.
_LENGTH_PERCENTILE = 95


@dataclass(frozen=True, slots=True)
class QueryForms:
    """How often queries have which form, and what else they are written by."""

    counts: Mapping[QueryForm, int]
    """Of forms with one type and one to three facts."""
    max_length: int
    """In characters."""
    audience_words: Mapping[tuple[tuple[str, ...], bool], Mapping[str, int]] = field(default_factory=dict)
    """Words for audiences, with how often, by the audiences and by whether they stand before the type."""
    queries: int = 0
    """How many they were learned from; 0 for the default."""


# Without a query log. The shares are rounded from 198,926 queries of Taobao by the lexicon of 74,362 titles;
# of those queries 95 in 100 have at most 12 characters, and one in 22 holds a space.
DEFAULT_FORMS: Final = QueryForms(
    {
        ("brand", "type"): 19,
        ("value", "type"): 16,
        ("code", "type"): 16,
        ("audience", "type"): 11,
        ("type", "audience"): 6,
        ("material", "type"): 5,
        ("colour", "type"): 5,
        ("amount", "type"): 5,
        ("brand", "code", "type"): 4,
        ("type", "value"): 4,
        ("brand", "type", "code"): 3,
        ("type", "amount"): 2,
        ("type", "size"): 1,
        ("type", _SPACE, "colour"): 1,
        ("brand", _SPACE, "type"): 1,
        ("brand", "audience", "type"): 1,
        ("brand", "amount", "type"): 1,
        ("audience", "value", "type"): 1,
        ("audience", "colour", "type"): 1,
    },
    max_length=12,
)


def learn_forms(queries: Iterable[str], lexicon: Lexicon) -> QueryForms:
    """Return the forms of queries that hold one product type, one to three facts, and nothing else.

    `DEFAULT_FORMS` where fewer than a hundred different ones do, or the lexicon knows no types or facts.

    Parameters
    ----------
    queries
        Normalized; each counts as often as it is there.
    lexicon
        Of the live index.
    """
    types, vocabulary = lexicon.product_types, lexicon.facts
    if types is None or vocabulary is None:
        return DEFAULT_FORMS
    counts: Counter[QueryForm] = Counter()
    different: set[str] = set()
    lengths: list[int] = []
    words: defaultdict[tuple[tuple[str, ...], bool], Counter[str]] = defaultdict(Counter)
    for query in queries:
        lengths.append(len(query))
        names = types.of_query(query, None, vocabulary.find_modifiers(query)).names
        if not names:
            continue
        elements = find_elements(query, names[0], vocabulary)
        form = _form(query, elements)
        if not form or not 1 < len(elements) <= 1 + MAX_FACTS:
            continue
        counts[form] += 1
        different.add(query)
        types_place = form_kinds(form).index("type")
        for place, element in enumerate(elements):
            audiences = named_audiences(element.text, vocabulary.table) if element.kind == "audience" else ()
            if audiences:
                words[audiences, place < types_place][element.text] += 1
    if len(different) < _MIN_QUERIES:
        return DEFAULT_FORMS
    max_length = int(np.percentile(lengths, _LENGTH_PERCENTILE))
    return QueryForms(counts, max_length, words, counts.total())


def form_kinds(form: QueryForm) -> QueryForm:
    """Return the kinds of the elements of a form, without spaces."""
    return tuple(kind for kind in form if kind != _SPACE)


def join_elements(form: QueryForm, texts: Iterable[str]) -> str:
    """Return the query of a form with these texts of its elements, in order.

    A space separates Latin words and numbers in any case: `canon m50` is not one word.
    """
    query = ""
    remaining = iter(texts)
    for part in form:
        text = _SPACE if part == _SPACE else next(remaining)
        if query and _is_latin(query[-1]) and _is_latin(text[0]):
            query += _SPACE
        query += text
    return query


def _form(query: str, elements: list[Element]) -> QueryForm:
    """Return the form of a query, empty where it holds something that is no element."""
    form: list[str] = []
    end = 0
    for element in elements:
        between = query[end : element.start]
        if between.strip():
            return ()
        if between:
            form.append(_SPACE)
        form.append(element.kind)
        end = element.end
    return tuple(form) if "type" in form and not query[end:].strip() else ()


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
