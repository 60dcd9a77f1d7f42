"""The rows of catalogs to products: cleaned, without duplicates, counted in a report."""

from collections.abc import Iterator, Sequence

from indexer.clean import Cleaned, clean_row
from indexer.duplicates import title_key
from indexer.read import BadRow, Catalog, Row
from indexer.report import Report
from shangsou.encoding.texts import title_text
from shangsou.errors import IndexingFailed, UnusableInput
from shangsou.product import Product
from shangsou.reading.repair import Repair, shown

# A million pairs of file and line would cost 100 MB more than a million numbers.
_LINE_BITS = 40


def accepted_products(catalogs: Sequence[Catalog], report: Report, max_rejected: float) -> Iterator[Product]:
    """Yield the products of catalogs in file order, the first one of each id; `report` counts along.

    Once too many rows are certain to be rejected no more products come, but the report becomes whole.

    Raises
    ------
    IndexingFailed
        At the end, when more than the share `max_rejected` of the rows was rejected.
    UnusableInput
        At the end, when there was no row at all.
    """
    acceptance = _Acceptance(catalogs, report)
    rejected_at_most = max_rejected * sum(catalog.rows_at_most for catalog in catalogs)
    for file_number, catalog in enumerate(catalogs):
        for row in catalog.rows():
            product = acceptance.product(file_number, row)
            if product is not None and report.rejected <= rejected_at_most:
                yield product
    if report.read == 0:
        files = ", ".join(acceptance.files)
        raise UnusableInput(f"{files}: there is a header, but no row; nothing was indexed")
    if report.rejected > max_rejected * report.read:
        raise IndexingFailed(
            f"{report.rejected:,} of {report.read:,} rows were rejected, more than {100 * max_rejected:g} %; "
            "mend the file, or allow more with --max-rejected"
        )


class _Acceptance:
    """Remembers the ids and titles so far, with the place of each one's first product."""

    def __init__(self, catalogs: Sequence[Catalog], report: Report) -> None:
        self.files = [catalog.source.name for catalog in catalogs]
        self._report = report
        self._ids: dict[str, int] = {}
        self._titles: dict[int, int] = {}
        for catalog in catalogs:
            report.columns[catalog.source.name] = dict(catalog.columns.names)
            report.unused_columns[catalog.source.name] = catalog.columns.unused

    def product(self, file_number: int, row: Row | BadRow) -> Product | None:
        """Return the product of a row if it is the first of its id, and count what happened."""
        report = self._report
        report.read += 1
        product, repairs = _cleaned(row)
        if product is None:
            report.rejected += 1
            report.note("rejected", row.file, row.line, repairs[-1])
            return None
        place = file_number << _LINE_BITS | row.line
        first = self._ids.setdefault(product.product_id, place)
        if first != place:
            report.duplicates += 1
            what = f"product id {shown(product.product_id)} is that of {self._name(first)}"
            duplicate = Repair("duplicate id", what, "row skipped, the first one kept")
            report.note("skipped", row.file, row.line, duplicate)
            return None
        if repairs:
            report.repaired += 1
            for repair in repairs:
                report.note("repaired", row.file, row.line, repair)
        self._flag_similar_title(product, row, place)
        report.accepted += 1
        return product

    def _flag_similar_title(self, product: Product, row: Row | BadRow, place: int) -> None:
        # Variants of one product are meant to share their title.
        key = None if product.group_id else title_key(title_text(product))
        first = place if key is None else self._titles.setdefault(key, place)
        if first != place:
            what = f"title {shown(product.title)} says the same as the one at {self._name(first)}"
            similar = Repair("title nearly the same as another", what, "both kept")
            self._report.note("flagged", row.file, row.line, similar)

    def _name(self, place: int) -> str:
        return f"{self.files[place >> _LINE_BITS]}:{place & (1 << _LINE_BITS) - 1}"


def _cleaned(row: Row | BadRow) -> Cleaned:
    if isinstance(row, BadRow):
        return Cleaned(None, [Repair("row unreadable", row.problem, "row skipped")])
    cleaned = clean_row(row.values)
    if row.note:
        what, _, done = row.note.partition("; ")
        cleaned.repairs.insert(0, Repair("cells missing or surplus", what, done))
    return cleaned
