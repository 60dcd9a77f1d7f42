"""Tables of delimited text: which delimiter, which quotes, which row is the header."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from indexer.csv_rows import Dialect, read_rows, split_line
from indexer.shapes.header import MAX_ROWS_ABOVE, Header, find_header
from shangsou.errors import UnusableInput
from shangsou.reading.files import TOO_LONG, Lines, LongLine, SourceFile

# What programs put between cells; the first wins where several fit.
DELIMITERS = (",", "\t", ";", "|", "\x01", "^", "，")
_NAMED_DELIMITERS = {
    "tab": "\t",
    "\\t": "\t",
    "^a": "\x01",
    "\\x01": "\x01",
    "\\001": "\x01",
    "ctrl-a": "\x01",
}
_SEPARATOR_LINE = re.compile(r"\s*\"?sep=(.)\"?\s*", re.IGNORECASE)
# Lines that decide about the delimiter and the escapes; quotes in a table of tabs are looked at in all.
_SAMPLE_LINES = 400
# Lines that one quoted cell may take; a description seldom has so many, a stray quote would take all.
_MAX_CELL_LINES = 50


@dataclass(frozen=True, slots=True)
class DelimitedTable:
    """A table of delimited text; see `indexer.shapes.shape.Table`."""

    source: SourceFile
    dialect: Dialect
    header: Sequence[str]
    skipped_rows: int
    """Rows up to and with the header, of those that are not blank."""
    max_rows: int
    note: str = ""

    def rows(self) -> Iterator[tuple[int, list[str] | str]]:
        """Yield the rows below the header, reading lazily."""
        with self.source.text() as stream:
            records = read_rows(Lines(stream), self.dialect)
            yield from islice(records, self.skipped_rows, None)


def delimiter_from(text: str) -> str:
    """Return the delimiter that a user names, as in `--delimiter tab`; raises `UnusableInput`."""
    delimiter = _NAMED_DELIMITERS.get(text.lower(), text)
    if len(delimiter) != 1 or delimiter in '"\\\n\r':
        raise UnusableInput(f"--delimiter {text}: give one character, or tab, or ^A")
    return delimiter


def open_delimited(
    source: SourceFile,
    *,
    delimiter: str | None = None,
    columns: Sequence[str] = (),
    header_row: int | None = None,
    mapped: Collection[str] = (),
) -> DelimitedTable:
    """Return a text file as a table; raises `UnusableInput` if its header cannot be read.

    Parameters
    ----------
    source
        A text file that is not empty.
    delimiter
        Between cells. None: found by which one gives a header of known names and rows of one width.
    columns
        The names of the columns, where the file has no header.
    header_row
        The row of the header, from 1, blank lines not counted.
    mapped
        Names of columns that the user gave.
    """
    sample = _sample_lines(source)
    stated = _SEPARATOR_LINE.fullmatch(sample[0])
    lines = sample[1:] if stated else sample
    if not lines:
        raise UnusableInput(f"{source.name}: there is no row; nothing was indexed")
    delimiter = delimiter or (stated[1] if stated else _likeliest_delimiter(lines, mapped))
    dialect = _dialect(source, lines, delimiter)
    with source.text() as stream:
        records = list(islice(read_rows(Lines(stream), dialect), MAX_ROWS_ABOVE + 1 + bool(stated)))
    first = records[bool(stated) :]
    rows = [[] if isinstance(cells, str) else cells for _, cells in first]
    if columns:
        header = Header([name.strip() for name in columns], 0, 0, len(columns))
    else:
        header = find_header(rows, header_row, mapped)
        number, cells = first[header.first]
        if isinstance(cells, str):
            raise UnusableInput(f"{source.name}:{number}: the header cannot be read: {cells}")
    skipped = bool(stated) + header.first + header.rows
    return DelimitedTable(source, dialect, header.names, skipped, source.lines + 1)


def _sample_lines(source: SourceFile) -> list[str]:
    with source.text() as stream:
        lines: list[str] = []
        for number, line in Lines(stream):
            if isinstance(line, LongLine):
                if not lines:
                    raise UnusableInput(f"{source.name}:{number}: {TOO_LONG}; is this file a catalog?")
                continue
            if line.strip("\ufeff \t\0"):
                lines.append(line)
            if len(lines) == _SAMPLE_LINES:
                break
    if not lines:
        raise UnusableInput(f"{source.name}: is empty; nothing was indexed")
    return lines


def _likeliest_delimiter(lines: Sequence[str], mapped: Collection[str]) -> str:
    return max(DELIMITERS, key=lambda delimiter: _fit(lines, delimiter, mapped))


def _fit(lines: Sequence[str], delimiter: str, mapped: Collection[str]) -> tuple[int, float, int]:
    """Return how well a delimiter fits: known names in the header, rows as wide as it, its width."""
    head = lines[: MAX_ROWS_ABOVE + 1]
    if not any(delimiter in line for line in head):
        return (0, 0.0, 0)
    rows = [split_line(line, Dialect(delimiter)) or [] for line in head]
    header = find_header(rows, None, mapped)
    width = len(header.names)
    behind = [row for row in rows[header.first + 1 :] if row] or [header.names]
    return (header.known if width > 1 else 0, sum(len(row) == width for row in behind) / len(behind), width)


def _dialect(source: SourceFile, lines: Sequence[str], delimiter: str) -> Dialect:
    plain = Dialect(delimiter, quotes=delimiter != "\t" or _quotes_close(source, delimiter))
    if not any("\\" in line for line in lines):
        return plain
    escaping = Dialect(
        delimiter, quotes=any('"' in line for line in lines) and _starts_cells(lines, delimiter), escapes=True
    )
    full, escaped_full = _full_rows(lines, plain), _full_rows(lines, escaping)
    writes_null = any(cell == "\\N" for line in lines for cell in line.split(delimiter))
    # A quote behind a backslash closes nothing where the cell goes on: Excel would have doubled it.
    escaped_quote = re.compile(rf'\\"(?!["\r\n]|{re.escape(delimiter)}|$)')
    is_written_so = writes_null or (escaping.quotes and any(escaped_quote.search(line) for line in lines))
    return escaping if escaped_full > full or (is_written_so and escaped_full >= full) else plain


def _full_rows(lines: Sequence[str], dialect: Dialect) -> int:
    """Return how many rows have the width that most have, less those that cannot be read."""
    rows = [cells for _, cells in read_rows(Lines.of(lines), dialect)]
    widths = [len(cells) for cells in rows if not isinstance(cells, str)]
    usual = max(set(widths), key=widths.count, default=0)
    return 2 * widths.count(usual) - len(rows)


def _starts_cells(lines: Sequence[str], delimiter: str) -> bool:
    return any(line.startswith('"') or f'{delimiter}"' in line for line in lines)


def _quotes_close(source: SourceFile, delimiter: str) -> bool:
    """Return whether every quote in a file opens or closes a cell, or is doubled within one.

    Then Excel wrote it, or a program that quotes as Excel does; otherwise a quote is an inch, or a letter.
    """
    cell = re.escape(delimiter)
    opens = re.compile(rf'(?:^|{cell})"(?:[^"]|"")*$')
    stray = re.compile(rf'(?:(?:^|{cell})"(?:[^"]|"")*"(?=$|{cell}))')
    has_quotes = False
    text, joined = "", 0
    with source.text() as stream:
        for _, line in Lines(stream):
            if isinstance(line, LongLine):
                return has_quotes
            if not text and '"' not in line:
                continue
            has_quotes = True
            text = f"{text}\n{line}" if text else line
            joined += 1
            rest = stray.sub("", text)
            if '"' not in rest:
                text, joined = "", 0
            elif joined > _MAX_CELL_LINES or not opens.search(rest):
                return False
    return has_quotes and not text
