"""An issue found in a row, and how it was handled."""

import json
from typing import NamedTuple

# Characters of a bad value shown in a message: enough to find it in the file.
_EXCERPT_LENGTH = 40


class Issue(NamedTuple):
    """An issue in a row, and how it was handled."""

    reason: str
    """The same text for the same fault, since the report counts by it."""
    problem: str
    resolution: str


def excerpt(value: object) -> str:
    """Return a value for a message: quoted, on one line, truncated, with invisible characters escaped."""
    text = value if isinstance(value, str) else str(value)
    quoted = json.dumps(
        text[:_EXCERPT_LENGTH] + ("…" if len(text) > _EXCERPT_LENGTH else ""), ensure_ascii=False
    )
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in quoted)
