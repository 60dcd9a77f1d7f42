"""Parse numbers as Chinese shoppers type them: `100`, `1,000`, `1.5万`, `2k`, `两百`, `三百五`."""

import re
from decimal import Decimal

_GROUPED = r"\d{1,3}(?:,\d{3})+(?!\d)"
NUMBER = (
    rf"(?<![\d.])(?:{_GROUPED}|\d{{1,9}}(?:\.\d{{1,2}})?\s?[万千百wk]?|[一二两三四五六七八九十百千万]{{1,9}})"
)
_ARABIC = re.compile(r"(\d+(?:\.\d+)?)\s?([万千百wk]?)")
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2}
_TENS = {"十": 10, "百": 100, "千": 1_000}
_FACTORS = {"": 1, "百": 100, "千": 1_000, "k": 1_000, "万": 10_000, "w": 10_000}


def parse_number(text: str) -> Decimal | None:
    """Return the number in a text matched by `NUMBER`; None if its characters are out of order.

    A last digit without a power takes the power below the previous one: `三百五` is 350.
    """
    arabic = _ARABIC.fullmatch(text.replace(",", ""))
    if arabic:
        return Decimal(arabic[1]) * _FACTORS[arabic[2]]
    upper, ten_thousand, lower = text.rpartition("万")
    above = _parse_below_ten_thousand(upper or "一") if ten_thousand else 0
    below = _parse_below_ten_thousand(lower, last_power=10_000 if ten_thousand else 1) if lower else 0
    return None if above is None or below is None else Decimal(above * 10_000 + below)


def _parse_below_ten_thousand(text: str, last_power: int = 1) -> int | None:
    total, digit, power = 0, 0, last_power
    for char in text:
        if char in _TENS:
            if power != last_power and _TENS[char] >= power:
                return None
            power = _TENS[char]
            # 十五 and 百元 omit the one.
            total += (digit or 1) * power
            digit = 0
        elif digit or char not in _DIGITS:
            return None
        else:
            digit = _DIGITS[char]
    return total + digit * max(1, power // 10)
