"""Codes in text, in any spelling: model and article numbers, barcodes, product ids."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from shangsou.text.amounts import Amount, find_amounts
from shangsou.text.facts import FactTable

# Letters and digits with marks inside, as in `HX6857/20` and `wh-1000xm4`.
_TOKEN = re.compile(r"[a-z0-9]+(?:[-+./_][a-z0-9]+)*")
_STRETCH = re.compile(rf"{_TOKEN.pattern}(?:\s+{_TOKEN.pattern})*")
_PART = re.compile(r"[a-z0-9]+")
_DIGIT = re.compile(r"\d")
# Decimals and years are numbers of their own.
_NUMBER = re.compile(r"\d+\.\d+|(?:19|20)\d\d")
# `p30` is a code; `a4`, `5g`, `4k` and `3d` say too little. Numbers of fewer digits are sizes, amounts and
# years.
_MIN_LENGTH, _MIN_DIGITS = 3, 5
# Article numbers in columns for them have fewer.
_MIN_ARTICLE_DIGITS = 4
# Longer ones are no codes that somebody types: of 74,362 titles none.
_MAX_LENGTH = 24
# `iphone 15 pro max` is one code of four parts; more are a list.
_MAX_PARTS = 4
# A code that nobody sells is taken for one from this length and as many digits on: `p40` may be a slip.
_MIN_CERTAIN_LENGTH, _MIN_CERTAIN_DIGITS = 5, 2
# EAN-8 is the shortest barcode.
_MIN_BARCODE = 8
_SIZES = re.compile(r"\d+(?:\.\d+)?(?:[x+*×/]\d+(?:\.\d+)?)+")


class CodeSpan(NamedTuple):
    """A stretch of a normalized text that may be a code."""

    code: str
    """Letters and digits alone."""
    start: int
    end: int


class Stretch(NamedTuple):
    """Tokens that only blanks separate, in a normalized text."""

    text: str
    start: int
    amounts: tuple[tuple[int, int], ...]
    """Where amounts begin and end in it, counted from its start."""


def canonical_code(text: str) -> str:
    """Return the letters and digits of a normalized text, which is what codes are compared by."""
    return "".join(_PART.findall(text))


def is_code(code: str, min_digits: int = _MIN_DIGITS) -> bool:
    """Return whether letters and digits look like a code: some of both, or digits alone, as many as given."""
    if len(code) > _MAX_LENGTH or code.isalpha():
        return False
    if code.isdecimal():
        return len(code) >= min_digits
    return len(code) >= _MIN_LENGTH


def is_certain_code(typed: str) -> bool:
    """Return whether a code as typed is none of the other things that letters and digits may be.

    Digits alone are a barcode or nothing; `150x200` and `16+512` are sizes.
    """
    code = canonical_code(typed)
    if typed.isdecimal():
        return len(typed) >= _MIN_BARCODE
    if _SIZES.fullmatch(typed) or code.isdecimal():
        return False
    digits = len(_DIGIT.findall(code))
    return len(code) >= _MIN_CERTAIN_LENGTH and digits >= _MIN_CERTAIN_DIGITS


def text_codes(text: str, table: FactTable, amounts: Sequence[Amount] | None = None) -> set[str]:
    """Return the codes of a normalized title or value: its tokens, their parts, and some in a row as one.

    Parameters
    ----------
    text
        The title or value.
    table
        The facts that amounts are read by.
    amounts
        Its amounts, if they are known: they are no codes.
    """
    return {code for stretch in find_stretches(text, table, amounts) for code in stretch_codes(stretch)}


def written_codes(text: str) -> set[str]:
    """Return the tokens of a normalized text that are codes, as they are written: `hx6857/20`, `hx6857`."""
    # Most are a single part.
    tokens = {text} if _PART.fullmatch(text) else {*_TOKEN.findall(text), *_PART.findall(text)}
    return {token for token in tokens if is_code(canonical_code(token))}


def find_code_spans(text: str, table: FactTable) -> list[list[CodeSpan]]:
    """Return what may be a code in a normalized query: of each run of tokens the parts, longest first."""
    runs = (
        [
            CodeSpan(code, stretch.start + start, stretch.start + end)
            for code, start, end in _spans(run, _MIN_ARTICLE_DIGITS)
        ]
        for stretch in find_stretches(text, table)
        for run in _runs(stretch)
    )
    return [sorted(spans, key=lambda span: span.start - span.end) for spans in runs if spans]


def find_stretches(text: str, table: FactTable, amounts: Sequence[Amount] | None = None) -> Iterator[Stretch]:
    """Yield the stretches of a normalized text that may hold codes, in order.

    Parameters
    ----------
    text
        Any text, also many joined.
    table
        The facts that amounts are read by.
    amounts
        Its amounts, in order, if they are known.
    """
    if not _DIGIT.search(text):
        return
    spans = sorted(
        (amount.start, amount.end) for amount in (find_amounts(text, table) if amounts is None else amounts)
    )
    first = 0
    for match in _STRETCH.finditer(text):
        stretch = match[0]
        # Most are words or short numbers, and left at once.
        is_short = len(stretch) < (_MIN_ARTICLE_DIGITS if stretch.isdecimal() else _MIN_LENGTH)
        if is_short or stretch.isalpha() or not _DIGIT.search(stretch):
            continue
        start, end = match.span()
        while first < len(spans) and spans[first][1] <= start:
            first += 1
        yield Stretch(stretch, start, _overlaps(spans, first, start, end))


def stretch_codes(stretch: Stretch) -> set[str]:
    """Return the codes of a stretch."""
    if stretch.text.isalnum():
        # Most are a single part.
        is_code_alone = not stretch.amounts and not _NUMBER.fullmatch(stretch.text) and is_code(stretch.text)
        return {stretch.text} if is_code_alone else set()
    return {span.code for run in _runs(stretch) for span in _spans(run)}


def _overlaps(
    spans: Sequence[tuple[int, int]], first: int, start: int, end: int
) -> tuple[tuple[int, int], ...]:
    """Return what spans, from the first on, have in common with a stretch, counted from its start."""
    inner: list[tuple[int, int]] = []
    while first < len(spans) and spans[first][0] < end:
        if spans[first][1] > start:
            inner.append((max(spans[first][0] - start, 0), min(spans[first][1], end) - start))
        first += 1
    return tuple(inner)


def _runs(stretch: Stretch) -> Iterator[list[CodeSpan]]:
    """Yield the letters and digits of a stretch, part by part; amounts and numbers end a run."""
    run: list[CodeSpan] = []
    for token in _TOKEN.finditer(stretch.text):
        is_number = _NUMBER.fullmatch(token[0]) is not None
        for part in _PART.finditer(stretch.text, *token.span()):
            start, end = part.span()
            if is_number or (stretch.amounts and _is_amount(stretch, start, end)):
                yield run
                run = []
            else:
                run.append(CodeSpan(part[0], start, end))
    yield run


def _is_amount(stretch: Stretch, start: int, end: int) -> bool:
    """Return whether a part of a stretch, or some of it, belongs to an amount."""
    return any(first < end and start < last for first, last in stretch.amounts)


def _spans(run: Sequence[CodeSpan], min_digits: int = _MIN_DIGITS) -> Iterator[CodeSpan]:
    """Yield the codes among parts in a row: `hx6857` and `hx685720` of `hx6857/20`."""
    for first, part in enumerate(run):
        code = ""
        for last in run[first : first + _MAX_PARTS]:
            code += last.code
            if is_code(code, min_digits):
                yield CodeSpan(code, part.start, last.end)
