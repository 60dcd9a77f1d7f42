"""A file that has been recognized as a catalog, and its raw rows, each with its file and line."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from indexer.cell_objects import as_text
from indexer.columns import Columns
from indexer.nested_records import RecordReader
from indexer.shapes.shape import Records, Table
from indexer.sku_combinations import COMBINATION_FIELDS, separate_skus
from indexer.table_rows import TableReader
from shangsou.reading.archives import Workspace
from shangsou.reading.issue import Issue


class Row(NamedTuple):
    """One raw row of a file."""

    file: str
    line: int
    values: Mapping[str, object]
    """By field, named as in `columns.json` or `attributes.NAME`; empty cells are left out."""
    issue: Issue | None = None
    """Of the row as a whole, although it can be read."""


class BadRow(NamedTuple):
    """A row that cannot be read at all."""

    file: str
    line: int
    problem: str


class OtherRow(NamedTuple):
    """A row that is no product: totals, a repeated header, a note below the table."""

    file: str
    line: int
    kind: str


@dataclass(frozen=True, slots=True)
class Catalog:
    """A file, or a sheet of one, that has been recognized as a catalog."""

    name: str
    shape: Table | Records
    columns: Columns
    mapping: Mapping[str, str]
    workspace: Workspace = field(repr=False, compare=False)
    """Kept until the file has been read."""
    place_of: Callable[[int], str] | None = field(default=None, repr=False, compare=False)
    """Returns what a row is called by its line, where that is of no file that the user has."""

    def place(self, line: int) -> str:
        """Return what a row is called in messages."""
        return f"{self.name}:{line}" if self.place_of is None else self.place_of(line)

    @property
    def max_rows(self) -> int:
        """At least the number of rows."""
        return self.shape.max_rows

    def rows(self) -> Iterator[Row | BadRow | OtherRow]:
        """Yield the rows in file order, reading lazily. Blank lines are skipped."""
        missing = self._missing_number
        holds_skus = not COMBINATION_FIELDS.isdisjoint(self.columns.names)
        for line, values, problem in self._reader().read():
            if values is None:
                yield BadRow(self.name, line, str(problem))
            elif isinstance(values, str):
                yield OtherRow(self.name, line, values)
            else:
                issue = problem if isinstance(problem, Issue) else None
                numbered = self._numbered(values) if missing or "group_id" in values else values
                separate, unread = separate_skus(numbered) if holds_skus else ([numbered], None)
                for each in separate:
                    yield Row(self.name, line, each, issue or unread)

    @property
    def _missing_number(self) -> str:
        return self.columns.platform.missing_number if self.columns.platform else ""

    def _numbered(self, values: Mapping[str, object]) -> Mapping[str, object]:
        """Return a row without numbers that stand for none."""
        missing = self._missing_number
        if missing and as_text(values.get("product_id")).strip() == missing and "sku" in values:
            return {**values, "product_id": values["sku"]}
        for name, none in (("product_id", missing), ("group_id", "0")):
            if none and name in values and as_text(values[name]).strip() == none:
                values = {field_name: value for field_name, value in values.items() if field_name != name}
        return values

    def _reader(self) -> TableReader | RecordReader:
        if isinstance(self.shape, Table):
            return TableReader(self.shape, self.columns)
        return RecordReader(self.shape, self.columns, self.mapping)
