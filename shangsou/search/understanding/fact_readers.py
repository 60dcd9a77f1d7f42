"""Readers of facts in a query: each finds those of one kind, with where they stand."""

import re
from collections.abc import Iterator, Sequence

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
from shangsou.search.understood import FactKind, QueryFact
from shangsou.text.amounts import LETTER_SIZE, ONE_SIZE, SHOE_SIZE, Amount, Reading, amounts_and_sizes, holds
from shangsou.text.audiences import all_audiences, contradicts, find_audiences
from shangsou.text.codes import find_code_spans, is_certain_code, is_code
from shangsou.text.colours import colour_family, find_colours
from shangsou.text.facts import FactTable

ReadFact = tuple[int, int, AskedFact]
"""Where a fact begins and ends in the text, and the fact."""
# Of other audiences, as 老人, what states another one comes behind; and of these it is no match.
_HARD_AUDIENCES = frozenset({"男", "女", "男童", "女童", "儿童"})
# Shorter numbers are parts of names.
_DIGITS = re.compile(r"\d{3,}")
# A colour of one character stands alone, or behind the thing: `连衣裙 红`, `t恤白`.
_SINGLE_COLOUR = re.compile(r"(?<![^\s\x1f])[黑白红蓝绿灰黄紫粉棕橙](?!\S)")
_NUMBER = re.compile(r"(?<![a-z0-9.])\d{2,5}(?![a-z0-9.])")


def holders(asked: AskedFact, types: TypeCondition | None) -> Filters:
    """Return the filters that the products of some types pass which hold a fact."""
    return Filters(types=types, facts=(FactCondition((*asked.exact, *asked.wide), must_hold=True),))


def _fact(kind: FactKind, value: str, text: str, *, is_hard: bool) -> QueryFact:
    return QueryFact(f"{kind}:{value}", kind, value, text, is_hard)


def read_amounts(
    text: str, vocabulary: FactVocabulary, engine: Engine, types: TypeCondition | None
) -> Iterator[ReadFact]:
    """Yield the amounts and sizes of a normalized query."""
    found = amounts_and_sizes(text, vocabulary.table)
    # 3m is a brand as well.
    amounts = [amount for amount in found if not amount.is_total and amount.text not in vocabulary.brands]
    # What multiplies an amount has been read with it: the x18 of 4gx18 is no code.
    ends = {amount.start: amount.end for amount in found if amount.is_total}
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
        kind: FactKind = "size" if LETTER_SIZE in dimensions or SHOE_SIZE in dimensions else "amount"
        yield (
            amount.start,
            ends.get(amount.start, amount.end),
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


def read_codes(
    text: str, vocabulary: FactVocabulary, engine: Engine, types: TypeCondition | None
) -> Iterator[ReadFact]:
    """Yield the codes of a normalized query: those that products have, and what can be nothing else."""
    spans = [span for run in find_code_spans(text, vocabulary.table) for span in run]
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
    for is_wanted in (
        of_type.__contains__,
        known.__contains__,
        lambda span: is_certain_code(text[span.start : span.end]),
    ):
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


def read_audiences(
    text: str, vocabulary: FactVocabulary, _engine: Engine, _types: TypeCondition | None
) -> Iterator[ReadFact]:
    """Yield for whom a normalized query asks."""
    table = vocabulary.table
    for audience, start, end in find_audiences(text, table):
        others = tuple(
            term("audience", name, other)
            for other in all_audiences(table)
            if contradicts((other,), audience, table)
            for name in ("", SHARED)
        )
        fact = _fact("audience", audience, text[start:end], is_hard=audience in _HARD_AUDIENCES)
        exact, shared = term("audience", "", audience), term("audience", SHARED, audience)
        yield start, end, AskedFact(fact, (exact,), (shared,), stating=others)


def read_numbers(
    text: str, vocabulary: FactVocabulary, engine: Engine, types: TypeCondition | None
) -> Iterator[ReadFact]:
    """Read numbers that columns of the type state without a unit: `跑步鞋 35`, `1600鼠标`."""
    if types is None:
        return
    numbers = [match for match in _NUMBER.finditer(text) if match[0] in vocabulary.names_of_values]
    asked = [_number(match[0], vocabulary) for match in numbers]
    counts = engine.count([holders(one, types) for one in asked]) if asked else []
    for match, one, count in zip(numbers, asked, counts, strict=True):
        if count:
            yield match.start(), match.end(), one


def _number(value: str, vocabulary: FactVocabulary) -> AskedFact:
    names = vocabulary.names_of_values[value]
    sizes = [name for name in names if is_size_name(name)]
    if not sizes:
        return AskedFact(
            _fact("attribute", value, value, is_hard=False),
            tuple(term("attribute", name, value) for name in names),
            stating=tuple(term("attribute", name) for name in names),
            names=names,
        )
    asked = Reading(SHOE_SIZE, float(value), float(value))
    return AskedFact(
        _fact("size", value, value, is_hard=True),
        (*(term("attribute", name, value) for name in sizes), amount_term(asked)),
        tuple(
            amount_term(stated)
            for stated in vocabulary.amounts.get(SHOE_SIZE, ())
            if holds(stated, asked) == "range"
        ),
        stating=(*(term("attribute", name) for name in sizes), term("amount", SHOE_SIZE)),
        names=tuple(sizes),
    )


def read_values(
    text: str, vocabulary: FactVocabulary, _engine: Engine, _types: TypeCondition | None
) -> Iterator[ReadFact]:
    """Yield the colours and the values of attributes in a normalized query."""
    taken: list[tuple[int, int]] = []
    for value, start, end in vocabulary.value_scanner.find_longest(text):
        if value.isdecimal():
            continue
        taken.append((start, end))
        names = vocabulary.names_of_values[value]
        if any(map(is_colour_name, names)):
            yield start, end, _colour(value, vocabulary.table)
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
                    names=names,
                ),
            )
    singles = ((match[0], *match.span()) for match in _SINGLE_COLOUR.finditer(text) if match[0] != text)
    for name, start, end in (*find_colours(text, vocabulary.table), *singles):
        if all(end <= other_start or other_end <= start for other_start, other_end in taken):
            yield start, end, _colour(name, vocabulary.table)


def _colour(name: str, table: FactTable) -> AskedFact:
    canonical, family = canonical_value(name), colour_family(name, table)
    of_family = (term("colour family", "", family),) if family else ()
    is_family = canonical == family
    return AskedFact(
        _fact("colour", name, name, is_hard=True),
        (term("colour", "", canonical),),
        (term("text", "", canonical), *(of_family if is_family else ())),
        () if is_family else of_family,
        (term("colour", ""),),
    )
