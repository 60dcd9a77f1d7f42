"""Parts of prices and counts as people write them: digits, thousands, 万."""

import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

# Longer texts are not numbers.
_MAX_LENGTH = 64

PLAIN_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]*)?")
NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?|[0-9]+(?:\.[0-9]*)?(?:e\+?[0-9]{1,2})?|\.[0-9]+)"
UNIT = r"(?:万|萬|千|百|w|k)?"
_UNITS = {"": 1, "百": 100, "千": 1_000, "k": 1_000, "万": 10_000, "萬": 10_000, "w": 10_000}


class Number(NamedTuple):
    """A parsed number, with the issue found in its text; None if there is no number."""

    value: int | None
    oddity: str = ""


def unit_value(number: str, unit: str) -> Decimal:
    """Return a number with its unit: 1.2万 is 12,000."""
    return Decimal(number.replace(",", "")) * _UNITS[unit]


def fold(text: str, spaces: bool = False) -> str:
    """Return a text in lower case and usual characters, without blanks unless `spaces`."""
    normalized = unicodedata.normalize("NFKC", text[: _MAX_LENGTH + 1]).lower().strip()
    if len(text) > _MAX_LENGTH:
        return "too long"
    return normalized if spaces else "".join(normalized.split())
