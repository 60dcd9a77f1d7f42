"""Sheets of a workbook (xlsx, xlsm, xlsb, xls, ods), by python-calamine: values, never formulas."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import python_calamine

from shangsou.errors import UnusableInput
from shangsou.reading.archives import DAMAGED_ZIP
from shangsou.reading.files import MAX_PACKING_RATIO, MIN_BOMB_BYTES
from shangsou.reading.panics import is_panic

# A sheet is held in memory as a whole, with the blank cells between its corners: 24 bytes each, some 700 MB.
MAX_CELLS = 30_000_000
# Sheets are packed to a tenth; one with formats and no values to a fiftieth.
_MAX_SHEET_BYTES = 1 << 32
_CELL = re.compile(rb'<(?:x:)?c r="([A-Z]{1,3})([0-9]{1,7})"')
_FAR_COLUMN = re.compile(rb'<(?:x:)?c r="[A-Z]{3}[0-9]')
_EXPLANATIONS = re.compile(
    "说明|示例|样例|字典|枚举|下拉|instruction|readme|example|dropdown|valid values", re.IGNORECASE
)
_CHUNK = 1 << 20
# A formula that no program has calculated yet, and one that gave an error such as #DIV/0!.
_NO_VALUE = re.compile(rb"</(?:x:)?f>(?:<(?:x:)?v(?:/>|></(?:x:)?v>))?</(?:x:)?c>|<(?:x:)?c [^<>]*t=\"e\"")
# More than such a match is long, less than a cell of a product.
_OVERLAP = 64


class OpenWorkbook:
    """Open a workbook; errors of the file become `UnusableInput`."""

    def __init__(self, path: Path, file: str) -> None:
        self._path, self._file = path, file

    def __enter__(self) -> "python_calamine.CalamineWorkbook":
        try:
            self._book = python_calamine.load_workbook(str(self._path))
        except python_calamine.PasswordError:
            raise UnusableInput(f"{self._file}: the workbook has a password; save it without one") from None
        except (python_calamine.CalamineError, OSError, ValueError) as problem:
            raise self._unreadable(problem) from None
        except BaseException as problem:
            if not is_panic(problem):
                raise
            raise self._unreadable("it is damaged") from None
        return self._book

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: object
    ) -> None:
        self._book.close()
        if isinstance(problem, python_calamine.CalamineError):
            raise self._unreadable(problem) from None
        if is_panic(problem):
            raise self._unreadable("it is damaged") from None

    def _unreadable(self, problem: BaseException | str) -> UnusableInput:
        return UnusableInput(
            f"{self._file}: the workbook cannot be read ({problem}); open it in Excel and save it again"
        )


def shown_sheets(
    book: "python_calamine.CalamineWorkbook",
) -> Iterator[tuple[str, "python_calamine.CalamineSheet"]]:
    """Yield the sheets with their names, but for hidden ones and those that only explain the others."""
    for meta in book.sheets_metadata:
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        is_shown = meta.visible == python_calamine.SheetVisibleEnum.Visible
        if is_shown and not (_EXPLANATIONS.search(meta.name) and len(book.sheet_names) > 1):
            yield meta.name, book.get_sheet_by_name(meta.name)


def filled_rows(sheet: "python_calamine.CalamineSheet") -> Iterator[tuple[int, list[object]]]:
    """Yield the rows that are not blank with their numbers in the sheet, blank cells as empty texts."""
    # Rows above the first that holds anything are not given.
    first = sheet.start[0] if sheet.start else 0
    for number, cells in enumerate(sheet.iter_rows(), start=first + 1):
        row = [_value(cell) for cell in cells]
        if any(cell != "" for cell in row):
            yield number, row


def _value(cell: object) -> object:
    if isinstance(cell, str | float | bool | int):
        return cell
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    return str(cell) if isinstance(cell, date | time | timedelta) else "" if cell is None else str(cell)


def check_size(path: Path, file: str) -> int:
    """Return how many formulas have no value; refuse a workbook whose cells would fill the memory."""
    formulas = 0
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if info.file_size > _MAX_SHEET_BYTES or (
                    info.file_size > MIN_BOMB_BYTES
                    and info.file_size > MAX_PACKING_RATIO * info.compress_size
                ):
                    raise UnusableInput(
                        f"{file}: {info.compress_size:,} bytes unpack to {info.file_size:,}; "
                        "that is no catalog"
                    )
                if "worksheets/" in info.filename and info.filename.endswith(".xml"):
                    formulas += _check_cells(archive, info, file)
    except zipfile.BadZipFile:
        return 0  # An old workbook, or one that calamine will say more of.
    except (*DAMAGED_ZIP, RuntimeError, OSError) as problem:
        raise UnusableInput(f"{file}: the workbook cannot be read ({problem})") from None
    return formulas


def _check_cells(archive: zipfile.ZipFile, info: zipfile.ZipInfo, file: str) -> int:
    columns = rows = formulas = 0
    rest = b""
    with archive.open(info) as stream:
        while chunk := stream.read(_CHUNK):
            text = rest + chunk
            # Only the last cell of a block tells the row; columns beyond ZZ are far enough to be looked for.
            if _FAR_COLUMN.search(text):
                columns = max(columns, *(_column(match[1]) for match in _CELL.finditer(text)))
            at = text.rfind(b' r="')
            cell = _CELL.search(text, max(0, at - 4)) or next(_CELL.finditer(text), None)
            if cell:
                rows = max(rows, int(cell[2]))
                columns = max(columns, _column(cell[1]))
            formulas += len(_NO_VALUE.findall(text)) - len(_NO_VALUE.findall(rest))
            rest = text[-_OVERLAP:]
    if columns * rows > MAX_CELLS:
        raise UnusableInput(
            f"{file}: {info.filename} has {rows:,} rows and {columns:,} columns; "
            "save the columns that matter as CSV"
        )
    return formulas


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number
