"""Open a file in the shape that its content tells, not its name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from indexer.shapes.delimited import open_delimited
from indexer.shapes.json_records import open_json
from indexer.shapes.markup_table import open_markup_table
from indexer.shapes.shape import Records, Table
from indexer.shapes.workbook import open_workbook
from indexer.shapes.xml_records import open_xml
from shangsou.errors import UnusableInput
from shangsou.reading.archives import Workspace
from shangsou.reading.files import OLE, ZIP, Lines, LongLine, SourceFile, inspect
from shangsou.reading.markup_table import is_markup
from shangsou.reading.parquet import open_parquet

_GZIP = b"\x1f\x8b"
_SQL = re.compile(
    r"\s*(?:--|/\*|create\s+table|insert\s+into|drop\s+table|set\s+names|use\s+`|begin;)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a user says of files that cannot tell it."""

    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    """From 1; blank rows are not counted."""
    columns: tuple[str, ...] = ()
    """The names of the columns of files without a header."""


class OpenedShape(NamedTuple):
    """The shape of a file, or of a sheet of one."""

    name: str
    shape: Table | Records

    @property
    def header(self) -> Sequence[str]:
        """The names of columns or values."""
        return self.shape.header if isinstance(self.shape, Table) else self.shape.names


def file_start(path: Path) -> bytes:
    """Return the first bytes of a file, none where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(8)
    except OSError:
        return b""  # `inspect` says why.


def open_shapes(
    path: Path, name: str, mapped: frozenset[str], options: ReadOptions, workspace: Workspace
) -> list[OpenedShape]:
    """Return the shapes in a file, several for a workbook; raises `UnusableInput` where there is none.

    Parameters
    ----------
    path
        Where the file lies.
    name
        For messages.
    mapped
        Names of columns that the user gave.
    options
        What the file cannot tell.
    workspace
        Where a packed workbook is unpacked.
    """
    start = file_start(path)
    if start.startswith(_GZIP):
        with SourceFile(path, name, compressed=True, encoding="", lines=0).binary() as stream:
            if stream.read(8).startswith((ZIP, OLE)):
                stream.seek(0)
                path = workspace.keep(stream, name, path.stat().st_size)  # type: ignore[arg-type]
                start = file_start(path)
    if start.startswith((ZIP, OLE)):
        sheets = open_workbook(
            path, name, columns=options.columns, header_row=options.header_row, mapped=mapped
        )
        return [OpenedShape(name if len(sheets) == 1 else f"{name}[{sheet.name}]", sheet) for sheet in sheets]
    source = inspect(path, name, options.encoding)
    if not source.encoding:
        return [OpenedShape(name, open_parquet(source))]
    return [OpenedShape(name, _open_text(source, path, mapped, options))]


def _open_text(
    source: SourceFile, path: Path, mapped: frozenset[str], options: ReadOptions
) -> Table | Records:
    with source.text() as stream:
        head = stream.read(2_048).lstrip("\ufeff \t\r\n\0")
    with source.text() as stream:
        first = next(
            (line for _, line in Lines(stream) if not isinstance(line, str) or line.strip("\ufeff \t")), ""
        )
    suffix = next((end.lower() for end in reversed(path.suffixes) if end.lower() != ".gz"), "")
    if suffix in (".jsonl", ".ndjson", ".json") or head.startswith(("{", "[{", "[ {", "[\n", "[\r")):
        return open_json(source, first if isinstance(first, LongLine) else first.lstrip("\ufeff"), mapped)
    if head.startswith("["):
        return open_json(source, LongLine(0, "["), mapped)
    if is_markup(head):
        return open_markup_table(
            source, columns=options.columns, header_row=options.header_row, mapped=mapped
        )
    if head.startswith("<"):
        return open_xml(source, mapped)
    if suffix == ".sql" or _SQL.match(head):
        raise UnusableInput(
            f"{source.name}: is an SQL dump, not a catalog; export the table of products as CSV "
            "with a header, or as JSON"
        )
    return open_delimited(
        source,
        delimiter=options.delimiter,
        columns=options.columns,
        header_row=options.header_row,
        mapped=mapped,
    )
