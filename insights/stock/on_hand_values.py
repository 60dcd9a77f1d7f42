"""Parse the numbers of a list of stock."""

import math
import re
import unicodedata
from dataclasses import dataclass

from insights.stock.note import Note

_NUMBER = re.compile(
    r"[¥￥]?\s*([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:e[+-]?\d{1,2})?)\s*(%?)\s*[^\d\s.%-]{0,3}",
    re.IGNORECASE,
)
# A quantity of more is a number of another column, as a barcode.
_MAX_VALUE = 1e9


@dataclass(frozen=True, slots=True)
class Limits:
    """What a number may be."""

    highest: float = _MAX_VALUE
    below: float = math.inf
    above_zero: bool = False
    whole: bool = False


def parse_value(text: str, *, is_percent: bool, limits: Limits) -> tuple[Note | None, float | None]:
    """Return what is wrong with a number, None if nothing is, and the number, None if it is none.

    Thousands separators, a sign of money before and a unit of up to three characters behind are understood;
    what ends with `%` is of a hundred, as is a column that says so.
    """
    match = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip())
    try:
        value = float(match[1].replace(",", "")) if match else math.nan
    except ValueError:
        value = math.nan
    if match is None or not math.isfinite(value):
        return Note("is no number", "不是数字"), None
    if match[2] or is_percent:
        value /= 100
    return _problem(value, limits), value


def _problem(value: float, limits: Limits) -> Note | None:
    if value < 0:
        return Note("is below 0", "小于 0")
    if limits.above_zero and value == 0:
        return Note("is 0", "为 0")
    if value >= limits.below:
        return Note(f"is not below {limits.below:g}", f"不小于 {limits.below:g}")
    if value > limits.highest:
        return Note(f"is over {limits.highest:,.0f}", f"超过 {limits.highest:,.0f}")
    if limits.whole and value != int(value):
        return Note("is no whole number", "不是整数")
    return None
