"""Read event files: TSV, and JSON as in UBI 1.3; unusable rows are counted in a report."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from shangsou.behaviour.columns import find_columns, flatten
from shangsou.behaviour.event import Event
from shangsou.behaviour.parse import hash_row, parse_event
from shangsou.behaviour.report import EventReport
from shangsou.errors import UnusableInput
from shangsou.reading.files import TOO_LONG, Lines, LongLine, SourceFile, inspect
from shangsou.reading.issue import Issue, excerpt
from shangsou.reading.json_lines import json_object
from shangsou.reading.json_values import parse_json_at

# A JSON array is one text and is held in memory as a whole; a file of lines never is.
MAX_ARRAY_CHARACTERS = 512 * 1024 * 1024
_REQUIRED_FIELDS = ("timestamp", "action_name")


class _Row(NamedTuple):
    """One row of the file: its values under our names, or the reason why it cannot be read."""

    line: int
    values: Mapping[str, object] | str
    raw: str | Mapping[str, object]
    """The row that is hashed into an id for an event without one."""


def read_events(paths: Sequence[Path], report: EventReport | None = None) -> Iterator[Event]:
    """Yield the events of files in order, reading lazily.

    No event is dropped for its age, and a duplicate comes twice: that is for the event store to decide.

    Parameters
    ----------
    paths
        TSV with a header (`timestamp user_id session_id action_name user_query product_id position`, in any
        order, and `event_id query_id price quantity order_id` where there are any), or JSON: one event a
        line, one event, or an array; plain or gzip, UTF-8 or GB18030.
    report
        Counts rows and their issues, as `file:line`.

    Raises
    ------
    UnusableInput
        A file is missing, is not text, or has no known columns.
    """
    report = EventReport() if report is None else report
    names = [path.name for path in paths]
    # All of them first: a mistake in the last name is reported before hours of work, not after it.
    files = [inspect(path, path.name if names.count(path.name) == 1 else str(path)) for path in paths]
    for file in files:
        yield from _read_file(file, report)


def _read_file(file: SourceFile, report: EventReport) -> Iterator[Event]:
    for line, values, raw in _rows(file):
        report.read += 1
        if isinstance(values, str):
            report.rejected += 1
            report.issues.add("rejected", file.name, line, Issue("cannot be read", values, "row left out"))
            continue
        event, issues = parse_event(values, partial(hash_row, raw))
        if event is None:
            report.rejected += 1
            report.issues.add("rejected", file.name, line, issues[-1].issue)
            continue
        report.repaired += bool(issues)
        for field_issue in issues:
            report.issues.add("repaired", file.name, line, field_issue.issue)
        report.count(event)
        yield event


def _rows(file: SourceFile) -> Iterator[_Row]:
    if not file.encoding:
        raise UnusableInput(f"{file.name}: is Parquet; write the events as TSV or JSON Lines")
    with file.text() as stream:
        lines = Lines(stream)
        number, first = next((number, line) for number, line in lines if line and not str(line).isspace())
        start = first.start if isinstance(first, LongLine) else first.lstrip()[0]
        if start not in ("[", "{"):
            yield from _table_rows(file.name, number, first, lines)
            return
        if start == "{" and (isinstance(first, LongLine) or isinstance(json_object(first), dict)):
            lines.put_back([(number, first)])
            yield from _json_rows(lines)
            return
    yield from _document_rows(file)


def _table_rows(name: str, number: int, header: str | LongLine, lines: Lines) -> Iterator[_Row]:
    columns = {} if isinstance(header, LongLine) else find_columns(header.split("\t"))
    missing = [field for field in _REQUIRED_FIELDS if field not in columns]
    if missing:
        raise UnusableInput(
            f"{name}:{number}: the header {excerpt(header)} names no column {' and no '.join(missing)}; "
            "events are TSV with a header as `timestamp user_id session_id action_name user_query product_id "
            "position`, or JSON Lines as UBI 1.3 has them"
        )
    width = max(columns.values()) + 1
    for line_number, line in lines:
        if isinstance(line, LongLine):
            yield _Row(line_number, TOO_LONG, "")
        elif line and not line.isspace():
            cells = line.split("\t")
            if len(cells) < width:
                cells.extend([""] * (width - len(cells)))
            values = {field: cell for field, position in columns.items() if (cell := cells[position])}
            yield _Row(line_number, values, line)


def _json_rows(lines: Lines) -> Iterator[_Row]:
    for number, line in lines:
        if isinstance(line, str) and (not line or line.isspace()):
            continue
        record = json_object(line)
        if isinstance(record, str):
            yield _Row(number, record, "")
        else:
            yield _Row(number, flatten(record), record)


def _document_rows(file: SourceFile) -> Iterator[_Row]:
    """Yield the events of one JSON text that spans lines: an array of objects, or one object."""
    with file.text() as stream:
        text = stream.read(MAX_ARRAY_CHARACTERS + 1).lstrip("\ufeff")
    if len(text) > MAX_ARRAY_CHARACTERS:
        raise UnusableInput(
            f"{file.name}: is one JSON text of more than {MAX_ARRAY_CHARACTERS:,} characters; "
            "write one event a line"
        )
    # Several arrays one after the other, as `cat` makes them, are one.
    position, line = _skip(text, 0, 1)
    while position < len(text):
        try:
            record, end = parse_json_at(text, position)
        except ValueError as problem:
            yield _Row(line, f"from here on it is no JSON ({problem})", "")
            return
        if isinstance(record, dict):
            yield _Row(line, flatten(record), record)
        else:
            yield _Row(line, f"{excerpt(record)} is no JSON object", "")
        line += text.count("\n", position, end)
        position, line = _skip(text, end, line)


def _skip(text: str, position: int, line: int) -> tuple[int, int]:
    """Return the position of the next record, and its line."""
    start = position
    while position < len(text) and text[position] in "[], \t\r\n\ufeff":
        position += 1
    return position, line + text.count("\n", start, position)
