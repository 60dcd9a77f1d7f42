"""Limits that shoppers write into the query: prices, words they do not want, phrases they insist on."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, NamedTuple

import rjieba

from shangsou.engines.query import Filters
from shangsou.search.filter_values import MAX_PRICE_YUAN
from shangsou.search.understood import Constraint
from shangsou.text.normalize import normalize, normalize_aligned
from shangsou.text.numbers import NUMBER, parse_number
from shangsou.text.terms import characters

# `100元左右` is from 80 to 120: what shops show for it, by the usual fifth to either side.
_ABOUT = Decimal("0.2")
_YUAN = r"\s?(?:元钱|块钱|元|块|rmb)"
_BEFORE = r"(?:(?:价格|价位|预算|售价)\s?[在是为]?\s?)?"
_PRICES = {
    "between": rf"{_BEFORE}(?P<low>{NUMBER})(?:{_YUAN})?\s?[到至~-]\s?(?P<high>{NUMBER}){_YUAN}"
    r"(?:之间|以内|内)?",
    "at most": rf"{_BEFORE}(?:(?P<high>{NUMBER}){_YUAN}\s?(?:及?以下|以内|之内|内|封顶)"
    rf"|(?:低于|小于|少于|不超过|不高于|不到|最多|最高)\s?(?P<high2>{NUMBER}){_YUAN})",
    "at least": rf"{_BEFORE}(?:(?P<low>{NUMBER}){_YUAN}\s?(?:及?以上|之上|起)"
    rf"|(?:高于|大于|多于|超过|不低于|不少于|最低|至少)\s?(?P<low2>{NUMBER}){_YUAN})",
    "about": rf"{_BEFORE}(?P<about>{NUMBER}){_YUAN}\s?(?:左右|上下)",
    # Without a unit only where nothing else is counted: `身高160以下` is no price.
    "at most, bare": r"(?:(?<!\S)|(?:价格|价位|预算)\s?[在是为]?\s?)(?P<high>\d{2,6})\s?(?:以下|以内)"
    r"(?=\s|的|$)",
}
_PRICE_PATTERNS = {name: re.compile(rf"(?:{pattern})\s?的?") for name, pattern in _PRICES.items()}
_UNWANTED = re.compile(r"不(?:想)?要\s?[带有含]?(?P<words>[^\s,，、。的\"“”]+)(?P<whole>的?)")
# Behind a word: at the start of a query it is mostly 一, mistyped.
_MINUS = re.compile(r"(?<=\s)-(?P<words>[^\s\d\-][^\s]*)")
# `不要太厚` wants something, and single characters are mostly parts of names: `产后不要纹`.
_NOT_UNWANTED = re.compile(r"[太再只].*|.")
_PHRASE = re.compile(r"[\"“”「『](?P<words>[^\"“”「」『』]{2,60})[\"“”」』]")


@dataclass(frozen=True, slots=True)
class ConstrainedQuery:
    """A query and the limits that were taken out of it."""

    text: str
    """What is left to search for, as typed."""
    filters: Filters
    constraints: tuple[Constraint, ...]


class _Limit(NamedTuple):
    start: int
    end: int
    """Of its place in the normalized query."""
    kind: Literal["price", "without", "phrase"]
    label: str
    filters: Filters
    kept_span: tuple[int, int] | None = None
    """What of the place stays in the text that is searched for."""


def parse_constraints(typed: str) -> ConstrainedQuery:
    """Return the limits that a query writes out, and what it looks for within them.

    A number is a price only with its unit or beside a word that says so; behind `不要` and `-` the next
    word is unwanted, if there is something wanted too; a phrase in quotation marks has to stand in the
    product. Beside prices there may be nothing left.
    """
    text, origins = normalize_aligned(typed)
    if not text.strip():
        return ConstrainedQuery(typed, Filters(), ())
    limits: list[_Limit] = []
    for limit in (*_find_prices(text), *_find_unwanted(text), *_find_phrases(text)):
        if all(limit.end <= other.start or limit.start >= other.end for other in limits):
            limits.append(limit)
    ends = [*origins, len(typed)]
    if not characters(_remove_limits(text, limits, list(range(len(text) + 1)))):
        # Whoever wants only not to have something has not said what: it is a name, as `不要丑壳`.
        limits = [limit for limit in limits if limit.kind != "without"]
    filters = Filters()
    for limit in limits:
        filters = intersect_filters(filters, limit.filters)
    return ConstrainedQuery(
        _remove_limits(typed, limits, ends),
        filters,
        tuple(
            Constraint(
                limit.kind,
                typed[ends[limit.start] : ends[limit.end]].strip(),
                limit.label,
                _remove_limits(typed, [limit], ends),
            )
            for limit in sorted(limits)
        ),
    )


def intersect_filters(filters: Filters, further: Filters) -> Filters:
    """Return filters that what passes both of them passes; `further` has prices and texts alone."""
    return replace(
        filters,
        price_from_fen=_tighten(max, filters.price_from_fen, further.price_from_fen),
        price_to_fen=_tighten(min, filters.price_to_fen, further.price_to_fen),
        contains=tuple(dict.fromkeys(filters.contains + further.contains)),
        excludes=tuple(dict.fromkeys(filters.excludes + further.excludes)),
    )


def has_price(filters: Filters) -> bool:
    """Return whether filters limit the price."""
    return filters.price_from_fen is not None or filters.price_to_fen is not None


def _tighten(choose: Callable[[Sequence[int]], int], *limits: int | None) -> int | None:
    amounts = [fen for fen in limits if fen is not None]
    return choose(amounts) if amounts else None


def _find_prices(text: str) -> Iterator[_Limit]:
    for pattern in _PRICE_PATTERNS.values():
        for match in pattern.finditer(text):
            limits = _parse_price_limits(
                {name.rstrip("2"): groups for name, groups in match.groupdict().items() if groups}
            )
            if limits is not None:
                low, high = limits
                filters = Filters(price_from_fen=_to_fen(low), price_to_fen=_to_fen(high))
                yield _Limit(*match.span(), "price", _format_price_range(low, high), filters)


def _parse_price_limits(groups: Mapping[str, str]) -> tuple[Decimal | None, Decimal | None] | None:
    """Return lowest and highest price that a pattern's groups write, None where they make no sense."""
    numbers = {name: parse_number(number) for name, number in groups.items()}
    if None in numbers.values() or max(filter(None, numbers.values()), default=0) > MAX_PRICE_YUAN:
        return None
    if "about" in numbers:
        about = numbers["about"] or Decimal()
        return about * (1 - _ABOUT), about * (1 + _ABOUT)
    low, high = numbers.get("low"), numbers.get("high")
    if low is not None and high is not None:
        # In `2到3万元` the unit is that of both numbers.
        factor = parse_number("一" + groups["high"][-1]) if groups["high"][-1] in "万千" else None
        if factor and low < high / factor:
            low *= factor
        if low > high:
            return None
    return low, high


def _format_price_range(low: Decimal | None, high: Decimal | None) -> str:
    amounts = ["" if yuan is None else f"{yuan.normalize():f}" for yuan in (low, high)]
    if low is None:
        return f"{amounts[1]} 元以下"
    return f"{amounts[0]} 元以上" if high is None else "–".join(amounts) + " 元"


def _to_fen(yuan: Decimal | None) -> int | None:
    return None if yuan is None else int(yuan * 100)


def _find_unwanted(text: str) -> Iterator[_Limit]:
    for pattern in (_UNWANTED, _MINUS):
        for match in pattern.finditer(text):
            words, end = match["words"], match.end()
            if pattern is _UNWANTED and not match["whole"]:
                # `不要蕾丝连衣裙` does not want lace, but a dress.
                words = rjieba.cut(words)[0]
                end = match.start("words") + len(words)
            unwanted = normalize(words)
            if characters(unwanted) and not _NOT_UNWANTED.fullmatch(unwanted):
                yield _Limit(match.start(), end, "without", unwanted, Filters(excludes=(unwanted,)))


def _find_phrases(text: str) -> Iterator[_Limit]:
    for match in _PHRASE.finditer(text):
        phrase = normalize(match["words"])
        if characters(phrase):
            yield _Limit(
                match.start(),
                match.end(),
                "phrase",
                phrase,
                Filters(contains=(phrase,)),
                match.span("words"),
            )


def _remove_limits(typed: str, limits: list[_Limit], ends: list[int]) -> str:
    """Return a query without the places of limits; `ends` says where each normalized character begins."""
    pieces, position = [], 0
    for limit in sorted(limits):
        pieces.append(typed[position : ends[limit.start]])
        if limit.kept_span:
            pieces.append(typed[ends[limit.kept_span[0]] : ends[limit.kept_span[1]]])
        position = ends[limit.end]
    return " ".join(" ".join([*pieces, typed[position:]]).split())
