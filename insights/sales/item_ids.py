"""Ids and categories of items as tables of sales write them."""

import re
from collections.abc import Sequence
from functools import lru_cache

from insights.sales.history import CATEGORY_SEPARATOR

_TOTALS = frozenset(("合计", "总计", "小计", "共计", "total", "grand total", "subtotal", "sum"))
# How exports keep Excel from taking a code for a number.
_AS_TEXT = re.compile(r"=\"(.*)\"|'(.*)")
_POINT_ZERO = re.compile(r"([0-9]+)\.0+")
_LEVELS = re.compile(r"\s*(?:>>?|›|»|→|\|)\s*")


def clean_id(text: str) -> str:
    """Return the id of an item as the shop knows it: as it is, but for `="00123"` and `'00123`."""
    match = _AS_TEXT.fullmatch(text) if text.startswith(("=", "'")) else None
    return (match[1] or match[2] or "").strip() if match else text


def is_total(text: str) -> bool:
    """Return whether a cell begins a row of totals."""
    return len(text) < 20 and text.rstrip(":：").lower() in _TOTALS


def without_points(ids: dict[str, int]) -> dict[str, int]:
    """Return ids without the `.0` that a program gave them that took a column of codes for numbers.

    Only where all have it, so that no code loses a part.
    """
    numbers = [_POINT_ZERO.fullmatch(one) for one in ids]
    if not ids or not all(numbers):
        return ids
    shortened = {match[1]: number for match, number in zip(numbers, ids.values(), strict=True) if match}
    return shortened if len(shortened) == len(ids) else ids


@lru_cache(1 << 12)
def _split_levels(text: str) -> str:
    return CATEGORY_SEPARATOR.join(level for level in _LEVELS.split(text.strip(" >|")) if level)


def join_levels(levels: Sequence[str]) -> str:
    """Return the path of a category from its levels, from the root down, or from the only column."""
    if len(levels) == 1:
        return _split_levels(levels[0])
    return CATEGORY_SEPARATOR.join(level for level in levels if level)
