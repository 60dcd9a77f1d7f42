"""Read catalog files into raw rows: CSV, TSV, JSON Lines and Parquet, each row with its file and line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from indexer.columns import Columns, find_columns, match_columns
from indexer.csv_rows import read_csv_rows
from indexer.json_lines import json_columns
from indexer.parquet import parquet_shape, read_parquet
from shangsou.errors import UnusableInput
from shangsou.reading.files import TOO_LONG, Lines, LongLine, SourceFile, inspect
from shangsou.reading.issue import Issue
from shangsou.reading.json_lines import json_object

Format = Literal["csv", "tsv", "jsonl", "parquet"]
_BY_SUFFIX: Mapping[str, Format] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
}
# Separators that programs use in a "CSV" file.
_DELIMITERS = ",\t;"
_WRONG_WIDTH = "cells missing or surplus"


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


@dataclass(frozen=True, slots=True)
class Catalog:
    """A file that has been recognized as a catalog."""

    source: SourceFile
    format: Format
    columns: Columns
    mapping: Mapping[str, str]
    delimiter: str
    max_rows: int

    def rows(self) -> Iterator[Row | BadRow]:
        """Yield the rows in file order, reading lazily. Blank lines are skipped."""
        if self.format == "parquet":
            yield from self._parquet_rows()
            return
        with self.source.text() as stream:
            lines = Lines(stream)
            yield from self._json_rows(lines) if self.format == "jsonl" else self._table_rows(lines)

    def _table_rows(self, lines: Lines) -> Iterator[Row | BadRow]:
        file, used, width = self.source.name, self.columns.used, self.columns.width
        records = _records(lines, self.format, self.delimiter)
        next(records)  # The header.
        for number, cells in records:
            if isinstance(cells, str):
                yield BadRow(file, number, cells)
                continue
            issue = None
            if len(cells) != width:
                issue = _width_issue(cells, width)
                cells.extend([""] * (width - len(cells)))
            values = {field: cells[position] for position, field in used if cells[position]}
            if values or issue:
                yield Row(file, number, values, issue)

    def _json_rows(self, lines: Lines) -> Iterator[Row | BadRow]:
        file = self.source.name
        by_keys: dict[tuple[str, ...], dict[str, int]] = {}
        for number, line in lines:
            if isinstance(line, str) and (not line or line.isspace()):
                continue
            record = json_object(line)
            if isinstance(record, str):
                yield BadRow(file, number, record)
                continue
            keys = tuple(record)
            if keys not in by_keys:
                by_keys[keys] = find_columns(keys, self.mapping)
            cells_by_field = {field: record[keys[position]] for field, position in by_keys[keys].items()}
            yield Row(
                file, number, {field: value for field, value in cells_by_field.items() if _has_value(value)}
            )

    def _parquet_rows(self) -> Iterator[Row]:
        for number, cells in read_parquet(self.source):
            cells_by_field = {field: cells[position] for position, field in self.columns.used}
            yield Row(
                self.source.name,
                number,
                {field: value for field, value in cells_by_field.items() if _has_value(value)},
            )


def open_catalogs(paths: Sequence[Path], mapping: Mapping[str, str]) -> list[Catalog]:
    """Open files as catalogs; raises `UnusableInput` for the first that is not one.

    Parameters
    ----------
    paths
        At least one file; the format is that of its name, or else of its content.
    mapping
        Field to column name, from `--map`.
    """
    names = [path.name for path in paths]
    return [
        _open_catalog(path, path.name if names.count(path.name) == 1 else str(path), mapping)
        for path in paths
    ]


def _open_catalog(path: Path, name: str, mapping: Mapping[str, str]) -> Catalog:
    source = inspect(path, name)
    if not source.encoding:
        header, rows = parquet_shape(source)
        return Catalog(source, "parquet", match_columns(name, header, mapping), mapping, "", rows)
    with source.text() as stream:
        lines = Lines(stream)
        nonblank_lines = ((number, line) for number, line in lines if line and not str(line).isspace())
        number, first = next(nonblank_lines, (0, ""))
        if not first:
            raise UnusableInput(f"{name}: is empty; nothing was indexed")
        if isinstance(first, LongLine):
            raise UnusableInput(f"{name}:{number}: {TOO_LONG}; is this file a catalog?")
        lines.put_back([(number, first)])
        format_ = _format(path, first)
        if format_ == "jsonl":
            if first.lstrip().startswith("["):
                raise UnusableInput(
                    f"{name}: is one JSON array; write one object a line instead (JSON Lines)"
                )
            columns = match_columns(name, json_columns(name, lines), mapping)
            return Catalog(source, format_, columns, mapping, "", source.lines + 1)
        delimiter = max(_DELIMITERS, key=first.count) if format_ == "csv" else "\t"
        _, cells = next(_records(lines, format_, delimiter))
    if isinstance(cells, str):
        raise UnusableInput(f"{name}:{number}: the header cannot be read: {cells}")
    columns = match_columns(name, [cell.strip() for cell in cells], mapping)
    return Catalog(source, format_, columns, mapping, delimiter, source.lines)


def _format(path: Path, first_line: str) -> Format:
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    by_suffix = _BY_SUFFIX.get(suffixes[-1]) if suffixes else None
    if by_suffix:
        return by_suffix
    if first_line.lstrip().startswith("{"):
        return "jsonl"
    return "tsv" if "\t" in first_line else "csv"


def _records(lines: Lines, format_: Format, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    return read_csv_rows(lines, delimiter) if format_ == "csv" else _tab_rows(lines)


def _tab_rows(lines: Lines) -> Iterator[tuple[int, list[str] | str]]:
    for number, line in lines:
        if isinstance(line, LongLine):
            yield number, TOO_LONG
        elif line and not line.isspace():
            yield number, line.split("\t")


def _width_issue(cells: Sequence[str], width: int) -> Issue | None:
    problem = f"the row has {len(cells)} cells, the header {width}"
    if len(cells) < width:
        return Issue(_WRONG_WIDTH, problem, "the missing ones taken as empty")
    return Issue(_WRONG_WIDTH, problem, "the surplus ones dropped") if any(cells[width:]) else None


def _has_value(value: object) -> bool:
    return value is not None and value not in ("", [], {})
