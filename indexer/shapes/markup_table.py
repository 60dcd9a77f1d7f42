"""Tables in HTML, and in the XML of Excel 2003, that shop systems send as `.xls`."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from indexer.shapes.header import MAX_ROWS_ABOVE, Header, find_header
from shangsou.errors import UnusableInput
from shangsou.reading.files import SourceFile
from shangsou.reading.markup_table import markup_rows


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
        yield from islice(markup_rows(self.source), self.skipped_rows, None)


def open_markup_table(
    source: SourceFile,
    *,
    columns: Sequence[str] = (),
    header_row: int | None = None,
    mapped: Collection[str] = (),
) -> MarkupTable:
    """Return a page as a table; raises `UnusableInput` if it has none."""
    first = [cells for _, cells in islice(markup_rows(source), MAX_ROWS_ABOVE + 1)]
    if not first:
        raise UnusableInput(
            f"{source.name}: is an HTML page (网页) without a table; export the products as CSV or Excel"
        )
    header = Header(list(columns), 0, 0, 0) if columns else find_header(first, header_row, mapped)
    count = sum(1 for _ in markup_rows(source))
    return MarkupTable(source, header.names, header.first + header.rows, count)
