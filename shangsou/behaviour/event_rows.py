"""Read the rows of event files: TSV, CSV, JSON as in UBI 1.3, and dumps of UBI's indices."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from shangsou.behaviour.columns import REQUIRED_FIELDS, find_columns, flatten, missing_columns
from shangsou.errors import UnusableInput
from shangsou.reading.csv_rows import split_single_line
from shangsou.reading.files import TOO_LONG, Lines, LongLine, SourceFile
from shangsou.reading.issue import excerpt
from shangsou.reading.json_lines import json_object
from shangsou.reading.json_values import parse_json_at
from shangsou.reading.search_dumps import Numbered, hits_of_response, unwrap_documents

# A JSON array is one text and is held in memory as a whole; a file of lines never is.
MAX_ARRAY_CHARACTERS = 512 * 1024 * 1024
# How the answer of a `_search` begins. On one line it is longer than any event, and several may follow.
_RESPONSE = re.compile(r'\ufeff?\s*\{\s*"(?:took|timed_out|_scroll_id|pit_id|_shards|hits)"\s*:')
_RESPONSE_START_CHARACTERS = 1_000


class EventRow(NamedTuple):
    """One row of a file: its values under our names, or the reason why it cannot be read."""

    line: int
    values: Mapping[str, object] | str
    raw: str | Mapping[str, object]
    """The row that is hashed into an id for an event without one."""


def read_rows(file: SourceFile) -> Iterator[EventRow]:
    """Yield the rows of a file, reading lazily where each line is one.

    Raises
    ------
    UnusableInput
        The file is Parquet, or its header names no time or no action.
    """
    if not file.encoding:
        raise UnusableInput(f"{file.name}: is Parquet; write the events as TSV, CSV or JSON Lines")
    with file.text() as stream:
        if _RESPONSE.match(stream.read(_RESPONSE_START_CHARACTERS)):
            yield from _json_rows(_records_of_documents(file))
            return
    with file.text() as stream:
        lines = Lines(stream)
        number, first = next((number, line) for number, line in lines if line and not str(line).isspace())
        start = first.start if isinstance(first, LongLine) else first.lstrip()[0]
        if start not in ("[", "{"):
            yield from _table_rows(file.name, number, first, lines)
            return
        if start == "{" and (isinstance(first, LongLine) or isinstance(json_object(first), dict)):
            lines.put_back([(number, first)])
            yield from _json_rows(_records_of_lines(lines))
            return
    yield from _json_rows(_records_of_documents(file))


def holds_events(file: SourceFile) -> bool:
    """Return whether a file is one of events rather than another table or list: JSON, or by its header."""
    if not file.encoding:
        return False
    with file.text() as stream:
        first = next((line for _, line in Lines(stream) if line and not str(line).isspace()), "")
    if isinstance(first, LongLine) or first.lstrip()[:1] in ("[", "{"):
        return True
    columns = find_columns(split_single_line(first, _delimiter(first)))
    return all(field in columns for field in REQUIRED_FIELDS)


def _table_rows(name: str, number: int, header: str | LongLine, lines: Lines) -> Iterator[EventRow]:
    text = "" if isinstance(header, LongLine) else header
    delimiter = _delimiter(text)
    columns = find_columns(split_single_line(text, delimiter))
    if missing := missing_columns(columns):
        raise UnusableInput(
            f"{name}:{number}: the header {excerpt(header)} names no column {' and no '.join(missing)}; "
            "events are TSV or CSV with a header as `timestamp user_id session_id action_name user_query "
            "product_id position`, or JSON Lines as UBI 1.3 has them"
        )
    width = max(columns.values()) + 1
    for line_number, line in lines:
        if isinstance(line, LongLine):
            yield EventRow(line_number, TOO_LONG, "")
        elif line and not line.isspace():
            cells = split_single_line(line, delimiter)
            if len(cells) < width:
                cells.extend([""] * (width - len(cells)))
            values = {field: cell for field, position in columns.items() if (cell := cells[position])}
            yield EventRow(line_number, values, line)


def _delimiter(header: str) -> str:
    return "," if "," in header and "\t" not in header else "\t"


def _json_rows(records: Iterable[Numbered]) -> Iterator[EventRow]:
    for number, document in unwrap_documents(_with_hits(records)):
        if isinstance(document, str):
            yield EventRow(number, document, "")
        else:
            yield EventRow(number, flatten(document), document)


def _with_hits(records: Iterable[Numbered]) -> Iterator[Numbered]:
    """Put the hits of responses in place of these; they go by the line on which their response begins."""
    for number, record in records:
        hits = None if isinstance(record, str) else hits_of_response(record)
        if hits is None:
            yield number, record
        else:
            yield from ((number, hit if isinstance(hit, dict) else "the hit is no object") for hit in hits)


def _records_of_lines(lines: Lines) -> Iterator[Numbered]:
    for number, line in lines:
        if isinstance(line, LongLine) or (line and not line.isspace()):
            yield number, json_object(line)


def _records_of_documents(file: SourceFile) -> Iterator[Numbered]:
    """Yield the objects of JSON texts that span lines, or of long ones: arrays of objects, or objects."""
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
            yield line, f"from here on it is no JSON ({problem})"
            return
        yield line, record if isinstance(record, dict) else f"{excerpt(record)} is no JSON object"
        line += text.count("\n", position, end)
        position, line = _skip(text, end, line)


def _skip(text: str, position: int, line: int) -> tuple[int, int]:
    """Return the position of the next record, and its line."""
    start = position
    while position < len(text) and text[position] in "[], \t\r\n\ufeff":
        position += 1
    return position, line + text.count("\n", start, position)
