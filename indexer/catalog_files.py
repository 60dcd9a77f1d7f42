"""Open files as catalogs, and read them into raw rows, each with its file and line."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from indexer.columns import Columns, find_position, list_columns, match_columns
from indexer.nested_records import RecordReader
from indexer.shapes.delimited import open_delimited
from indexer.shapes.json_records import open_json
from indexer.shapes.markup_table import open_markup_table
from indexer.shapes.parquet import open_parquet
from indexer.shapes.shape import Records, Table
from indexer.shapes.workbook import open_workbook
from indexer.shapes.xml_records import open_xml
from indexer.table_rows import TableReader
from shangsou.errors import UnusableInput
from shangsou.reading.archives import Member, Workspace, keep_standard_input, unpack_zip
from shangsou.reading.files import Lines, LongLine, SourceFile, inspect
from shangsou.reading.issue import Issue

STANDARD_INPUT = "-"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_GZIP = b"\x1f\x8b"
# Files in a workbook's zip: a zip of exports has none of them.
_WORKBOOK_PARTS = ("[Content_Types].xml", "content.xml", "mimetype", "xl/workbook.xml", "xl/workbook.bin")
_SQL = re.compile(
    r"\s*(?:--|/\*|create\s+table|insert\s+into|drop\s+table|set\s+names|use\s+`|begin;)", re.IGNORECASE
)
_SHEET_XML = re.compile(r"<(?:\w+:)?workbook\b", re.IGNORECASE)
_HTML = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|div|style)\b",
    re.IGNORECASE | re.DOTALL,
)


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
class ReadOptions:
    """What a user says of files that cannot tell it."""

    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    """From 1; blank rows are not counted."""
    columns: tuple[str, ...] = ()
    """The names of the columns of files without a header."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """A file, or a sheet of one, that has been recognized as a catalog."""

    name: str
    shape: Table | Records
    columns: Columns
    mapping: Mapping[str, str]
    workspace: Workspace = field(repr=False, compare=False)
    """Kept until the file has been read."""

    @property
    def max_rows(self) -> int:
        """At least the number of rows."""
        return self.shape.max_rows

    def rows(self) -> Iterator[Row | BadRow | OtherRow]:
        """Yield the rows in file order, reading lazily. Blank lines are skipped."""
        for line, values, problem in self._reader().read():
            if values is None:
                yield BadRow(self.name, line, str(problem))
            elif isinstance(values, str):
                yield OtherRow(self.name, line, values)
            else:
                yield Row(self.name, line, values, problem if isinstance(problem, Issue) else None)

    def _reader(self) -> TableReader | RecordReader:
        if isinstance(self.shape, Table):
            return TableReader(self.shape, self.columns)
        return RecordReader(self.shape, self.columns, self.mapping)


class _Opened(NamedTuple):
    name: str
    shape: Table | Records

    @property
    def header(self) -> Sequence[str]:
        return self.shape.header if isinstance(self.shape, Table) else self.shape.names


def open_catalogs(
    paths: Sequence[Path], mapping: Mapping[str, str], options: ReadOptions | None = None
) -> list[Catalog]:
    """Open files as catalogs; raises `UnusableInput` for the first that is not one.

    Parameters
    ----------
    paths
        At least one file. The content tells the shape, not the name; a zip, or a workbook of several sheets,
        gives several catalogs; `-` is standard input.
    mapping
        Field to column name, from `--map`. Each name must be that of a column in one of the files.
    options
        What the files cannot tell.
    """
    options = options or ReadOptions()
    workspace = Workspace()
    mapped = frozenset(mapping.values())
    opened = [
        shape
        for path, name in _members(paths, workspace)
        for shape in _open(path, name, mapped, options, workspace)
    ]
    _check_mapping(opened, mapping)
    fitting = [_fitting(shape, mapping) if len(opened) > 1 else dict(mapping) for shape in opened]
    columns = [
        # Where there are several files, one may complete another.
        match_columns(shape.name, shape.header, own, needs_title=len(opened) == 1)
        for shape, own in zip(opened, fitting, strict=True)
    ]
    if not any("title" in found.names for found in columns):
        match_columns(opened[0].name, opened[0].header, fitting[0])
    return [
        Catalog(shape.name, shape.shape, found, own, workspace)
        for shape, found, own in zip(opened, columns, fitting, strict=True)
    ]


def _members(paths: Sequence[Path], workspace: Workspace) -> Iterator[Member]:
    """Yield the files to read, those in zip files one by one."""
    names = [path.name for path in paths]
    for path in paths:
        name = path.name if names.count(path.name) == 1 else str(path)
        if str(path) == STANDARD_INPUT:
            yield from _unpacked(Member(keep_standard_input(workspace), "standard input"), workspace)
        else:
            yield from _unpacked(Member(path, name), workspace)


def _unpacked(member: Member, workspace: Workspace) -> Iterator[Member]:
    if member.path.is_file() and _start(member.path).startswith(_ZIP) and not _is_workbook(member.path):
        # A zip within a zip is left alone: there is no end to them.
        yield from unpack_zip(member.path, member.name, workspace)
    else:
        yield member


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(8)
    except OSError:
        return b""  # `inspect` says why.


def _is_workbook(path: Path) -> bool:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            return any(name in _WORKBOOK_PARTS for name in archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return path.suffix.lower() in (".xlsx", ".xlsm", ".xlsb", ".ods")


def _open(
    path: Path, name: str, mapped: frozenset[str], options: ReadOptions, workspace: Workspace
) -> list[_Opened]:
    start = _start(path)
    if start.startswith(_GZIP):
        with SourceFile(path, name, compressed=True, encoding="", lines=0).binary() as stream:
            if stream.read(8).startswith((_ZIP, _OLE)):
                stream.seek(0)
                path = workspace.keep(stream, name, path.stat().st_size)  # type: ignore[arg-type]
                start = _start(path)
    if start.startswith((_ZIP, _OLE)):
        sheets = open_workbook(
            path, name, columns=options.columns, header_row=options.header_row, mapped=mapped
        )
        return [_Opened(name if len(sheets) == 1 else f"{name}[{sheet.name}]", sheet) for sheet in sheets]
    source = inspect(path, name, options.encoding)
    if not source.encoding:
        return [_Opened(name, open_parquet(source))]
    return [_Opened(name, _open_text(source, path, mapped, options))]


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
        return open_json(source, first if isinstance(first, LongLine) else first.lstrip("\ufeff"))
    if head.startswith("["):
        return open_json(source, LongLine(0, "["))
    if _HTML.match(head) or _SHEET_XML.search(head):
        return open_markup_table(
            source, columns=options.columns, header_row=options.header_row, mapped=mapped
        )
    if head.startswith("<"):
        return open_xml(source)
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


def _check_mapping(opened: Sequence[_Opened], mapping: Mapping[str, str]) -> None:
    if len(opened) == 1:
        return  # `match_columns` says what the file has.
    for name, column in mapping.items():
        if not any(_has_column(shape, column) for shape in opened):
            have = "; ".join(f"{shape.name} has {list_columns(shape.header)}" for shape in opened)
            raise UnusableInput(f"--map {name}={column} names a column of none of the files: {have}")


def _fitting(shape: _Opened, mapping: Mapping[str, str]) -> dict[str, str]:
    """Return the part of a mapping that a file has columns for."""
    return {field: column for field, column in mapping.items() if _has_column(shape, column)}


def _has_column(shape: _Opened, column: str) -> bool:
    # Of an object that holds a value of its own, only the first part is a name.
    first = column.partition(".")[0]
    return find_position(shape.header, column) is not None or (
        first != column and not isinstance(shape.shape, Table) and first in shape.header
    )
