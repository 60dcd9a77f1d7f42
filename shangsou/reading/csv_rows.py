"""Read the rows of delimited text (RFC 4180) in bounded memory, without losing rows to a stray quote."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from shangsou.reading.files import MAX_ROW_CHARACTERS, TOO_LONG, Lines, LongLine

_UNCLOSED_QUOTE = "a quoted cell begins here and is never closed"
# Lines inside a quoted cell that are read to distinguish a cell of many lines from a stray quote.
_MAX_COMPARED_LINES = 50
# As MySQL writes them: `\N` for nothing, and these behind a backslash; any other character stands for itself.
_ESCAPED = {"t": "\t", "n": "\n", "r": "\r", "0": "", "b": "", "Z": ""}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_QUOTE_IN_QUOTES = re.compile(r'""')


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells are written."""

    delimiter: str
    quotes: bool = True
    """Whether a quotation mark at the beginning of a cell quotes it."""
    escapes: bool = False
    """Whether a backslash escapes the next character, as in exports of MySQL."""
    doubles: bool = False
    """Whether quotation marks are doubled in cells without quotes around them too, as by Quepid."""


def read_rows(lines: Lines, dialect: Dialect) -> Iterator[tuple[int, list[str] | str]]:
    """Yield each row's first line number with its cells, or with the reason why it cannot be read.

    A row ends where its quotes close. A quote that is never closed, or whose closing does not give a row
    while the lines in between look like rows, costs only its own line.
    """
    csv.field_size_limit(MAX_ROW_CHARACTERS * 2)
    delimiter, quotes, escapes = dialect.delimiter, dialect.quotes, dialect.escapes
    width = 0
    for number, line in lines:
        cells: list[str] | str
        if isinstance(line, LongLine):
            if quotes and line.quotes % 2:
                _skip_to_even_quotes(lines, quotes=1)
            cells = TOO_LONG
        elif not line or line.isspace():
            continue
        elif (not quotes or '"' not in line) and not (escapes and "\\" in line):
            cells = line.split(delimiter)
        elif escapes:
            cells = _row_with_escapes(lines, line, dialect)
        else:
            cells = split_line(line, dialect) or _row_of_many_lines(lines, number, line, dialect, width)
        if not width and not isinstance(cells, str):
            width = len(cells)
        yield number, cells


def split_line(text: str, dialect: Dialect) -> list[str] | None:
    """Return the cells of a text, or None when a quoted cell is still open at its end.

    Text after a closing quote, against RFC 4180, is kept as part of the cell. A carriage return, which does
    not end a line here, becomes a space: Python's reader would reject it outside of quotes.
    """
    if not dialect.quotes:
        return text.split(dialect.delimiter)
    if dialect.doubles:
        return _split_doubled(text, dialect.delimiter)
    text = text.replace("\r", " ")
    try:
        return next(csv.reader([text], delimiter=dialect.delimiter, strict=True))
    except csv.Error as problem:
        if "unexpected end" in str(problem):
            return None
    try:
        return next(csv.reader([text], delimiter=dialect.delimiter))
    except csv.Error:
        # Several lines, one of which ends outside of quotes.
        return None


def split_single_line(line: str, delimiter: str) -> list[str]:
    """Return the cells of a row of a log, of which none has several lines.

    In CSV they may stand in quotes, one that is never closed ends with its line; in TSV quotes are those of
    a phrase.
    """
    if delimiter == "\t" or '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader([line.replace("\r", " ")], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


def _split_doubled(text: str, delimiter: str) -> list[str] | None:
    """Return the cells of a text where a cell without quotes may hold doubled ones, None if one is open.

    A cell that begins with an odd number of quotation marks is quoted. One with an even number is not: it
    begins with quotation marks of its own, doubled.
    """
    cells = []
    position = 0
    while True:
        cell = _doubled_cell_pattern(delimiter).match(text, position)
        if cell is None:
            return None
        quoted, plain, end = cell.group("quoted", "plain", "end")
        cells.append("" if plain == '""' else (plain if quoted is None else quoted).replace('""', '"'))
        if not end:
            return cells
        position = cell.end()


@cache
def _doubled_cell_pattern(delimiter: str) -> re.Pattern[str]:
    end = re.escape(delimiter)
    quoted = r'"(?P<quoted>(?:[^"]|"")*+)"'
    plain = rf'(?!"(?:"")*+(?!"))(?P<plain>[^{end}]*+)'
    return re.compile(rf"(?:{quoted}|{plain})(?P<end>{end}|\Z)", re.DOTALL)


def _row_of_many_lines(
    lines: Lines, number: int, first: str, dialect: Dialect, width: int
) -> list[str] | str:
    parts = [first]
    size = len(first)
    for _, line in lines:
        if isinstance(line, LongLine):
            if not line.quotes % 2:
                _skip_to_even_quotes(lines, quotes=1)
            return TOO_LONG
        parts.append(line)
        size += len(line) + 1
        if line.count('"') % 2:
            cells = split_line("\n".join(parts), dialect)
            if cells and (len(cells) == width or not _look_like_rows(parts[1:], dialect, width)):
                return cells
            if cells:
                break
        if size > MAX_ROW_CHARACTERS:
            if not _look_like_rows(parts[1:], dialect, width):
                _skip_to_even_quotes(lines, quotes=1)
                return TOO_LONG
            break
    lines.put_back([(number + offset, text) for offset, text in enumerate(parts[1:], start=1)])
    return _UNCLOSED_QUOTE


def _look_like_rows(parts: list[str], dialect: Dialect, width: int) -> bool:
    """Return whether half of these lines, read alone, have as many cells as the header."""
    compared = parts[:_MAX_COMPARED_LINES]
    full = sum(len(split_line(line, dialect) or ()) == width for line in compared)
    return width > 1 and 2 * full >= len(compared)


def _skip_to_even_quotes(lines: Lines, quotes: int) -> None:
    for _, line in lines:
        quotes += line.quotes if isinstance(line, LongLine) else line.count('"')
        if quotes % 2 == 0:
            return


def _row_with_escapes(lines: Lines, first: str, dialect: Dialect) -> list[str] | str:
    text = first
    for _ in range(_MAX_COMPARED_LINES):
        cells = _split_escaped(text, dialect)
        if cells is not None:
            return cells
        _, line = next(lines, (0, None))
        if line is None:
            break
        if isinstance(line, LongLine) or len(text) + len(line) > MAX_ROW_CHARACTERS:
            return TOO_LONG
        text = f"{text}\n{line}"
    return _UNCLOSED_QUOTE


def _split_escaped(text: str, dialect: Dialect) -> list[str] | None:
    """Return the cells of a text with backslash escapes, or None if a cell is still open at its end."""
    cells = []
    position = 0
    while True:
        cell = _cell_pattern(dialect).match(text, position)
        if cell is None:
            return None
        quoted, plain, end = cell.group("quoted", "plain", "end")
        if plain == "\\N":
            cells.append("")
        else:
            body = _QUOTE_IN_QUOTES.sub('"', quoted) if quoted is not None else plain
            cells.append(_ESCAPE.sub(_unescape, body))
        if not end:
            return cells
        position = cell.end()


def _unescape(escape: re.Match[str]) -> str:
    return _ESCAPED.get(escape[1], escape[1])


@cache
def _cell_pattern(dialect: Dialect) -> re.Pattern[str]:
    delimiter = re.escape(dialect.delimiter)
    quoted = r'"(?P<quoted>(?:[^"\\]|\\.|"")*+)"' if dialect.quotes else r"(?!)(?P<quoted>)"
    plain = rf"(?P<plain>(?:[^\\{delimiter}]|\\.)*+)"
    return re.compile(rf"(?:{quoted}|{plain})(?P<end>{delimiter}|\Z)", re.DOTALL)
