"""Read catalogs into products: joined, cleaned, counted in a report."""

from collections.abc import Callable, Iterator, Sequence

from indexer.amount_merging import AmountMerger
from indexer.catalog import BadRow, Catalog, OtherRow
from indexer.cells.cells import Cells, Habits
from indexer.clean import CleanedRow
from indexer.derived_groups import GroupDeriver, GroupedProduct
from indexer.duplicates import title_key
from indexer.hash_table import HashTable
from indexer.joined_rows import DuplicateRow, Joined, JoinedRow
from indexer.joining import join_rows
from indexer.report import Report
from indexer.row_cleaner import RowCleaner
from indexer.shapes.delimited import DelimitedTable
from indexer.survey import Survey, survey
from shangsou.encoding.product_texts import title_text
from shangsou.errors import IndexingFailed, UnusableInput
from shangsou.product import Product
from shangsou.reading.issue import Issue, excerpt
from shangsou.text.facts import FactTable, load_facts
from shangsou.text.segmenter import PACKAGED, Segmenter

# A million pairs of file and line would cost 100 MB more than a million numbers.
_LINE_BITS = 40


def read_products(  # noqa: PLR0913 - each a choice of who indexes
    catalogs: Sequence[Catalog],
    report: Report,
    max_rejected: float,
    fact_table: FactTable | None = None,
    segmenter: Segmenter = PACKAGED,
    *,
    derive_groups: bool = True,
    currency: str = "CNY",
    facts: Survey | None = None,
    on_rejected: Callable[[str], None] | None = None,
) -> Iterator[Product]:
    """Yield the products of catalogs, each once and behind the last of its rows, counted in `report`.

    The catalogs are read twice: first for the numbers that repeat and for what numbers the products of each
    file (`indexer.survey`), then to join the rows of each product and clean them. Values of an attribute that
    state the same amount, as `fact_table` reads it (None: the packaged one), are spelled as the first of
    them. With `derive_groups`, variants that no column groups are grouped (`indexer.derived_groups`), by the
    words into which `segmenter` cuts titles. `facts` are those of the first reading, where it has been done.
    `on_rejected` is called with the id of each rejected row that states one.
    Once too many rows are certain to be rejected, no more products are yielded, but the report is completed.

    Raises
    ------
    IndexingFailed
        At the end, when more than the share `max_rejected` of the rows was rejected.
    UnusableInput
        At the end, when there was no row at all.
    """
    report.shop.currency = currency
    deriver = GroupDeriver(segmenter) if derive_groups else None
    report.derived_groups = deriver.counts if deriver else None
    amounts = AmountMerger(fact_table or load_facts(), report)
    reader = _ProductReader(catalogs, report, deriver, amounts, currency, on_rejected)
    facts = facts or survey(catalogs)
    for catalog, file in zip(catalogs, facts.files, strict=True):
        report.describe(catalog, file)
    # The first reading has counted the rows.
    max_rejected_rows = max_rejected * sum(catalog.max_rows for catalog in catalogs)
    for row in join_rows(catalogs, facts):
        product = reader.product(row)
        if product is not None and report.rejected <= max_rejected_rows:
            yield product
    if report.read == 0:
        files = ", ".join(catalog.name for catalog in catalogs)
        raise UnusableInput(f"{files}: there is a header, but no row; nothing was indexed")
    if report.rejected > max_rejected * report.read:
        raise IndexingFailed(
            f"{report.rejected:,} of {report.read:,} rows were rejected, more than {100 * max_rejected:g} %; "
            "fix the file, or allow more with --max-rejected"
        )


class _ProductReader:
    """Cleans joined rows into products, with the titles so far and where each one occurred first."""

    def __init__(  # noqa: PLR0913, PLR0917 - each a choice of who indexes
        self,
        catalogs: Sequence[Catalog],
        report: Report,
        deriver: GroupDeriver | None,
        amounts: AmountMerger,
        currency: str,
        on_rejected: Callable[[str], None] | None,
    ) -> None:
        self._catalogs = catalogs
        self._file_numbers = {catalog.name: number for number, catalog in enumerate(catalogs)}
        self._cleaners = {catalog.name: RowCleaner(habits_of(catalog, currency)) for catalog in catalogs}
        self._report = report
        self._deriver, self._amounts = deriver, amounts
        self._on_rejected = on_rejected
        self._titles = HashTable()

    def product(self, row: Joined) -> Product | None:
        """Return the product of a row, and count the outcome."""
        report = self._report
        if isinstance(row, OtherRow):
            report.read += 1
            report.others += 1
            report.add_issue("skipped", row.file, row.line, Issue(row.kind, row.kind, "no product"))
            return None
        if isinstance(row, DuplicateRow):
            report.read += 1
            report.duplicates += 1
            report.add_issue("skipped", row.file, row.line, row.issue)
            return None
        product, issues = self._clean(row)
        rows = row.rows if isinstance(row, JoinedRow) else 1
        report.read += rows
        if product is None:
            report.rejected += rows
            report.add_issue("rejected", row.file, row.line, issues[-1])
            product_id = Cells(row.values).identifier("product_id") if isinstance(row, JoinedRow) else ""
            if self._on_rejected and product_id:
                self._on_rejected(product_id)
            return None
        if isinstance(row, JoinedRow) and row.rows > 1:
            report.joined += row.rows - 1
            for note in row.notes:
                report.add_issue("joined", row.file, row.line, note)
        if issues:
            report.repaired += 1
            for issue in issues:
                report.add_issue("repaired", row.file, row.line, issue)
        grouped = self._deriver.assign(product) if self._deriver else GroupedProduct(product)
        location = self._file_numbers[row.file] << _LINE_BITS | row.line
        self._flag_similar_title(product, row, location, is_variant=grouped.is_variant)
        report.accepted += 1
        # Behind the groups: titles spell the values as the file does.
        product = self._amounts.merge(grouped.product)
        report.shop.add(product)
        return product

    def _clean(self, row: JoinedRow | BadRow) -> CleanedRow:
        if isinstance(row, BadRow):
            return CleanedRow(None, [Issue("row unreadable", row.problem, "row skipped")])
        cleaned = self._cleaners[row.file].clean(row.values)
        if row.issue is not None:
            cleaned.issues.insert(0, row.issue)
        return cleaned

    def _flag_similar_title(
        self, product: Product, row: JoinedRow | BadRow, location: int, *, is_variant: bool
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
        return self._catalogs[location >> _LINE_BITS].place(location & (1 << _LINE_BITS) - 1)


def habits_of(catalog: Catalog, currency: str) -> Habits:
    """Return how the cells of a file are to be read, given the shop's money."""
    platform, shape = catalog.columns.platform, catalog.shape
    return Habits(
        currency,
        platform.category_separator if platform else "",
        platform.category_roots if platform else frozenset(),
        has_decimal_commas=isinstance(shape, DelimitedTable) and shape.dialect.delimiter == ";",
        has_sections=platform is not None and platform.has_sections,
    )
