"""Open the table in a file of any kind (text, workbook, page, Parquet) by the names of its columns."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from shangsou.errors import UnusableInput
from shangsou.reading.csv_rows import Dialect, read_rows, split_line
from shangsou.reading.delimited import DELIMITERS, SEPARATOR_LINE, find_dialect, sample_lines
from shangsou.reading.files import OLE, ZIP, Lines, SourceFile, inspect
from shangsou.reading.markup_table import is_markup, markup_rows

# Rows that may stand above the header: titles and notes, as in exports of shop systems.
_MAX_ROWS_ABOVE = 20
# Characters in which a page shows that it is one.
_HEAD_CHARACTERS = 2_048
# Excel keeps 15 digits of a number and makes the rest zeros.
_EXCEL_DIGITS = 10**15

Rows = Iterator[tuple[int, Sequence[object]]]


@dataclass(frozen=True, slots=True)
class FileTable:
    """A table in a file."""

    name: str
    """For messages: the file, with the sheet where there are several."""
    header: Sequence[str]
    """The names of the columns without blanks around them; empty for a column without a name."""
    open_rows: Callable[[], Rows]
    other_sheets: Sequence[str] = ()
    """Sheets of the file with as many known columns, which are not read."""

    def rows(self) -> Rows:
        """Yield each row below the header with its line, or its number in a sheet or Parquet file.

        A row may be shorter or longer than the header. Raises `UnusableInput` for one that cannot be read.
        """
        return self.open_rows()


def open_table(
    path: Path, name: str, is_known: Callable[[str], bool], encoding: str | None = None
) -> FileTable:
    """Return the table in a file; of several sheets the one with the most known columns.

    Parameters
    ----------
    path
        A text, plain or gzip, in any encoding; a workbook, or a page that is called one; or a Parquet file.
        The content tells which.
    name
        For messages.
    is_known
        Whether a name is that of a column that is looked for. The header is the row with most of them.
    encoding
        That of a text, where it cannot be told from its bytes.

    Raises
    ------
    UnusableInput
        The file is missing, empty, damaged or no table.
    """
    if is_workbook(path):
        return _open_workbook(path, name, is_known)
    source = inspect(path, name, encoding)
    if not source.encoding:
        return _open_parquet(source)
    with source.text() as stream:
        head = stream.read(_HEAD_CHARACTERS).lstrip("\ufeff \t\r\n")
    return _open_markup(source, is_known) if is_markup(head) else _open_delimited(source, is_known)


def is_workbook(path: Path) -> bool:
    """Return whether a file begins as a workbook does, so that it is no text."""
    try:
        with path.open("rb") as file:
            return file.read(max(len(ZIP), len(OLE))).startswith((ZIP, OLE))
    except OSError:
        return False  # `inspect` says why.


def cell_text(cell: object) -> str:
    """Return a cell as text without blanks around it, a whole number without a point.

    Raises `ValueError` for a number of so many digits that a spreadsheet has rounded it.
    """
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        if abs(cell) >= _EXCEL_DIGITS:
            raise ValueError(f"{cell:.0f} has more than the 15 digits that Excel keeps of a number")
        return str(int(cell))
    return str(cell).strip()


def _open_workbook(path: Path, name: str, is_known: Callable[[str], bool]) -> FileTable:
    # Imported here, as the reader of Parquet below: few files need the libraries.
    from shangsou.reading.workbook import OpenWorkbook, check_size, filled_rows, shown_sheets

    check_size(path, name)
    sheets: list[tuple[int, str, list[str], int]] = []
    with OpenWorkbook(path, name) as book:
        for sheet_name, sheet in shown_sheets(book):
            first = [cells for _, cells in islice(filled_rows(sheet), _MAX_ROWS_ABOVE + 1)]
            if first:
                row, known = _find_header(first, is_known)
                sheets.append((known, sheet_name, _names(first[row]), row + 1))
    if not sheets:
        raise UnusableInput(f"{name}: the workbook is empty; nothing was changed")
    most, sheet_name, header, skipped = max(sheets, key=lambda sheet: sheet[0])
    others = [other for known, other, *_ in sheets if known == most and known and other != sheet_name]

    def rows() -> Rows:
        with OpenWorkbook(path, name) as book:
            yield from islice(filled_rows(book.get_sheet_by_name(sheet_name)), skipped, None)

    return FileTable(name if len(sheets) == 1 else f"{name}[{sheet_name}]", header, rows, others)


def _open_parquet(source: SourceFile) -> FileTable:
    from shangsou.reading.parquet import open_parquet

    table = open_parquet(source)
    return FileTable(source.name, _names(table.header), lambda: _readable(source.name, table.rows()))


def _open_markup(source: SourceFile, is_known: Callable[[str], bool]) -> FileTable:
    first = [cells for _, cells in islice(markup_rows(source), _MAX_ROWS_ABOVE + 1)]
    if not first:
        raise UnusableInput(f"{source.name}: is a page (网页) without a table; export CSV or Excel")
    row, _ = _find_header(first, is_known)
    return FileTable(source.name, _names(first[row]), lambda: islice(markup_rows(source), row + 1, None))


def _open_delimited(source: SourceFile, is_known: Callable[[str], bool]) -> FileTable:
    sample = sample_lines(source)
    stated = SEPARATOR_LINE.fullmatch(sample[0])
    lines = sample[1:] if stated else sample
    if not lines:
        raise UnusableInput(f"{source.name}: there is no row below {sample[0]!r}; nothing was changed")
    delimiter = stated[1] if stated else max(DELIMITERS, key=lambda one: _fit(lines, one, is_known))
    dialect = find_dialect(source, lines, delimiter)
    if dialect.quotes and not dialect.escapes:
        dialect = Dialect(delimiter, doubles=True)

    def rows() -> Iterator[tuple[int, Sequence[object] | str]]:
        with source.text() as stream:
            yield from islice(read_rows(Lines(stream), dialect), bool(stated), None)

    first = list(islice(_readable(source.name, rows()), _MAX_ROWS_ABOVE + 1))
    row, _ = _find_header([cells for _, cells in first], is_known)
    header = _names(first[row][1])
    return FileTable(source.name, header, lambda: _readable(source.name, islice(rows(), row + 1, None)))


def _readable(name: str, rows: Iterator[tuple[int, Sequence[object] | str]]) -> Rows:
    for number, cells in rows:
        if isinstance(cells, str):
            raise UnusableInput(f"{name}:{number}: {cells}; correct the row, or export the file again")
        yield number, cells


def _fit(lines: Sequence[str], delimiter: str, is_known: Callable[[str], bool]) -> tuple[int, float, int]:
    """Return how well a delimiter fits: known names in the header, rows as wide as it, its width."""
    head = lines[: _MAX_ROWS_ABOVE + 1]
    rows = [split_line(line, Dialect(delimiter)) or [] for line in head]
    row, known = _find_header(rows, is_known)
    width = len(rows[row])
    below = [cells for cells in rows[row + 1 :] if cells] or [rows[row]]
    return (known if width > 1 else 0, sum(len(cells) == width for cells in below) / len(below), width)


def _find_header(rows: Sequence[Sequence[object]], is_known: Callable[[str], bool]) -> tuple[int, int]:
    """Return the first row with the most known names, from 0, and how many it has."""
    known = [sum(map(is_known, _names(cells))) for cells in rows]
    return known.index(max(known)), max(known)


def _names(cells: Sequence[object]) -> list[str]:
    return ["" if cell is None else str(cell).replace("\ufeff", "").strip() for cell in cells]
