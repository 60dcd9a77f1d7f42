"""The contracts of a table and of records: all that the rest of the indexer knows of a file."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

Cells = Sequence[object]


class Table(Protocol):
    """Rows of cells below a header."""

    header: Sequence[str]
    max_rows: int
    note: str
    """What was done to read the file, for the report; may be empty."""

    def rows(self) -> Iterator[tuple[int, Cells | str]]:
        """Yield each row below the header with its line, or the reason why it cannot be read."""


class Records(Protocol):
    """Objects with named values, which may be nested."""

    names: Sequence[str]
    max_rows: int
    note: str

    def records(self) -> Iterator[tuple[int, Mapping[str, object] | str]]:
        """Yield each record with its line or number, or the reason why it cannot be read."""
