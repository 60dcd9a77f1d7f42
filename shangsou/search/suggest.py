"""Suggestions as one types: popular queries, categories and brands, by characters, pinyin or initials."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple

from shangsou.engines.engine import Engine
from shangsou.engines.query import Filters, Found, Page
from shangsou.lexicon.lexicon import Lexicon
from shangsou.lexicon.phrases import Phrase
from shangsou.lexicon.pinyin import read_characters
from shangsou.lexicon.table import PhraseTable
from shangsou.product import CATEGORY_SEPARATOR
from shangsou.search.latin import edited
from shangsou.search.ranking import RankingRecipe
from shangsou.search.request import MAX_QUERY_LENGTH, SuggestRequest
from shangsou.search.understand import understand
from shangsou.text.normalise import normalise

Kind = Literal["query", "category", "brand", "product"]
NO_LEXICON = 'lexicon: none was built with this index; run "shangsou index" again'
# What a shop page shows below its box beside the queries.
_MOST_CATEGORIES = 2
_MOST_BRANDS = 2
# Rows looked at for each that is wanted: some say the same, or lack the characters typed.
_SPARE = 4
# Of a text so short nearly every edit begins something.
_LEAST_LETTERS_MISTYPED = 4
_LEAST_CHARACTERS_MISTYPED = 2
# Characters that anyone types before taking a suggestion.
_LONGEST = 40


class Suggestion(NamedTuple):
    """Something that a shopper may be about to type."""

    kind: Kind
    text: str
    value: str
    """What to search for: a query, a brand, a category path, or a product id."""


@dataclass(frozen=True, slots=True)
class _Typed:
    """What was typed, and how it sounds."""

    text: str
    pinyin: str
    initials: str

    @property
    def chinese(self) -> str:
        return "".join(char for char in self.text if not char.isascii())


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The answer to what was typed so far."""

    typed: str
    suggestions: tuple[Suggestion, ...]
    degraded: tuple[str, ...]
    """A line for each part that failed, as in a search."""
    took_ms: float


def suggestions(
    request: SuggestRequest, engine: Engine, lexicon: Lexicon | None, recipe: RankingRecipe
) -> Suggestions:
    """Return queries, a few categories and brands, and products, for what was typed so far.

    Products are those that match it best; of letters, which may be pinyin, the first suggestion counts
    instead. Raises `EngineUnavailable` when the engine cannot be reached.
    """
    started = time.perf_counter()
    found = [] if lexicon is None else suggest(request.typed, lexicon, request.size)
    text = normalise(request.typed[:_LONGEST])
    if request.products and text:
        said = found[0].value if found and _has_letters(text) else text
        found.extend(_products(said, request.products, engine, recipe))
    return Suggestions(
        typed=request.typed[:MAX_QUERY_LENGTH],
        suggestions=tuple(found),
        degraded=() if lexicon is not None else (NO_LEXICON,),
        took_ms=round(1000 * (time.perf_counter() - started), 2),
    )


def suggest(typed: str, lexicon: Lexicon, size: int) -> list[Suggestion]:
    """Return what a shopper may be about to type, queries first, the most likely of each kind first.

    What begins as typed, or sounds so, comes before what holds it further on, and slips are looked for
    only where nothing else is found. Nothing typed: what is most popular.
    """
    text = normalise(typed[:_LONGEST]).replace(" ", "")
    known = [lexicon.words] if lexicon.queries is None else [lexicon.queries, lexicon.words]
    if not text and lexicon.popular:
        return [Suggestion("query", query, query) for query in lexicon.popular[:size]]
    if not text:
        return [_category(lexicon.categories.phrase(row)) for row in range(len(lexicon.categories))[:size]]
    reading = read_characters(text, lexicon.sounds)
    asked = _Typed(text, reading.pinyin, reading.initials)
    categories = _phrases([lexicon.categories], asked, _MOST_CATEGORIES)
    brands = _phrases([lexicon.brands], asked, _MOST_BRANDS)
    return [
        *_distinct(map(_query, _phrases(known, asked, size)), size),
        *_distinct(map(_category, categories), _MOST_CATEGORIES),
        *_distinct(map(_brand, brands), _MOST_BRANDS),
    ]


def _products(text: str, k: int, engine: Engine, recipe: RankingRecipe) -> list[Suggestion]:
    """Return products in stock that match a text strictly, by characters."""
    query = understand(text, recipe).lexical
    found = Found(Filters(in_stock=True), query)
    products = engine.collect(found, Page("relevance", 0, k), []).products
    return [Suggestion("product", product.title, product.product_id) for product in products]


def _phrases(tables: Sequence[PhraseTable], asked: _Typed, k: int) -> Iterator[Phrase]:
    """Yield phrases that begin as typed; where there is none, those that would but for a slip."""
    found = False
    for table in tables:
        for row in _rows(table, asked, _SPARE * k):
            found = True
            yield table.phrase(row)
    if not found:
        for table in tables:
            for row in _mistyped_rows(table, asked, _SPARE * k):
                yield table.phrase(row)


def _rows(table: PhraseTable, asked: _Typed, k: int) -> Iterator[int]:
    beginning = set(table.beginning("text", [asked.text], k))
    if _has_letters(asked.text):
        beginning |= set(table.beginning("pinyin", [asked.pinyin], k))
        beginning |= set(table.beginning("initials", [asked.initials], k))
        if asked.chinese:
            # `连yi`: what is typed in Chinese is meant as it stands.
            beginning = {row for row in beginning if _holds(table.phrase(row).said, asked.chinese)}
    yield from sorted(beginning)
    yield from table.beginning("inner", [asked.text], k)


def _mistyped_rows(table: PhraseTable, asked: _Typed, k: int) -> Iterator[int]:
    if asked.text.isascii():
        if len(asked.text) >= _LEAST_LETTERS_MISTYPED:
            keys = list(edited(asked.text))
            yield from sorted({*table.beginning("pinyin", keys, k), *table.beginning("text", keys, k)})
    elif len(asked.chinese) >= _LEAST_CHARACTERS_MISTYPED:
        yield from table.beginning("pinyin", [asked.pinyin], k)
        yield from table.beginning("text", list(_shortened(asked.text)), k)


def _shortened(text: str) -> Iterator[str]:
    """Yield a text with one character left out, or swapped with the next; two are always left."""
    for place in range(len(text) if len(text) > _LEAST_CHARACTERS_MISTYPED else 0):
        yield text[:place] + text[place + 1 :]
    for place in range(len(text) - 1):
        yield text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _has_letters(text: str) -> bool:
    """Return whether something in a text may be pinyin."""
    return any(char.isascii() and char.isalpha() for char in text)


def _holds(text: str, chinese: str) -> bool:
    """Return whether a text holds these characters in this order."""
    remaining = iter(text)
    return all(char in remaining for char in chinese)


def _query(phrase: Phrase) -> Suggestion:
    return Suggestion("query", phrase.text, phrase.text)


def _category(phrase: Phrase) -> Suggestion:
    return Suggestion("category", phrase.text.split(CATEGORY_SEPARATOR)[-1], phrase.text)


def _brand(phrase: Phrase) -> Suggestion:
    return Suggestion("brand", phrase.text, phrase.text)


def _distinct(suggestions: Iterable[Suggestion], k: int) -> list[Suggestion]:
    return list(islice(dict.fromkeys(suggestions), k))


def suggestions_to_json(answer: Suggestions) -> dict[str, object]:
    """Return an answer as plain JSON values, in the shape of the HTTP API."""
    return {
        "query": answer.typed,
        "suggestions": [one._asdict() for one in answer.suggestions],
        "degraded": list(answer.degraded),
        "took_ms": answer.took_ms,
    }
