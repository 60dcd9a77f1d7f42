"""Suggestions while typing: queries, categories and brands, by characters, pinyin or initials."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple

from typing_extensions import TypedDict

from shangsou.degradation import Degradation, DegradationJson, degradations_to_json
from shangsou.engines.engine import Engine
from shangsou.engines.query import CandidateSet, Filters, Page, TypeCondition
from shangsou.lexicon.lexicon import Lexicon
from shangsou.lexicon.phrases import Phrase
from shangsou.lexicon.pinyin import romanize_characters
from shangsou.lexicon.table import PhraseTable
from shangsou.limits import MAX_QUERY_LENGTH
from shangsou.product import CATEGORY_SEPARATOR
from shangsou.search.ranking.recipe import RankingRecipe
from shangsou.search.request import SuggestRequest
from shangsou.search.spelling.latin import edits1
from shangsou.search.understanding.understand import understand
from shangsou.text.normalize import normalize

SuggestionKind = Literal["query", "category", "brand", "product"]
NO_LEXICON = Degradation(
    "lexicon", 'there is none here of this index; run "shangsou index" again, unless it is being copied'
)
# What a shop page shows below its box beside the queries.
_MAX_CATEGORIES = 2
_MAX_BRANDS = 2
# Rows looked at for each that is wanted: some say the same, or lack the characters typed.
_OVERFETCH = 4
# Of a text so short nearly every edit begins something.
_MIN_TYPO_LETTERS = 4
_MIN_TYPO_CHARACTERS = 2
# Characters that anyone types before taking a suggestion.
_MAX_TYPED_LENGTH = 40


class Suggestion(NamedTuple):
    """Something that a shopper may be about to type."""

    kind: SuggestionKind
    text: str
    value: str
    """What to search for: a query, a brand, a category path, or a product id."""


class SuggestionJson(TypedDict):
    """Something that a shopper may be about to type."""

    kind: SuggestionKind
    text: str
    value: str
    """What to search for: a query, a brand, a category path, a product id."""


class SuggestionsJson(TypedDict):
    """What a shopper may be about to type."""

    query: str
    suggestions: list[SuggestionJson]
    """By kind in this order; the likeliest first."""
    degraded: list[DegradationJson]
    took_ms: float


@dataclass(frozen=True, slots=True)
class _TypedText:
    """What was typed, and how it sounds."""

    text: str
    pinyin: str
    initials: str
    may_err: bool = True
    """Whether it may be a slip of something else."""

    @property
    def chinese(self) -> str:
        return "".join(char for char in self.text if not char.isascii())


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The answer to what was typed so far."""

    typed: str
    suggestions: tuple[Suggestion, ...]
    degraded: tuple[Degradation, ...]
    """A line for each part that failed, as in a search."""
    took_ms: float


def suggest(
    request: SuggestRequest, engine: Engine, lexicon: Lexicon | None, recipe: RankingRecipe
) -> Suggestions:
    """Return queries, a few categories and brands, and products, for what was typed so far.

    Products are those that match it best; of letters, which may be pinyin, the first suggestion counts
    instead. Raises `EngineUnavailable` when the engine cannot be reached.
    """
    started = time.perf_counter()
    matches = [] if lexicon is None else suggest_phrases(request.typed, lexicon, request.size, recipe)
    text = normalize(request.typed[:_MAX_TYPED_LENGTH])
    is_elsewhere = lexicon is not None and not matches and _names_other_brand(text, lexicon, recipe)
    if request.products and text and not is_elsewhere:
        query = matches[0].value if matches and _has_letters(text) else text
        matches.extend(_find_products(query, request.products, engine, lexicon, recipe))
    return Suggestions(
        typed=request.typed[:MAX_QUERY_LENGTH],
        suggestions=tuple(matches),
        degraded=() if lexicon is not None else (NO_LEXICON,),
        took_ms=round(1000 * (time.perf_counter() - started), 2),
    )


def suggest_phrases(typed: str, lexicon: Lexicon, size: int, recipe: RankingRecipe) -> list[Suggestion]:
    """Return what a shopper may be about to type, queries first, the most likely of each kind first.

    What begins as typed, or sounds so, comes before what holds it further on, and typos are looked for
    only where nothing else is found, and no brand that is not sold is named. Nothing typed: what is most
    popular.
    """
    text = normalize(typed[:_MAX_TYPED_LENGTH]).replace(" ", "")
    is_allowed = _make_filter(recipe)
    if not text and lexicon.popular:
        popular = (Suggestion("query", query, query) for query in lexicon.popular)
        return list(islice(filter(is_allowed, popular), size))
    if not text:
        paths = (lexicon.categories.phrase(row) for row in range(len(lexicon.categories)))
        return list(islice(filter(is_allowed, map(_category_suggestion, paths)), size))
    reading = romanize_characters(text, lexicon.sounds)
    typed_text = _TypedText(
        text, reading.pinyin, reading.initials, may_err=not _names_other_brand(text, lexicon, recipe)
    )
    queries = _find_phrases(_query_tables(lexicon), typed_text, size)
    categories = _find_phrases([lexicon.categories], typed_text, _MAX_CATEGORIES)
    brands = _find_phrases([lexicon.brands], typed_text, _MAX_BRANDS)
    return [
        *_take_distinct(filter(is_allowed, map(_query_suggestion, queries)), size),
        *_take_distinct(filter(is_allowed, map(_category_suggestion, categories)), _MAX_CATEGORIES),
        *_take_distinct(filter(is_allowed, map(_brand_suggestion, brands)), _MAX_BRANDS),
    ]


def _query_tables(lexicon: Lexicon) -> list[PhraseTable]:
    """Return what queries are suggested from: those that shoppers searched for, then what the shop sells."""
    of_catalog = lexicon.words if lexicon.suggestions is None else lexicon.suggestions
    return [of_catalog] if lexicon.queries is None else [lexicon.queries, of_catalog]


def _names_other_brand(text: str, lexicon: Lexicon, recipe: RankingRecipe) -> bool:
    """Return whether a text begins with a known brand that the shop does not sell: nothing else is meant."""
    sold = lexicon.facts.brands if lexicon.facts else {}
    beginnings = (text[:end] for end in range(len(text), 1, -1))
    name = next(filter(recipe.synonym_dictionary.is_name, beginnings), None)
    return name is not None and name not in sold


def _make_filter(recipe: RankingRecipe) -> Callable[[Suggestion], bool]:
    """Return what tells whether a suggestion holds no word that is never suggested."""
    never = recipe.never_suggest
    if never is None:
        return lambda _: True
    return lambda suggestion: never.search(normalize(suggestion.text).replace(" ", "")) is None


def _find_products(
    text: str, k: int, engine: Engine, lexicon: Lexicon | None, recipe: RankingRecipe
) -> list[Suggestion]:
    """Return products in stock that match a text strictly, by characters; of a product word, of that type."""
    query = understand(text, recipe, segmenter=engine.generation.recipe.segmenter).lexical
    types = lexicon.product_types if lexicon else None
    of_type = TypeCondition((text,)) if types is not None and text in types else None
    page = Page("relevance", 0, _OVERFETCH * k)
    products = engine.fetch_page(
        CandidateSet(Filters(in_stock=True, types=of_type), query), page, []
    ).products
    if of_type is not None and not products:
        products = engine.fetch_page(CandidateSet(Filters(in_stock=True), query), page, []).products
    found = (Suggestion("product", product.title, product.product_id) for product in products)
    return list(islice(filter(_make_filter(recipe), found), k))


def _find_phrases(tables: Sequence[PhraseTable], typed_text: _TypedText, k: int) -> Iterator[Phrase]:
    """Yield phrases that begin as typed; where there is none, those that would but for a typo."""
    is_found = False
    for table in tables:
        for row in _find_rows(table, typed_text, _OVERFETCH * k):
            is_found = True
            yield table.phrase(row)
    if not is_found and typed_text.may_err:
        for table in tables:
            for row in _find_typo_rows(table, typed_text, _OVERFETCH * k):
                yield table.phrase(row)


def _find_rows(table: PhraseTable, typed_text: _TypedText, k: int) -> Iterator[int]:
    beginning = set(table.find_by_prefix("text", [typed_text.text], k))
    if _has_letters(typed_text.text):
        beginning |= set(table.find_by_prefix("pinyin", [typed_text.pinyin], k))
        beginning |= set(table.find_by_prefix("initials", [typed_text.initials], k))
        if typed_text.chinese:
            # `连yi`: what is typed in Chinese is meant as it stands.
            beginning = {
                row for row in beginning if _is_subsequence(table.phrase(row).normalized, typed_text.chinese)
            }
    yield from sorted(beginning)
    yield from table.find_by_prefix("inner", [typed_text.text], k)


def _find_typo_rows(table: PhraseTable, typed_text: _TypedText, k: int) -> Iterator[int]:
    if typed_text.text.isascii():
        if len(typed_text.text) >= _MIN_TYPO_LETTERS:
            keys = list(edits1(typed_text.text))
            yield from sorted(
                {*table.find_by_prefix("pinyin", keys, k), *table.find_by_prefix("text", keys, k)}
            )
    elif len(typed_text.chinese) >= _MIN_TYPO_CHARACTERS:
        yield from table.find_by_prefix("pinyin", [typed_text.pinyin], k)
        yield from table.find_by_prefix("text", list(_deletions_and_swaps(typed_text.text)), k)


def _deletions_and_swaps(text: str) -> Iterator[str]:
    """Yield a text with one character left out, or swapped with the next; two are always left."""
    for position in range(len(text) if len(text) > _MIN_TYPO_CHARACTERS else 0):
        yield text[:position] + text[position + 1 :]
    for position in range(len(text) - 1):
        yield text[:position] + text[position + 1] + text[position] + text[position + 2 :]


def _has_letters(text: str) -> bool:
    """Return whether something in a text may be pinyin."""
    return any(char.isascii() and char.isalpha() for char in text)


def _is_subsequence(text: str, chinese: str) -> bool:
    """Return whether a text holds these characters in this order."""
    remaining = iter(text)
    return all(char in remaining for char in chinese)


def _query_suggestion(phrase: Phrase) -> Suggestion:
    return Suggestion("query", phrase.text, phrase.text)


def _category_suggestion(phrase: Phrase) -> Suggestion:
    return Suggestion("category", phrase.text.split(CATEGORY_SEPARATOR)[-1], phrase.text)


def _brand_suggestion(phrase: Phrase) -> Suggestion:
    return Suggestion("brand", phrase.text, phrase.text)


def _take_distinct(suggestions: Iterable[Suggestion], k: int) -> list[Suggestion]:
    """Return the first of several suggestions that say the same, as `连衣裙 夏季` and `夏季连衣裙` do."""
    distinct: dict[str, Suggestion] = {}
    for suggestion in suggestions:
        distinct.setdefault("".join(sorted(suggestion.value.replace(" ", ""))), suggestion)
        if len(distinct) == k:
            break
    return list(distinct.values())


def suggestions_to_json(response: Suggestions) -> SuggestionsJson:
    """Return an answer as plain JSON values, in the shape of the HTTP API."""
    return {
        "query": response.typed,
        "suggestions": [
            {"kind": suggestion.kind, "text": suggestion.text, "value": suggestion.value}
            for suggestion in response.suggestions
        ],
        "degraded": degradations_to_json(response.degraded),
        "took_ms": response.took_ms,
    }
