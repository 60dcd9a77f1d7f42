"""Read catalogs into products: cleaned, deduplicated, counted in a report."""

from collections.abc import Iterator, Sequence

from indexer.amount_merging import AmountMerger
from indexer.catalog_files import BadRow, Catalog, Row
from indexer.clean import CleanedRow, clean_row
from indexer.derived_groups import GroupDeriver, GroupedProduct
from indexer.duplicates import title_key
from indexer.report import Report
from shangsou.encoding.product_texts import title_text
from shangsou.errors import IndexingFailed, UnusableInput
from shangsou.product import Product
from shangsou.reading.issue import Issue, excerpt
from shangsou.text.facts import FactTable, load_facts
from shangsou.text.segmenter import PACKAGED, Segmenter

# A million pairs of file and line would cost 100 MB more than a million numbers.
_LINE_BITS = 40


def read_products(  # noqa: PLR0913 - each read by in its own part
    catalogs: Sequence[Catalog],
    report: Report,
    max_rejected: float,
    fact_table: FactTable | None = None,
    segmenter: Segmenter = PACKAGED,
    *,
    derive_groups: bool = True,
) -> Iterator[Product]:
    """Yield the products of catalogs in file order, the first one of each id, counted in `report`.

    Values of an attribute that state the same amount, as `fact_table` reads it (None: the packaged one), are
    spelled as the first of them. With `derive_groups`, variants that no column groups are grouped
    (`indexer.derived_groups`), by the words into which `segmenter` cuts titles. Once too
    many rows are certain to be rejected, no more products are yielded, but the report is completed.

    Raises
    ------
    IndexingFailed
        At the end, when more than the share `max_rejected` of the rows was rejected.
    UnusableInput
        At the end, when there was no row at all.
    """
    deriver = GroupDeriver(segmenter) if derive_groups else None
    report.derived_groups = deriver.counts if deriver else None
    amounts = AmountMerger(fact_table or load_facts(), report)
    reader = _ProductReader(catalogs, report, deriver, amounts)
    max_rejected_rows = max_rejected * sum(catalog.max_rows for catalog in catalogs)
    for file_number, catalog in enumerate(catalogs):
        for row in catalog.rows():
            product = reader.product(file_number, row)
            if product is not None and report.rejected <= max_rejected_rows:
                yield product
    if report.read == 0:
        files = ", ".join(reader.files)
        raise UnusableInput(f"{files}: there is a header, but no row; nothing was indexed")
    if report.rejected > max_rejected * report.read:
        raise IndexingFailed(
            f"{report.rejected:,} of {report.read:,} rows were rejected, more than {100 * max_rejected:g} %; "
            "fix the file, or allow more with --max-rejected"
        )


class _ProductReader:
    """Reads rows into products, with the ids and titles so far and where each one occurred first."""

    def __init__(
        self,
        catalogs: Sequence[Catalog],
        report: Report,
        deriver: GroupDeriver | None,
        amounts: AmountMerger,
    ) -> None:
        self.files = [catalog.source.name for catalog in catalogs]
        self._report = report
        self._deriver, self._amounts = deriver, amounts
        self._ids: dict[str, int] = {}
        self._titles: dict[int, int] = {}
        for catalog in catalogs:
            report.columns[catalog.source.name] = dict(catalog.columns.names)
            report.unused_columns[catalog.source.name] = catalog.columns.unused

    def product(self, file_number: int, row: Row | BadRow) -> Product | None:
        """Return the product of a row if it is the first with its id, and count the outcome."""
        report = self._report
        report.read += 1
        product, issues = _clean(row)
        if product is None:
            report.rejected += 1
            report.add_issue("rejected", row.file, row.line, issues[-1])
            return None
        location = file_number << _LINE_BITS | row.line
        first = self._ids.setdefault(product.product_id, location)
        if first != location:
            report.duplicates += 1
            problem = f"product id {excerpt(product.product_id)} is that of {self._format_location(first)}"
            duplicate = Issue("duplicate id", problem, "row skipped, the first one kept")
            report.add_issue("skipped", row.file, row.line, duplicate)
            return None
        if issues:
            report.repaired += 1
            for issue in issues:
                report.add_issue("repaired", row.file, row.line, issue)
        grouped = self._deriver.assign(product) if self._deriver else GroupedProduct(product)
        self._flag_similar_title(product, row, location, is_variant=grouped.is_variant)
        report.accepted += 1
        # Behind the groups: titles spell the values as the file does.
        return self._amounts.merge(grouped.product)

    def _flag_similar_title(
        self, product: Product, row: Row | BadRow, location: int, *, is_variant: bool
    ) -> None:
        # Variants of one product share their title on purpose.
        key = None if product.group_id else title_key(title_text(product))
        first = location if key is None else self._titles.setdefault(key, location)
        if first != location and not is_variant:
            problem = (
                f"title {excerpt(product.title)} says the same as the one at {self._format_location(first)}"
            )
            similar = Issue("title nearly the same as another", problem, "both kept")
            self._report.add_issue("flagged", row.file, row.line, similar)

    def _format_location(self, location: int) -> str:
        return f"{self.files[location >> _LINE_BITS]}:{location & (1 << _LINE_BITS) - 1}"


def _clean(row: Row | BadRow) -> CleanedRow:
    if isinstance(row, BadRow):
        return CleanedRow(None, [Issue("row unreadable", row.problem, "row skipped")])
    cleaned = clean_row(row.values)
    if row.issue is not None:
        cleaned.issues.insert(0, row.issue)
    return cleaned
