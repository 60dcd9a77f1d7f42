"""Brands in a query: in any spelling, and in either script."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, chain
from typing import NamedTuple

from shangsou.engines.engine import Engine
from shangsou.engines.query import TypeCondition
from shangsou.lexicon.fact_terms import canonical_value, term
from shangsou.lexicon.fact_vocabulary import FactVocabulary
from shangsou.search.ranking.asked_facts import AskedFact
from shangsou.search.understood import QueryFact
from shangsou.text.latin_names import find_names, name_key
from shangsou.text.synonyms import SynonymDictionary, cut_phrases


class _BrandSpan(NamedTuple):
    """A brand in a query."""

    start: int
    end: int
    spellings: tuple[str, ...]
    """Of the brand in the shop, the likeliest first."""
    is_synonym: bool = False
    """Whether the shop knows it by a synonym alone."""


def read_brands(
    text: str,
    vocabulary: FactVocabulary,
    _engine: Engine,
    _types: TypeCondition | None,
    synonyms: SynonymDictionary,
) -> Iterator[tuple[int, int, AskedFact]]:
    """Yield the brands of a normalized query, each of whole words."""
    for span in _find_brands(text, vocabulary, synonyms):
        typed = text[span.start : span.end]
        value = typed if typed in span.spellings else span.spellings[0]
        texts = chain.from_iterable((canonical_value(one), name_key(one)) for one in span.spellings)
        yield (
            span.start,
            span.end,
            AskedFact(
                QueryFact(f"brand:{value}", "brand", value, typed, is_hard=True),
                tuple(dict.fromkeys(term("brand", "", name_key(spelling)) for spelling in span.spellings)),
                tuple(dict.fromkeys(term("text", "", one) for one in texts)),
                (),
                (term("brand", ""),),
                is_optional=span.is_synonym,
            ),
        )


def find_inner_spans(
    text: str, vocabulary: FactVocabulary, synonyms: SynonymDictionary
) -> list[tuple[int, int]]:
    """Return where names of several parts stand, which say nothing alone: the `m` of `h&m` is no size."""
    names = find_names(text, _Names(vocabulary.brand_keys, synonyms.latin.names))
    return [(name.start, name.end) for name in names if len(name.key) < name.end - name.start]


def _find_brands(text: str, vocabulary: FactVocabulary, synonyms: SynonymDictionary) -> Iterator[_BrandSpan]:
    """Yield the brands of a query without overlaps: Latin ones, Chinese ones, those of synonyms."""
    taken: list[tuple[int, int]] = []

    def is_free(start: int, end: int) -> bool:
        return all(end <= taken_start or taken_end <= start for taken_start, taken_end in taken)

    for found in find_names(text, _Names(vocabulary.brand_keys, synonyms.latin.names)):
        taken.append((found.start, found.end))
        brands = vocabulary.brand_keys.get(found.key, ())
        name = synonyms.latin.names.get(found.key)
        spellings = _spellings(brands or ((name,) if name else ()), vocabulary, synonyms)
        if spellings:
            yield _BrandSpan(found.start, found.end, spellings, is_synonym=not brands)
    borders = {0, *accumulate(map(len, vocabulary.segmenter.cut(text)))}
    for brand, start, end in vocabulary.brand_scanner.find_longest(text):
        # 黑手 is no brand in 黑手机.
        if start in borders and end in borders and is_free(start, end):
            taken.append((start, end))
            yield _BrandSpan(start, end, _spellings((brand,), vocabulary, synonyms))
    position = 0
    for piece, is_known in cut_phrases(text, synonyms, vocabulary.segmenter, long_anywhere=True):
        start, position = position, position + len(piece)
        if is_known and is_free(start, position):
            spellings = _spellings((piece,), vocabulary, synonyms)
            if spellings:
                yield _BrandSpan(start, position, spellings, is_synonym=True)


class _Names:
    """The keys of the brands of a shop, and of the names in synonyms."""

    def __init__(self, brands: Mapping[str, object], names: Mapping[str, object]) -> None:
        self._brands, self._names = brands, names

    def __contains__(self, key: object) -> bool:
        return key in self._brands or key in self._names


def _spellings(
    names: Iterable[str], vocabulary: FactVocabulary, synonyms: SynonymDictionary
) -> tuple[str, ...]:
    """Return all spellings of names that stand for a brand of the shop, none if they stand for no brand."""
    names = tuple(names)
    others = [other for name in names for other in synonyms.get(name, ())]
    known = [
        brand
        for name in (*names, *others)
        for brand in vocabulary.brand_keys.get(name_key(name), (name,))
        if brand in vocabulary.brands
    ]
    if not known:
        return ()
    further = [spelling for brand in known for spelling in vocabulary.brands[brand]]
    return tuple(dict.fromkeys([*known, *further, *names, *others]))
