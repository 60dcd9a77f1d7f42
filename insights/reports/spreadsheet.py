"""Spreadsheets that shop people open in Excel or WPS: workbooks, and CSV or TSV of one sheet."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from shangsou.errors import UnusableInput
from shangsou.output_files import write_bytes, write_text

Cell = str | float | int | date | None
ColumnKind = Literal["text", "quantity", "money", "price", "share", "days", "date"]
# What a column looks like in Excel.
_NUMBER_FORMATS = {
    "text": "@",
    "quantity": "#,##0.0",
    "money": "#,##0",
    "price": "#,##0.00",
    "share": "0%",
    "days": "#,##0",
    "date": "yyyy-mm-dd",
}
_DECIMALS = {"quantity": 3, "money": 2, "price": 4, "share": 4, "days": 1}
# A cell of text that begins so is a formula to a spreadsheet that opens CSV (OWASP, "CSV Injection").
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# Excel's limit.
_MAX_CELL_CHARACTERS = 32_767
_DELIMITERS = {".csv": ",", ".tsv": "\t"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet."""

    title: str
    kind: ColumnKind = "text"
    width: int = 10
    """In characters of half width."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with a title."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


def check_spreadsheet_name(path: Path) -> None:
    """Check that a name says which kind of spreadsheet to write; raises `UnusableInput`."""
    if path.suffix.lower() not in {".xlsx", *_DELIMITERS}:
        raise UnusableInput(f"--out {path}: name a file that ends with .xlsx, .csv or .tsv")


def write_spreadsheet(path: Path, sheets: Sequence[Sheet], created: date) -> None:
    """Write all sheets as a workbook, or the first as CSV or TSV, as the name of the file says.

    Text is never a formula. CSV begins with a byte order mark, by which Excel knows that it is UTF-8.
    `created` stands in the workbook, so that the same input gives the same file. Raises `UnusableInput`
    where it cannot be written.
    """
    delimiter = _DELIMITERS.get(path.suffix.lower())
    if delimiter is None:
        write_bytes(path, _workbook(sheets, created))
    else:
        write_text(path, ("\ufeff" if delimiter == "," else "") + _delimited(sheets[0], delimiter))


def _workbook(sheets: Sequence[Sheet], created: date) -> bytes:
    from xlsxwriter import Workbook

    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True})
    book.set_properties({"created": datetime(created.year, created.month, created.day)})
    heading = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#eef2f6", "border": 1}
    )
    whole = book.add_format({"num_format": "#,##0"})
    formats = {kind: book.add_format({"num_format": code}) for kind, code in _NUMBER_FORMATS.items()}
    for sheet in sheets:
        page = book.add_worksheet(sheet.title)
        page.freeze_panes(1, 0)
        for at, column in enumerate(sheet.columns):
            page.set_column(at, at, column.width)
            page.write_string(0, at, column.title, heading)
        for line, row in enumerate(sheet.rows, start=1):
            for at, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
                # Sums of fractions have remainders, as 30.11199999999999.
                cell = round(value, _DECIMALS[column.kind]) if isinstance(value, float) else value
                # Weights have a decimal, pieces have none.
                is_whole = column.kind == "quantity" and isinstance(cell, float) and cell.is_integer()
                _write_cell(page, line, at, cell, whole if is_whole else formats[column.kind])
        if sheet.rows and len(sheet.columns) > 2:
            page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    book.close()
    return stream.getvalue()


def _write_cell(page: object, line: int, at: int, cell: Cell, style: object) -> None:
    """Write a cell by its own type: xlsxwriter would guess formulas, links and numbers from texts."""
    match cell:
        case None | "":
            return
        case str():
            # Halves of a pair of UTF-16, as broken exports have, are no characters of a file.
            text = cell[:_MAX_CELL_CHARACTERS].encode("utf-8", "replace").decode()
            page.write_string(line, at, text, style)  # type: ignore[attr-defined]
        case date():
            page.write_datetime(line, at, cell, style)  # type: ignore[attr-defined]
        case _:
            page.write_number(line, at, cell, style)  # type: ignore[attr-defined]


def _delimited(sheet: Sheet, delimiter: str) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([column.title for column in sheet.columns])
    for row in sheet.rows:
        writer.writerow([_text(column, cell) for column, cell in zip(sheet.columns, row, strict=True)])
    return stream.getvalue()


def _text(column: Column, cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            text = cell.encode("utf-8", "replace").decode()
            return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
        case date():
            return cell.isoformat()
        case _:
            number = f"{cell:.{_DECIMALS[column.kind]}f}"
            return number.rstrip("0").rstrip(".") if "." in number else number
