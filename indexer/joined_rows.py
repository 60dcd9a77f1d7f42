"""Rows of products on the way through the joining."""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from indexer.catalog import BadRow, OtherRow
from shangsou.reading.issue import Issue


class JoinedRow(NamedTuple):
    """The values of one product, from one row or several."""

    file: str
    line: int
    """The last row."""
    values: Mapping[str, object]
    issue: Issue | None
    notes: Sequence[Issue]
    """What was joined."""
    rows: int
    """How many rows it was joined from, besides identical ones."""


class DuplicateRow(NamedTuple):
    """A row that is the same as an earlier one in every column."""

    file: str
    line: int
    issue: Issue


Joined = JoinedRow | DuplicateRow | BadRow | OtherRow


class HeldRow(NamedTuple):
    """A row that waits for the others of its number, packed: a dictionary takes four times as much."""

    file_number: int
    line: int
    packed: bytes
    issue: Issue | None

    @classmethod
    def of(cls, file_number: int, line: int, values: Mapping[str, object], issue: Issue | None) -> "HeldRow":
        """Return a row, packed."""
        packed = json.dumps(values, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")
        return cls(file_number, line, packed, issue)

    def values(self) -> dict[str, object]:
        """Return the values of the row."""
        values: dict[str, object] = json.loads(self.packed)
        return values
