"""Quantities combined: ranges, shared units, and the totals of packs."""

import math
import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from shangsou.text.facts import FactTable
from shangsou.text.quantities import Quantity, find_quantities, load_grammar

# Factors of units are at most this exact, so that 5公斤 and 10斤 compare equal.
_DECIMALS = 6
# Amounts repeat in a catalog: 26寸, 50ml, 4g.
_CACHE_SIZE = 4_096
# What joins numbers: `5g/袋*10袋` says what it multiplies.
_CONNECTOR = re.compile(r"\s?(?:/[袋瓶盒包罐片支条个]\s?)?([-~到至—–/*x×])\s?")
_LONGEST_CONNECTOR = 6
_RANGE, _TIMES = "-~到至—–", "*x×"
_OPEN_END = re.compile(r"(?P<least>及?以上|\+(?![a-z\d]))|及?以下|以内")
_SIZES = ("length", "inch")
_AGES = ("age",)
SHOE_SIZE = "shoe size"
# Shoes for grown-ups, in European sizes: smaller bare numbers are as often ages, hours or inches.
_SHOES = (34, 48)
_MEASURED = ("mass", "volume")
# Most packs that a total is made of; greater numbers in titles are part numbers or years. Our choice.
_MAX_PACKS = 1_000


class Reading(NamedTuple):
    """An amount in the base unit of a dimension."""

    dimension: str
    low: float
    high: float
    """Equal to `low`, unless the amount is a range; infinite where that is open."""


class Term(NamedTuple):
    """A quantity or a range of quantities within a chain of them."""

    connector: str
    """What joins it to the term before; empty for the first."""
    start: int
    end: int
    value: float
    unit: str
    """Its own, or that of the term behind it; empty for a bare number."""
    readings: tuple[Reading, ...]
    has_own_unit: bool


def iter_products(text: str, table: FactTable) -> Iterator[list[Term]]:
    """Yield the runs of terms of a normalized text that are multiplied with each other; most are one term."""
    for chain in _chain(text, find_quantities(text, table)):
        if len(chain) == 1:
            _, (start, end, value, unit) = chain[0]
            if unit:
                yield [Term("", start, end, value, unit, _read(value, unit, table), has_own_unit=True)]
            continue
        product: list[Term] = []
        for term in _merge_ranges(_share_units(chain, table), text):
            if product and term.connector not in _TIMES:
                yield product
                product = []
            product.append(term)
        yield product


def finish(text: str, term: Term, table: FactTable) -> tuple[int, int, tuple[Reading, ...]]:
    """Return the span and readings of a term, with 以上, 以下 or a plus sign behind it as part of it."""
    start, end, readings = term.start, term.end, term.readings
    if term.unit in table.units.rules.only_in_ranges and all(low == high for _, low, high in readings):
        return start, end, ()
    match = _OPEN_END.match(text, end) if term.has_own_unit else None
    if match and (match[0] != "+" or _has_dimension(term.unit, _AGES, table)):
        is_least = bool(match["least"])
        readings = tuple(
            Reading(name, low if is_least else -math.inf, math.inf if is_least else high)
            for name, low, high in readings
        )
        end = match.end()
    return start, end, readings


def multiply(product: Sequence[Term], table: FactTable) -> tuple[Reading, ...]:
    """Return the total of a content and the packs it comes in, in whatever order they are written.

    The content is a mass or volume, else what is counted by piece, else the first pack: `100抽*18包` and
    `18包*100抽` are both 1800抽. Sizes have no total.
    """
    if len(product) < 2 or any(_has_dimension(term.unit, _SIZES, table) for term in product):
        return ()
    counts = table.units.counts
    measured = [term for term in product if _has_dimension(term.unit, _MEASURED, table)]
    pieces = [term for term in product if _has_dimension(term.unit, counts.contents, table)]
    packs = [term for term in product if _has_dimension(term.unit, counts.containers, table)]
    bare = [term for term in product if not term.unit]
    content = next(filter(None, (measured, pieces, packs)), [])[:1]
    factors = [term for term in (*pieces, *packs, *bare) if term not in content]
    # `102*152*300*500张` are sizes and not packs.
    is_clear = len(measured) == 1 if measured else len(pieces) < 2 and len(bare) < 2
    if not content or not factors or not is_clear or not all(_is_count(term) for term in factors):
        return ()
    times = math.prod(term.value for term in factors)
    return tuple(
        Reading(name, round(low * times, _DECIMALS), round(high * times, _DECIMALS))
        for name, low, high in content[0].readings
    )


def _chain(text: str, quantities: Iterator[Quantity]) -> Iterator[list[tuple[str, Quantity]]]:
    """Yield runs of quantities that are joined by connectors, each with the one before it."""
    chain: list[tuple[str, Quantity]] = []
    for quantity in quantities:
        gap = quantity.start - chain[-1][1].end if chain else _LONGEST_CONNECTOR + 1
        connector = gap <= _LONGEST_CONNECTOR and _CONNECTOR.fullmatch(text, chain[-1][1].end, quantity.start)
        if connector:
            chain.append((connector[1], quantity))
            continue
        if chain:
            yield chain
        chain = [("", quantity)]
    if chain:
        yield chain


def _share_units(chain: Sequence[tuple[str, Quantity]], table: FactTable) -> list[Term]:
    """Return the terms of a chain; a bare number takes the unit behind it: `36-41码`, `90*200cm`."""
    terms: list[Term] = []
    next_connector, next_unit = "", ""
    for connector, (start, end, value, own_unit) in reversed(chain):
        is_shared = not own_unit and (
            next_connector not in _TIMES or _has_dimension(next_unit, _SIZES, table)
        )
        unit = next_unit if is_shared else own_unit
        terms.append(Term(connector, start, end, value, unit, _read(value, unit, table), bool(own_unit)))
        next_connector, next_unit = connector, unit
    return terms[::-1]


def _merge_ranges(terms: Sequence[Term], text: str) -> list[Term]:
    """Return the terms with those joined by a hyphen as one: `3-6岁`."""
    merged: list[Term] = []
    for term in terms:
        previous = merged[-1] if merged else None
        follows_hyphen = bool(term.connector) and term.connector in _RANGE
        readings = _span(previous.readings, term.readings) if previous and follows_hyphen else ()
        if previous and not readings and follows_hyphen and not term.unit:
            readings = _read_shoe_sizes(text, previous, term)
        if previous and readings:
            merged[-1] = term._replace(connector=previous.connector, start=previous.start, readings=readings)
            continue
        # A bare number before a hyphen has no unit of its own: in `10-5kg` only 5 kg are stated.
        if previous and follows_hyphen and not previous.has_own_unit:
            merged[-1] = previous._replace(unit="", readings=())
        merged.append(term)
    return merged


def _span(lows: tuple[Reading, ...], highs: tuple[Reading, ...]) -> tuple[Reading, ...]:
    return tuple(
        Reading(low.dimension, low.low, high.high)
        for low in lows
        for high in highs
        if low.dimension == high.dimension and low.high <= high.low
    )


def _read_shoe_sizes(text: str, low: Term, high: Term) -> tuple[Reading, ...]:
    """Return the reading of two bare numbers if they are sizes of shoes: `36-41`."""
    is_range = not low.unit and _SHOES[0] <= low.value < high.value <= _SHOES[1]
    # In `35-40天` they count something.
    is_alone = not text[high.end : high.end + 1].isalpha()
    return (Reading(SHOE_SIZE, low.value, high.value),) if is_range and is_alone else ()


def _is_count(term: Term) -> bool:
    is_range = any(one.low != one.high for one in term.readings)
    return not is_range and term.value.is_integer() and 0 < term.value <= _MAX_PACKS


def _has_dimension(unit: str, dimensions: Collection[str], table: FactTable) -> bool:
    return any(dimension in dimensions for dimension, _ in load_grammar(table).factors.get(unit, ()))


@lru_cache(_CACHE_SIZE)
def _read(value: float, unit: str, table: FactTable) -> tuple[Reading, ...]:
    if not unit or value > table.units.rules.at_most.get(unit, math.inf):
        return ()
    values = ((name, round(value * factor, _DECIMALS)) for name, factor in load_grammar(table).factors[unit])
    return tuple(Reading(name, base, base) for name, base in values)
