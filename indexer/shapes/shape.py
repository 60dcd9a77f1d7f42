"""The contracts of a table and of records: all that the rest of the indexer knows of a file."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, runtime_checkable

Cells = Sequence[object]


@runtime_checkable
class Table(Protocol):
    """Rows of cells below a header."""

    @property
    def header(self) -> Sequence[str]:
        """The names of the columns."""

    @property
    def max_rows(self) -> int:
        """At least the number of rows."""

    @property
    def note(self) -> str:
        """What was done to read the file, for the report; may be empty."""

    def rows(self) -> Iterator[tuple[int, Cells | str]]:
        """Yield each row below the header with its line, or the reason why it cannot be read."""


class Records(Protocol):
    """Objects with named values, which may be nested."""

    @property
    def names(self) -> Sequence[str]:
        """The names of the values of the first records."""

    @property
    def max_rows(self) -> int:
        """At least the number of records."""

    @property
    def note(self) -> str:
        """As of a table."""

    def records(self) -> Iterator[tuple[int, Mapping[str, object] | str]]:
        """Yield each record with its line or number, or the reason why it cannot be read."""
