"""Sheets of a workbook that hold products, as tables."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from indexer.column_search import find_columns
from indexer.shapes.header import MAX_ROWS_ABOVE, Header, find_header
from shangsou.errors import UnusableInput
from shangsou.reading.workbook import OpenWorkbook, check_size, filled_rows, shown_sheets

# Sheets beside the first are read if so many of their columns are known.
_MIN_KNOWN = 3


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as a table; see `indexer.shapes.shape.Table`."""

    path: Path
    file: str
    name: str
    header: Sequence[str]
    skipped_rows: int
    max_rows: int
    note: str = ""

    def rows(self) -> Iterator[tuple[int, list[object] | str]]:
        """Yield the rows below the header with their numbers in the sheet; blank ones are left out."""
        with OpenWorkbook(self.path, self.file) as book:
            sheet = book.get_sheet_by_name(self.name)
            yield from islice(filled_rows(sheet), self.skipped_rows, None)


def open_workbook(
    path: Path,
    file: str,
    *,
    columns: Sequence[str] = (),
    header_row: int | None = None,
    mapped: Collection[str] = (),
) -> list[Sheet]:
    """Return the sheets that hold products.

    These are the best one, those whose header is known as well, and those that complete them, as one of
    numbers and stock.

    Raises
    ------
    UnusableInput
        The workbook is damaged, locked by a password, too large, or empty.
    """
    formulas = check_size(path, file)
    note = (
        f"{formulas:,} cells are formulas without a value; open it in Excel and save it again"
        if formulas
        else ""
    )
    found: list[tuple[int, Sheet]] = []
    with OpenWorkbook(path, file) as book:
        for name, sheet in shown_sheets(book):
            first = [cells for _, cells in islice(filled_rows(sheet), MAX_ROWS_ABOVE + 1)]
            if not first:
                continue
            header = (
                Header(list(columns), 0, 0, len(columns))
                if columns
                else find_header(first, header_row, mapped)
            )
            rows = sheet.total_height
            skipped = header.first + header.rows
            found.append((header.known, Sheet(path, file, name, header.names, skipped, rows, note)))
    if not found:
        raise UnusableInput(f"{file}: the workbook is empty; nothing was indexed")
    best = max(known for known, _ in found)
    first_best = next(sheet for known, sheet in found if known == best)
    return [
        sheet
        for known, sheet in found
        if sheet is first_best or known >= max(_MIN_KNOWN, best // 2) or _completes(sheet.header)
    ]


def _completes(header: Sequence[str]) -> bool:
    """Return whether a header is one of the number of a product and of fields, and of nothing else."""
    named = [name for name in header if name.strip()]
    columns = find_columns(header, {})
    return "product_id" in columns and len(named) > 1 and len(set(columns.values())) == len(named)
