"""Numbers and their units in text, before they are combined to amounts."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from shangsou.text.facts import MAX_TABLES, FactTable, Units
from shangsou.text.numbers import parse_number

# Calendar years: `2020年` is no duration, and in `2020 条纹` the number counts nothing.
_FIRST_YEAR, _LAST_YEAR = 1900, 2099
_SCALES = {"": 1, "千": 1_000, "万": 10_000}
_DIGITS = "一二三四五六七八九"
_NUMERALS = f"{_DIGITS}两十百千万"
# The decimal that follows 米 without a point: `1米8` is 1.8 m. 半 adds half: `一斤半`.
_METRE, _HALVED = "米", "斤升岁"
_HALF, _SINGLE_AND_DOUBLE = "半", {"单": 1, "双": 2}
_WORTH_NOTHING = ("百", "千", "万")
# What stands before a unit that models have as well: they and a blank are shorter than this.
_MODEL_REACH = 16
# Numbers with units repeat in a catalog: 26寸, 50ml, 4g.
_CACHE_SIZE = 4_096
# Speeds and rates are none of our dimensions: `25km/h`.
_NO_RATE = "(?!/(?:h|s|时|小时|秒|分))"


class Quantity(NamedTuple):
    """A number, and the unit behind it if there is one."""

    start: int
    end: int
    value: float
    unit: str
    """The spelling of the unit; empty for a bare number."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """The compiled patterns, and the dimensions and factors of each spelling."""

    factors: Mapping[str, tuple[tuple[str, float], ...]]
    any_quantity: re.Pattern[str]
    """Finds a place where a quantity may begin: most titles have none, and are left at once."""
    quantity: re.Pattern[str]


@lru_cache(MAX_TABLES)
def load_grammar(table: FactTable) -> Grammar:
    """Return the grammar of a table of facts, compiled once."""
    units = table.units
    factors: dict[str, tuple[tuple[str, float], ...]] = {}
    for dimension, spellings in units.measures.items():
        for spelling, factor in spellings.items():
            factors[spelling] = (*factors.get(spelling, ()), (dimension, factor))
    for word in (*units.counts.contents, *units.counts.containers, *units.counts.features):
        factors[word] = ((word, 1.0), *factors.get(word, ()))
    first_characters = "".join(sorted({re.escape(spelling[0]) for spelling in factors}))
    return Grammar(
        factors,
        re.compile(rf"\d|百分|[{_NUMERALS}半单双][{first_characters}]"),
        _compile_quantity(units, factors),
    )


def find_quantities(text: str, table: FactTable) -> Iterator[Quantity]:
    """Yield the numbers of a normalized text with their units, in order, without overlaps.

    A number that belongs to a model name (`rtx3060`, `wh-1000xm4`) or an ordinal (`第3层`) is left out.
    """
    grammar = load_grammar(table)
    if not grammar.any_quantity.search(text):
        return
    rules = table.units.rules
    previous_end = -1
    for match in grammar.quantity.finditer(text):
        start = match.start()
        if start and not _may_begin(text, start, previous_end):
            continue
        read = _read(table, *match.groups())
        # Only a few units are in the names of models as well.
        if read and not (read[1] in rules.at_most and _is_model(text, start, rules.models)):
            previous_end = match.end()
            yield Quantity(start, previous_end, *read)


def _may_begin(text: str, start: int, previous_end: int) -> bool:
    """Return whether a number may stand behind what precedes it."""
    before = text[start - 1]
    if start == previous_end or (start - 1 == previous_end and before in "x-"):
        # `8g128g`, `120x60cm`, `3岁-6岁`.
        return True
    if before in "x*× " and not text[max(previous_end, 0) : start].strip("x*× ") and previous_end >= 0:
        return True
    if before == "第" or (before.isascii() and before.isalpha()):
        return False
    if before in "-." and start > 1:
        return not (text[start - 2].isascii() and text[start - 2].isalnum())
    return True


def _is_model(text: str, start: int, models: tuple[str, ...]) -> bool:
    """Return whether a number belongs to the name of a model in front: `小米4a`."""
    return text[max(start - _MODEL_REACH, 0) : start].rstrip().endswith(models)


@lru_cache(_CACHE_SIZE)
def _read(  # noqa: PLR0913, PLR0917
    table: FactTable,
    digits: str | None,
    scale: str | None,
    blank: str | None,
    unit: str | None,
    rest: str | None,
    numeral: str | None,
    numeral_unit: str | None,
    numeral_rest: str | None,
    percent: str | None,
) -> tuple[float, str] | None:
    """Return the number and the unit of a match by its groups, in order; None if it is no quantity."""
    if percent:
        number = parse_number(percent)
        return None if number is None else (float(number), "%")
    if not digits and not numeral:
        # What is left is 百分百.
        return 100.0, "%"
    value = float(digits.replace(",", "")) if digits else _parse_numeral(numeral or "")
    if value is None:
        return None
    unit = unit or numeral_unit or ""
    is_year = _FIRST_YEAR <= value <= _LAST_YEAR
    if is_year and unit and (unit == "年" or (blank and (unit, 1.0) in load_grammar(table).factors[unit])):
        return None
    value *= _SCALES[scale or ""]
    rest = rest or numeral_rest
    if rest == _HALF:
        value += 0.5
    elif rest:
        value += float(f"0.{''.join(str(_DIGITS.find(char) + 1 or char) for char in rest)}")
    return value, unit


def _parse_numeral(numeral: str) -> float | None:
    if numeral == _HALF:
        return 0.5
    if numeral in _SINGLE_AND_DOUBLE:
        return _SINGLE_AND_DOUBLE[numeral]
    # 千层 and 百片 say "many".
    number = None if numeral in _WORTH_NOTHING else parse_number(numeral)
    return None if number is None else float(number)


def _compile_quantity(units: Units, factors: Mapping[str, object]) -> re.Pattern[str]:
    rules = units.rules
    latin = _alternatives(spelling for spelling in factors if spelling[0].isascii() and spelling != "%")
    chinese = _alternatives(spelling for spelling in factors if not spelling.isascii())
    # A unit such as `m` before a digit is part of a model, unless that begins a quantity: `48v12ah`.
    no_model = rf"(?:(?![a-z0-9])|(?=x\d|\d+(?:\.\d+)?(?:{latin}(?![a-z0-9])|{chinese})))"

    def pattern(spelling: str) -> str:
        if not (spelling[-1].isascii() and spelling[-1].isalnum()):
            return re.escape(spelling)
        if spelling == "w":
            # `5w-30` is an engine oil.
            return rf"w(?!-\d){no_model}"
        if len(spelling) == 1 or spelling[-1].isdigit():
            return spelling + no_model
        return rf"{re.escape(spelling)}(?:(?![a-z])|(?=x\d))"

    def any_of(spellings: Iterable[str]) -> str:
        return "|".join(pattern(spelling) for spelling in sorted(spellings, key=len, reverse=True))

    unit = any_of(spelling for spelling in factors if spelling not in rules.only_after_numerals)
    no_unit = _alternatives(rules.no_units)
    # 两 is a unit only where nothing is counted by it: `一两` but not `一两个`.
    numeral_unit = (
        rf"(?!{no_unit})(?:{chinese})(?<!两(?=[{''.join(re.escape(c) for c in factors if len(c) == 1)}]))"
    )
    # Most places are left at their first character.
    return re.compile(
        rf"(?=[\d{_NUMERALS}半单双])(?:(?<!\d)(?<!\d\.)(?P<digits>\d{{1,9}}(?:,000)*(?:\.\d{{1,4}})?)(?!\.?\d)(?P<scale>[千万])?"
        rf"(?:(?P<blank>\ )?(?!{no_unit})(?P<unit>{unit}){_NO_RATE}"
        rf"(?P<rest>(?<={_METRE})(?:\d{{1,2}}|[{_DIGITS}])(?![\d.a-z\ ]|{chinese})"
        rf"|(?<=[{_HALVED}]){_HALF}(?![自身圆价个月]))?装?)?"
        rf"|(?!{_alternatives(rules.no_amounts)})"
        rf"(?P<numeral>(?<![第{_NUMERALS}\d.单双半])(?:[{_NUMERALS}]{{1,8}}"
        rf"|{_HALF}(?={_alternatives(rules.after_half)}))"
        rf"|(?<!第)[单双](?={_alternatives(rules.after_single_and_double)}))"
        rf"(?P<numeral_unit>{numeral_unit})"
        rf"(?P<numeral_rest>(?<={_METRE})[{_DIGITS}](?!{chinese})"
        rf"|(?<=[{_HALVED}]){_HALF}(?![自身圆价个月]))?装?"
        rf"|百分之(?P<percent>\d{{1,3}}(?:\.\d{{1,2}})?|[{_NUMERALS}]{{1,5}})|百分百)"
    )


def _alternatives(words: Iterable[str]) -> str:
    """Return a pattern of any of some words, the longest first."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(map(re.escape, ordered))})"
