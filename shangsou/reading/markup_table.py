"""Rows of tables in HTML, and in the XML of Excel 2003, that shop systems send as `.xls`."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from shangsou.reading.files import MAX_ROW_CHARACTERS, SourceFile

_SHEET_XML = re.compile(r"<(?:\w+:)?workbook\b", re.IGNORECASE)
_HTML = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|div|style)\b",
    re.IGNORECASE | re.DOTALL,
)
_BLOCK = 1 << 16
_CELLS = ("td", "th", "cell", "ss:cell")
_ROWS = ("tr", "row", "ss:row")
# A merged cell is that of each row below it; no page merges more.
_MAX_SPAN = 1_000
_IGNORED = ("style", "script", "head", "styles")


def is_markup(head: str) -> bool:
    """Return whether a text begins as a page does, or as a workbook of Excel 2003."""
    return bool(_HTML.match(head) or _SHEET_XML.search(head))


def markup_rows(source: SourceFile) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of all tables of a page with their numbers from 1; blank ones are left out."""
    parser = _RowParser()
    number = 0
    with source.text() as text:
        while block := text.read(_BLOCK):
            parser.feed(block)
            for cells in parser.take():
                number += 1
                if any(cells):
                    yield number, cells
    parser.close()
    for cells in parser.take():
        number += 1
        if any(cells):
            yield number, cells


class _RowParser(HTMLParser):
    """Collects the texts of cells, row by row."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._rows: list[list[str]] = []
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._span = self._rows_down = 1
        # By column, the text of a cell that reaches into rows below, and into how many.
        self._merged: dict[int, tuple[str, int]] = {}
        self._next_merged: dict[int, tuple[str, int]] = {}
        self._ignored = 0

    def take(self) -> list[list[str]]:
        """Return the rows that are complete."""
        rows, self._rows = self._rows, []
        return rows

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _IGNORED:
            self._ignored += 1
        elif tag in _ROWS:
            self._end_row()
            self._row = []
        elif tag in _CELLS:
            self._end_cell()
            values = dict(attrs)
            index = values.get("ss:index") or ""
            if self._row is not None and index.isdigit() and int(index) < 1_000:
                self._row.extend([""] * (int(index) - 1 - len(self._row)))
            # Excel counts the cells beside and below, HTML all of them.
            self._span = _span(values.get("colspan"), values.get("ss:mergeacross"))
            self._rows_down = _span(values.get("rowspan"), values.get("ss:mergedown"))
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")
        elif tag == "img" and self._cell is not None:
            self._cell.append(dict(attrs).get("src") or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _IGNORED:
            self._ignored = max(0, self._ignored - 1)
        elif tag in _CELLS:
            self._end_cell()
        elif tag in _ROWS or tag in ("table", "html"):
            self._end_row()
            if tag == "table":
                self._merged.clear()

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._ignored and sum(map(len, self._cell)) < MAX_ROW_CHARACTERS:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is not None and self._row is not None:
            self._fill_merged()
            text = "".join(self._cell).strip()
            column = len(self._row)
            cells = [text, *[""] * (self._span - 1)]
            if self._rows_down > 1:
                self._next_merged |= {
                    column + offset: (cell, self._rows_down - 1) for offset, cell in enumerate(cells)
                }
            self._row.extend(cells)
        self._cell = None

    def _fill_merged(self) -> None:
        """Put the cells that reach down from above before the next one of the row."""
        while self._row is not None and len(self._row) in self._merged:
            column = len(self._row)
            text, left = self._merged.pop(column)
            self._row.append(text)
            if left > 1:
                self._next_merged[column] = (text, left - 1)

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is not None:
            self._fill_merged()
            self._rows.append(self._row)
            self._merged, self._next_merged = self._next_merged, {}
        self._row = None


def _span(of_html: str | None, of_excel: str | None) -> int:
    if of_html and of_html.isdigit():
        return max(1, min(int(of_html), _MAX_SPAN))
    return min(int(of_excel) + 1, _MAX_SPAN) if of_excel and of_excel.isdigit() else 1
