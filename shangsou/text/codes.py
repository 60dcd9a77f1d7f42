"""Codes in text, in any spelling: model and article numbers, barcodes, product ids."""

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
# Article numbers in columns for them have fewer.
_MIN_ARTICLE_DIGITS = 4
# Longer ones are no codes that somebody types: of 74,362 titles none.
_MAX_LENGTH = 24
# `iphone 15 pro max` is one code of four parts; more are a list.
_MAX_PARTS = 4
# A code that nobody sells is taken for one from this length and as many digits on: `p40` may be a slip.
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


def is_code(code: str, min_digits: int = _MIN_DIGITS) -> bool:
    """Return whether letters and digits look like a code: some of both, or digits alone, as many as given."""
    if len(code) > _MAX_LENGTH or not _DIGIT.search(code):
        return False
    if code.isdecimal():
        return len(code) >= min_digits
    return len(code) >= _MIN_LENGTH


def is_certain_code(code: str) -> bool:
    """Return whether a code is none of the other things that letters and digits may be."""
    digits = len(_DIGIT.findall(code))
    return len(code) >= _MIN_CERTAIN_LENGTH and digits >= _MIN_CERTAIN_DIGITS


def text_codes(text: str) -> set[str]:
    """Return the codes of a normalized title or value: its tokens, their parts, and some in a row as one."""
    return {span.code for run in _runs(text) for span in _spans(run)}


def written_codes(text: str) -> set[str]:
    """Return the tokens of a normalized text that are codes, as they are written: `hx6857/20`, `hx6857`."""
    tokens = {match[0] for match in _TOKEN.finditer(text)} | {match[0] for match in _PART.finditer(text)}
    return {token for token in tokens if is_code(canonical_code(token))}


def find_code_spans(text: str) -> list[list[CodeSpan]]:
    """Return what may be a code in a normalized query: of each run of tokens the parts, longest first."""
    runs = (list(_spans(run, _MIN_ARTICLE_DIGITS)) for run in _runs(text))
    return [sorted(spans, key=lambda span: span.start - span.end) for spans in runs if spans]


def _runs(text: str) -> Iterator[list[CodeSpan]]:
    """Yield the letters and digits that only marks inside tokens and blanks separate; amounts end a run."""
    if not _DIGIT.search(text):
        return
    amounts = find_amounts(text)
    run: list[CodeSpan] = []
    for token in _TOKEN.finditer(text):
        if run and text[run[-1].end : token.start()].strip():
            yield run
            run = []
        for part in _PART.finditer(text, *token.span()):
            start, end = part.span()
            is_amount = any(amount.start < end and start < amount.end for amount in amounts)
            if is_amount or _NUMBER.fullmatch(token[0]):
                yield run
                run = []
            else:
                run.append(CodeSpan(part[0], start, end))
    yield run


def _spans(run: Sequence[CodeSpan], min_digits: int = _MIN_DIGITS) -> Iterator[CodeSpan]:
    """Yield the codes among parts in a row: `hx6857` and `hx685720` of `hx6857/20`."""
    for first, part in enumerate(run):
        code = ""
        for last in run[first : first + _MAX_PARTS]:
            code += last.code
            if is_code(code, min_digits):
                yield CodeSpan(code, part.start, last.end)
