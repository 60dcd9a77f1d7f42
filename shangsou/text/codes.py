"""Codes in text: model and article numbers, barcodes, product ids; in any spelling of marks, blanks and case."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from shangsou.text.amounts import find_amounts

# Letters and digits with marks inside, as in `HX6857/20` and `wh-1000xm4`.
_TOKEN = re.compile(r"[a-z0-9]+(?:[-+./_][a-z0-9]+)*")
_PART = re.compile(r"[a-z0-9]+")
_DIGIT = re.compile(r"\d")
# Decimals and years are numbers of their own.
_NUMBER = re.compile(r"\d+\.\d+|(?:19|20)\d\d")
# `p30` is a code; `a4`, `5g`, `4k` and `3d` say too little. Numbers of fewer digits are sizes, amounts and
# years.
_MIN_LENGTH, _MIN_DIGITS = 3, 5
# Longer ones are no codes that somebody types: of 74,362 titles none.
_MAX_LENGTH = 24
# `iphone 15 pro max` is one code of four tokens; more are a list.
_MAX_TOKENS = 4
# A code that nobody sells is taken for one from this length and as many digits on: `h&m2`, `p40` may be a slip.
_MIN_CERTAIN_LENGTH, _MIN_CERTAIN_DIGITS = 5, 2


class CodeSpan(NamedTuple):
    """A stretch of a normalized text that may be a code."""

    code: str
    """Letters and digits alone."""
    start: int
    end: int


def canonical_code(text: str) -> str:
    """Return the letters and digits of a normalized text, which is what codes are compared by."""
    return "".join(_PART.findall(text))


def is_code(code: str) -> bool:
    """Return whether letters and digits look like a code: some of both, or many digits."""
    if len(code) > _MAX_LENGTH or not _DIGIT.search(code):
        return False
    if code.isdecimal():
        return len(code) >= _MIN_DIGITS
    return len(code) >= _MIN_LENGTH


def is_certain_code(code: str) -> bool:
    """Return whether a code is none of the other things that letters and digits may be."""
    digits = len(_DIGIT.findall(code))
    return len(code) >= _MIN_CERTAIN_LENGTH and digits >= _MIN_CERTAIN_DIGITS


def text_codes(text: str) -> set[str]:
    """Return the codes of a normalized title or value: tokens, their parts, and tokens in a row as one."""
    return {span.code for run in _runs(text) for span in _spans(run)}


def find_code_spans(text: str) -> list[list[CodeSpan]]:
    """Return what may be a code in a normalized query: for each run of tokens its stretches, longest first."""
    runs = ([span for span in _spans(run) if is_code(span.code)] for run in _runs(text))
    return [sorted(spans, key=lambda span: span.start - span.end) for spans in runs if spans]


def _runs(text: str) -> Iterator[list[CodeSpan]]:
    """Yield tokens that nothing but blanks separates; amounts are none."""
    amounts = find_amounts(text)
    run: list[CodeSpan] = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if any(amount.start < end and start < amount.end for amount in amounts) or _NUMBER.fullmatch(match[0]):
            continue
        if run and text[run[-1].end : start].strip():
            yield run
            run = []
        run.append(CodeSpan(match[0], start, end))
    if run:
        yield run


def _spans(run: Sequence[CodeSpan]) -> Iterator[CodeSpan]:
    """Yield the codes among tokens in a row, of their parts too: `hx6857` of `hx6857/20`."""
    parts = [
        CodeSpan(part[0], token.start + part.start(), token.start + part.end())
        for token in run
        for part in _PART.finditer(token.code)
    ]
    for first in range(len(parts)):
        code = ""
        for last in parts[first : first + _MAX_TOKENS]:
            code += last.code
            if is_code(code):
                yield CodeSpan(code, parts[first].start, last.end)
