"""Quantities and listings in English."""

import re
from collections.abc import Sequence

_CONSONANT_Y = re.compile(r"(?<=[^aeiou])y$")


def quantity(count: int, noun: str) -> str:
    """Return `1 query`, `2 queries`, `1,000 first pages`: the noun in the singular where there is one."""
    plural = _CONSONANT_Y.sub("ie", noun) + "s"
    return f"{count:,} {noun if count == 1 else plural}"


def listing(names: Sequence[str], most: int) -> str:
    """Return `a, b, …`: at most so many names, and a sign where there are more."""
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")
