"""An issue found in a row: what was wrong, and what was done about it."""

import json
from typing import NamedTuple

# Characters of a bad value that a message shows: enough to find it in the file.
_EXCERPT_LENGTH = 40


class Issue(NamedTuple):
    """One thing that was wrong with a row and what was done about it."""

    reason: str
    """The same words for the same fault, by which the report counts."""
    problem: str
    resolution: str


def excerpt(value: object) -> str:
    """Return a value as a message shows it: quoted, on one line, cut, invisible characters escaped."""
    text = value if isinstance(value, str) else str(value)
    quoted = json.dumps(
        text[:_EXCERPT_LENGTH] + ("…" if len(text) > _EXCERPT_LENGTH else ""), ensure_ascii=False
    )
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in quoted)
