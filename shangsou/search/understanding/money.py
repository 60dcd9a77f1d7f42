"""Amounts of money in a query, `1000元`, `￥1,000`, `三百多块`, `几百块`, and numbers that may be one."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from shangsou.search.filter_values import MAX_PRICE_YUAN
from shangsou.text.numbers import NUMBER, parse_number

UNIT = r"\s?(?:元钱|块钱|元|块|圆|rmb|人民币)"
_SIGN = r"(?:¥|rmb|人民币)\s?"
_DIGITS = {char: value for value, char in enumerate("一二三四五六七八九", start=1)} | {"两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}
# `三四百`, and `几百`; the others are numbers.
_NEIGHBOURS = r"(?P<first>[一二两三四五六七八])(?P<second>[二两三四五六七八九])(?P<power>[十百千万])"
_SEVERAL = r"几(?P<of>[十百千万])"
_MONEY = re.compile(
    rf"(?P<sign>{_SIGN})?(?:{_SEVERAL}|{_NEIGHBOURS}|(?P<number>{NUMBER}))"
    rf"(?P<unit>{UNIT})?(?P<more>(?:多|(?<=[十百])几)(?:{UNIT})?)?"
)
# The last characters of a number that say how often it counts; those of `2到3万` are of both numbers.
_SUFFIX = re.compile(r"[万千百wk]$")


class Money(NamedTuple):
    """An amount of money, or a number that may be one."""

    start: int
    end: int
    low: Decimal
    high: Decimal
    """Greater than `low` where the amount itself is vague, as `1000多` and `三四百`."""
    is_marked: bool
    """Whether a sign or a unit says that it is money."""
    suffix: str = ""
    """`万`, `k` and the like."""

    @property
    def is_vague(self) -> bool:
        """Whether it is from one amount to another."""
        return self.low < self.high


def find_money(text: str) -> Iterator[Money]:
    """Yield the amounts of a normalized text, and the numbers, in order."""
    for match in _MONEY.finditer(text):
        span = _read(match)
        if span is not None and span[1] <= MAX_PRICE_YUAN:
            more = match["more"] or ""
            is_marked = bool(match["sign"] or match["unit"] or len(more) > 1)
            suffix = _SUFFIX.search(match["number"] or "")
            yield Money(*match.span(), *span, is_marked, suffix[0] if suffix else "")


def _read(match: re.Match[str]) -> tuple[Decimal, Decimal] | None:
    """Return the lowest and the highest amount that was written; None if it is none."""
    if match["of"]:
        power = Decimal(_POWERS[match["of"]])
        return power, 10 * power
    if match["power"]:
        low, high = (_DIGITS[match[name]] * Decimal(_POWERS[match["power"]]) for name in ("first", "second"))
        # `一两百` and `七八十`, but not `三九百`.
        return (low, high) if _DIGITS[match["second"]] == _DIGITS[match["first"]] + 1 else None
    number = parse_number(match["number"])
    if number is None:
        return None
    return number, number + _step(number) if match["more"] else number


def _step(number: Decimal) -> Decimal:
    """Return what a number and 多 may be more at most: a hundred of `1500多`, a thousand of `1000多`."""
    step = Decimal(1)
    while number and number % (10 * step) == 0:
        step *= 10
    return step
