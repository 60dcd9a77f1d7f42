"""The facts that a query asks for: amounts, codes, brands, colours, audiences, other values of attributes."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import NamedTuple

import rjieba

from shangsou.engines.engine import Engine
from shangsou.engines.query import FactCondition, Filters, TypeCondition
from shangsou.lexicon.fact_terms import (
    SHARED,
    WRITTEN,
    amount_term,
    canonical_value,
    is_colour_name,
    is_size_name,
    term,
)
from shangsou.lexicon.fact_vocabulary import FactVocabulary
from shangsou.search.ranking.asked_facts import AskedFact
from shangsou.search.understanding.product_types import AskedTypes
from shangsou.search.understood import FactKind, QueryFact
from shangsou.text.amounts import LETTER_SIZE, ONE_SIZE, Amount, Reading, find_amounts, holds, letter_sizes
from shangsou.text.audiences import all_audiences, contradicts, find_audiences
from shangsou.text.codes import find_code_spans, is_certain_code, is_code
from shangsou.text.colours import colour_family, find_colours

# Of other audiences, as 老人, what states another one comes behind; and of these it is no match.
_HARD_AUDIENCES = frozenset({"男", "女", "男童", "女童", "儿童"})
# Stands in the place of what has been read; occurs in no normalized text, and is part of no word.
_READ = "\x1f"
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"(?<![a-z0-9.])\d{2,5}(?![a-z0-9.])")


class AskedFacts(NamedTuple):
    """The facts that a query asks for."""

    facts: tuple[AskedFact, ...]
    """In the order of the query."""
    is_all: bool
    """Whether it says nothing else."""

    @property
    def code_is_of_other_type(self) -> bool:
        """Whether a code was found that no product of the type has."""
        return any(asked.is_elsewhere for asked in self.facts)

    @property
    def conditions(self) -> tuple[FactCondition, ...]:
        """What products must not contradict."""
        return tuple(asked.condition() for asked in self.facts if asked.fact.is_hard)


NO_FACTS = AskedFacts((), is_all=False)


def find_facts(  # noqa: PLR0913, PLR0917 - a query, its types, and what the shop knows
    text: str,
    type_names: Sequence[str],
    types: AskedTypes,
    vocabulary: FactVocabulary,
    engine: Engine,
    ignored: Collection[str] = (),
) -> AskedFacts:
    """Return the facts that a normalized query asks for.

    Parameters
    ----------
    text, type_names, types
        The query and the product types that it asks for: what names them is no fact.
    vocabulary, engine
        What products state. The engine counts how many hold each fact, and knows the codes.
    ignored
        Ids of facts that the shopper has taken off.
    """
    rest = text
    found: list[tuple[int, AskedFact]] = []
    for read in (_read_amounts, _read_brands, _read_codes, _read_audiences, _read_numbers, _read_values):
        for start, end, asked in read(rest, vocabulary, engine, types.condition):
            rest = _without(rest, start, end)
            found.append((start, asked))
        if read is _read_amounts:
            # Behind the amounts: 六件套 asks for six, also where 件套 is a type.
            rest = _without_types(rest, type_names)
    in_order = [asked for _, asked in sorted(found, key=lambda pair: pair[0])]
    # Each once, however often it is typed.
    wanted = list({asked.fact.id: asked for asked in in_order if asked.fact.id not in ignored}.values())
    if types.is_accessory:
        wanted = list(map(_of_accessory, wanted))
    is_all = bool(wanted) and not any(map(str.isalnum, rest))
    if is_all and types.condition is None:
        # Nothing else says what is asked for.
        wanted = [replace(asked, must_hold=asked.fact.is_hard) for asked in wanted]
    # Who types the code of something else asks for no type.
    condition = None if any(asked.is_elsewhere for asked in wanted) else types.condition
    return AskedFacts(tuple(_count(wanted, condition, engine)), is_all)


_Span = tuple[int, int, AskedFact]


def _of_accessory(asked: AskedFact) -> AskedFact:
    """Return a fact asked of an accessory: the model that it fits is one of many, and often not said."""
    if asked.fact.kind != "code":
        return asked
    return replace(asked, fact=asked.fact._replace(is_hard=False), must_hold=False)


def _without(text: str, start: int, end: int) -> str:
    """Return a text with a place of it taken out, all others where they were."""
    return text[:start] + _READ * (end - start) + text[end:]


def _without_types(text: str, names: Sequence[str]) -> str:
    for name in names:
        start = text.rfind(name)
        if start >= 0:
            text = _without(text, start, start + len(name))
    return text


def _count(facts: Sequence[AskedFact], types: TypeCondition | None, engine: Engine) -> list[AskedFact]:
    """Return facts with the number of products that hold them; a brand that none holds nothing matches."""
    if not facts:
        return []
    counts = engine.count([_holders(asked, types) for asked in facts])
    counted = []
    for asked, held_by in zip(facts, counts, strict=True):
        must_hold = asked.must_hold or (asked.fact.kind == "brand" and not held_by)
        counted.append(replace(asked, fact=asked.fact._replace(held_by=held_by), must_hold=must_hold))
    return counted


def _holders(asked: AskedFact, types: TypeCondition | None) -> Filters:
    return Filters(types=types, facts=(FactCondition((*asked.exact, *asked.wide), must_hold=True),))


def _fact(kind: FactKind, value: str, text: str, *, is_hard: bool) -> QueryFact:
    return QueryFact(f"{kind}:{value}", kind, value, text, is_hard)


def _read_amounts(
    text: str, vocabulary: FactVocabulary, engine: Engine, types: TypeCondition | None
) -> Iterator[_Span]:
    amounts = [
        amount
        for amount in (*find_amounts(text), *letter_sizes(text))
        # 3m is a brand as well.
        if not amount.is_total and amount.text not in vocabulary.brands
    ]
    meant = _meant_readings(amounts, types, engine)
    for amount, readings in zip(amounts, meant, strict=True):
        stated = [reading for meant in readings for reading in vocabulary.amounts.get(meant.dimension, ())]
        exact = tuple(amount_term(reading) for reading in readings)
        wide = tuple(
            amount_term(one)
            for one in stated
            if any(holds(one, _as_range(reading)) == "range" for reading in readings)
        )
        dimensions = dict.fromkeys(reading.dimension for reading in readings)
        one_size = (
            (amount_term(Reading(LETTER_SIZE, ONE_SIZE, ONE_SIZE)),) if LETTER_SIZE in dimensions else ()
        )
        kind: FactKind = "size" if LETTER_SIZE in dimensions or "shoe size" in dimensions else "amount"
        yield (
            amount.start,
            amount.end,
            AskedFact(
                _fact(kind, amount.text.replace(" ", ""), amount.text, is_hard=True),
                exact,
                tuple(
                    dict.fromkeys(
                        [*wide, *(term("text", "", number) for number in _DIGITS.findall(amount.text))]
                    )
                ),
                one_size,
                tuple(term("amount", dimension) for dimension in dimensions),
            ),
        )


def _as_range(reading: Reading) -> Reading:
    """Return an amount as the range that it means: who is three is so for a year."""
    if reading.dimension == "age" and reading.low == reading.high and reading.low % 12 == 0:
        return reading._replace(high=reading.high + 11)
    return reading


def _meant_readings(
    amounts: Sequence[Amount], types: TypeCondition | None, engine: Engine
) -> list[tuple[Reading, ...]]:
    """Return what amounts mean: of `64g`, a mass or a storage, what products of the type state most."""
    ambiguous = {reading for amount in amounts if len(amount.readings) > 1 for reading in amount.readings}
    if not ambiguous:
        return [amount.readings for amount in amounts]
    readings = sorted(ambiguous)
    exact = [FactCondition((amount_term(reading),), must_hold=True) for reading in readings]
    stating = [FactCondition((term("amount", reading.dimension),), must_hold=True) for reading in readings]
    counts = engine.count([Filters(types=types, facts=(condition,)) for condition in (*exact, *stating)])
    support = dict(zip(readings, zip(counts, counts[len(readings) :], strict=False), strict=True))
    return [
        amount.readings if len(amount.readings) == 1 else (max(amount.readings, key=support.__getitem__),)
        for amount in amounts
    ]


def _read_codes(
    text: str, _vocabulary: FactVocabulary, engine: Engine, types: TypeCondition | None
) -> Iterator[_Span]:
    spans = [span for run in find_code_spans(text) for span in run]
    if not spans:
        return
    conditions = [FactCondition((term("code", "", span.code),), must_hold=True) for span in spans]
    within = [Filters(types=types, facts=(condition,)) for condition in conditions]
    anywhere = [Filters(facts=(condition,)) for condition in conditions]
    counts = engine.count([*within, *anywhere])
    of_type = {span for span, count in zip(spans, counts, strict=False) if count}
    known = {
        span for span, count in zip(spans, counts[len(spans) :], strict=True) if count and is_code(span.code)
    }
    taken: list[tuple[int, int]] = []
    # The longest that something of the type has; else something else; else what can be nothing but a code.
    for is_wanted in (of_type.__contains__, known.__contains__, lambda span: is_certain_code(span.code)):
        for span in spans:
            is_free = all(span.end <= start or end <= span.start for start, end in taken)
            if is_free and is_wanted(span):
                taken.append((span.start, span.end))
                typed = text[span.start : span.end]
                fact = _fact("code", span.code, typed, is_hard=True)
                written, any_spelling = term("code", WRITTEN, typed), term("code", "", span.code)
                is_elsewhere = span in known and span not in of_type
                yield (
                    span.start,
                    span.end,
                    AskedFact(fact, (written,), (any_spelling,), must_hold=True, is_elsewhere=is_elsewhere),
                )


def _read_audiences(
    text: str, _vocabulary: FactVocabulary, _engine: Engine, _types: TypeCondition | None
) -> Iterator[_Span]:
    for audience, start, end in find_audiences(text):
        others = tuple(
            term("audience", name, other)
            for other in all_audiences()
            if contradicts((other,), audience)
            for name in ("", SHARED)
        )
        fact = _fact("audience", audience, text[start:end], is_hard=audience in _HARD_AUDIENCES)
        exact, shared = term("audience", "", audience), term("audience", SHARED, audience)
        yield start, end, AskedFact(fact, (exact,), (shared,), stating=others)


def _read_brands(
    text: str, vocabulary: FactVocabulary, _engine: Engine, _types: TypeCondition | None
) -> Iterator[_Span]:
    borders = {0, *accumulate(map(len, rjieba.cut(text)))}
    for value, start, end in vocabulary.brand_scanner.find_longest(text):
        # 黑手 is no brand in 黑手机.
        if start in borders and end in borders:
            spellings = (value, *vocabulary.brands[value])
            yield (
                start,
                end,
                AskedFact(
                    _fact("brand", value, value, is_hard=True),
                    tuple(term("brand", "", spelling) for spelling in spellings),
                    tuple(term("text", "", canonical_value(spelling)) for spelling in spellings),
                    (),
                    (term("brand", ""),),
                ),
            )


def _read_numbers(
    text: str, vocabulary: FactVocabulary, engine: Engine, types: TypeCondition | None
) -> Iterator[_Span]:
    """Read numbers that columns of the type state without a unit: `跑步鞋 35`, `1600鼠标`."""
    if types is None:
        return
    numbers = [match for match in _NUMBER.finditer(text) if match[0] in vocabulary.names_of_values]
    asked = [_number(match[0], vocabulary.names_of_values[match[0]]) for match in numbers]
    counts = engine.count([_holders(one, types) for one in asked]) if asked else []
    for match, one, count in zip(numbers, asked, counts, strict=True):
        if count:
            yield match.start(), match.end(), one


def _number(value: str, names: Sequence[str]) -> AskedFact:
    sizes = [name for name in names if is_size_name(name)]
    kind: FactKind = "size" if sizes else "attribute"
    return AskedFact(
        _fact(kind, value, value, is_hard=bool(sizes)),
        tuple(term("attribute", name, value) for name in sizes or names),
        stating=tuple(term("attribute", name) for name in sizes or names),
    )


def _read_values(
    text: str, vocabulary: FactVocabulary, _engine: Engine, _types: TypeCondition | None
) -> Iterator[_Span]:
    taken: list[tuple[int, int]] = []
    for value, start, end in vocabulary.value_scanner.find_longest(text):
        if value.isdecimal():
            continue
        taken.append((start, end))
        names = vocabulary.names_of_values[value]
        if any(map(is_colour_name, names)):
            yield start, end, _colour(value)
        else:
            canonical = canonical_value(value)
            yield (
                start,
                end,
                AskedFact(
                    _fact("attribute", value, value, is_hard=False),
                    tuple(term("attribute", name, canonical) for name in names),
                    (term("text", "", canonical), *(term("part", name, canonical) for name in names)),
                    stating=tuple(term("attribute", name) for name in names),
                ),
            )
    for name, start, end in find_colours(text):
        if all(end <= other_start or other_end <= start for other_start, other_end in taken):
            yield start, end, _colour(name)


def _colour(name: str) -> AskedFact:
    canonical, family = canonical_value(name), colour_family(name)
    of_family = (term("colour family", "", family),) if family else ()
    is_family = canonical == family
    return AskedFact(
        _fact("colour", name, name, is_hard=True),
        (term("colour", "", canonical),),
        (term("text", "", canonical), *(of_family if is_family else ())),
        () if is_family else of_family,
        (term("colour", ""),),
    )
