"""Tables of delimited text: which delimiter, which quotes, which row is the header."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from indexer.shapes.header import MAX_ROWS_ABOVE, Header, find_header
from shangsou.errors import UnusableInput
from shangsou.reading.csv_rows import Dialect, read_rows, split_line
from shangsou.reading.delimited import DELIMITERS, SEPARATOR_LINE, find_dialect, sample_lines
from shangsou.reading.files import Lines, SourceFile

_NAMED_DELIMITERS = {
    "tab": "\t",
    "\\t": "\t",
    "^a": "\x01",
    "\\x01": "\x01",
    "\\001": "\x01",
    "ctrl-a": "\x01",
}


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
    sample = sample_lines(source)
    stated = SEPARATOR_LINE.fullmatch(sample[0])
    lines = sample[1:] if stated else sample
    if not lines:
        raise UnusableInput(f"{source.name}: there is no row; nothing was indexed")
    delimiter = delimiter or (stated[1] if stated else _likeliest_delimiter(lines, mapped))
    dialect = find_dialect(source, lines, delimiter)
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
