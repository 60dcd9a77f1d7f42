"""Read the rows of a CSV file (RFC 4180) in bounded memory, without losing rows to a stray quote."""

import csv
from collections.abc import Iterator

from shangsou.reading.files import MAX_ROW_CHARACTERS, TOO_LONG, Lines, LongLine

_UNCLOSED_QUOTE = "a quoted cell begins here and is never closed"
# Lines inside a quoted cell that are read to distinguish a cell of many lines from a stray quote.
_MAX_COMPARED_LINES = 50


def read_csv_rows(lines: Lines, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Yield each row's first line number with its cells, or with the reason why it cannot be read.

    A row ends where its quotes close. A quote that is never closed, or whose closing does not give a row
    while the lines in between look like rows, costs only its own line.
    """
    csv.field_size_limit(MAX_ROW_CHARACTERS * 2)
    width = 0
    for number, line in lines:
        cells: list[str] | str
        if isinstance(line, LongLine):
            if line.quotes % 2:
                _skip_to_even_quotes(lines, quotes=1)
            cells = TOO_LONG
        elif not line or line.isspace():
            continue
        elif '"' not in line:
            cells = line.split(delimiter)
        else:
            cells = split_line(line, delimiter) or _row_of_many_lines(lines, number, line, delimiter, width)
        if not width and not isinstance(cells, str):
            width = len(cells)
        yield number, cells


def split_line(text: str, delimiter: str) -> list[str] | None:
    """Return the cells of a text, or None when a quoted cell is still open at its end.

    Text after a closing quote, against RFC 4180, is kept as part of the cell. A carriage return, which does
    not end a line here, becomes a space: Python's reader would reject it outside of quotes.
    """
    text = text.replace("\r", " ")
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error as problem:
        if "unexpected end" in str(problem):
            return None
        return next(csv.reader([text], delimiter=delimiter))


def _row_of_many_lines(lines: Lines, number: int, first: str, delimiter: str, width: int) -> list[str] | str:
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
            cells = split_line("\n".join(parts), delimiter)
            if cells and (len(cells) == width or not _look_like_rows(parts[1:], delimiter, width)):
                return cells
            if cells:
                break
        if size > MAX_ROW_CHARACTERS:
            if not _look_like_rows(parts[1:], delimiter, width):
                _skip_to_even_quotes(lines, quotes=1)
                return TOO_LONG
            break
    lines.put_back([(number + offset, text) for offset, text in enumerate(parts[1:], start=1)])
    return _UNCLOSED_QUOTE


def _look_like_rows(parts: list[str], delimiter: str, width: int) -> bool:
    """Return whether half of these lines, read alone, have as many cells as the header."""
    compared = parts[:_MAX_COMPARED_LINES]
    full = sum(len(split_line(line, delimiter) or ()) == width for line in compared)
    return width > 1 and 2 * full >= len(compared)


def _skip_to_even_quotes(lines: Lines, quotes: int) -> None:
    for _, line in lines:
        quotes += line.quotes if isinstance(line, LongLine) else line.count('"')
        if quotes % 2 == 0:
            return
