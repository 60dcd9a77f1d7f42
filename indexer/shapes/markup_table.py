"""Tables in HTML, and in the XML of Excel 2003, that shop systems send as `.xls`."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import islice

from indexer.shapes.header import MAX_ROWS_ABOVE, Header, find_header
from shangsou.errors import UnusableInput
from shangsou.reading.files import MAX_ROW_CHARACTERS, SourceFile

_BLOCK = 1 << 16
_CELLS = ("td", "th", "cell", "ss:cell")
_ROWS = ("tr", "row", "ss:row")
_IGNORED = ("style", "script", "head", "styles")


@dataclass(frozen=True, slots=True)
class MarkupTable:
    """The rows of all tables of a page; see `indexer.shapes.shape.Table`."""

    source: SourceFile
    header: Sequence[str]
    skipped_rows: int
    max_rows: int
    note: str = "a web page that is called a workbook"

    def rows(self) -> Iterator[tuple[int, list[str] | str]]:
        """Yield the rows below the header with their numbers from 1."""
        yield from islice(_rows(self.source), self.skipped_rows, None)


def open_markup_table(
    source: SourceFile,
    *,
    columns: Sequence[str] = (),
    header_row: int | None = None,
    mapped: Collection[str] = (),
) -> MarkupTable:
    """Return a page as a table; raises `UnusableInput` if it has none."""
    first = [cells for _, cells in islice(_rows(source), MAX_ROWS_ABOVE + 1)]
    if not first:
        raise UnusableInput(
            f"{source.name}: is an HTML page (网页) without a table; export the products as CSV or Excel"
        )
    header = Header(list(columns), 0, 0, 0) if columns else find_header(first, header_row, mapped)
    count = sum(1 for _ in _rows(source))
    return MarkupTable(source, header.names, header.first + header.rows, count)


def _rows(source: SourceFile) -> Iterator[tuple[int, list[str]]]:
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
        self._span = 1
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
            span = values.get("colspan") or ""
            self._span = min(int(span), 1_000) if span.isdigit() else 1
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

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._ignored and sum(map(len, self._cell)) < MAX_ROW_CHARACTERS:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is not None and self._row is not None:
            self._row.extend(["".join(self._cell).strip(), *[""] * (self._span - 1)])
        self._cell = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is not None:
            self._rows.append(self._row)
        self._row = None
