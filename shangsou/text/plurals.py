"""Quantities in English: a number with its noun."""

import re

_CONSONANT_Y = re.compile(r"(?<=[^aeiou])y$")


def quantity(count: int, noun: str) -> str:
    """Return `1 query`, `2 queries`, `1,000 first pages`: the noun in the singular where there is one."""
    plural = _CONSONANT_Y.sub("ie", noun) + "s"
    return f"{count:,} {noun if count == 1 else plural}"
