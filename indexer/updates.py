"""Change products by the rows of files."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from indexer.catalog import BadRow, Catalog, OtherRow
from indexer.joined_rows import DuplicateRow
from indexer.joining import join_rows
from indexer.patches import RowPatch, read_patch
from indexer.products import habits_of
from indexer.report import Report
from indexer.survey import survey
from shangsou.reading.issue import Issue
from shangsou.updates.decision import Outcome
from shangsou.updates.operation import Operation

# Operations done at once, and durable with one write.
_BATCH_SIZE = 1_000


@dataclass(slots=True)
class UpdateCounts:
    """What came of the rows of an update."""

    updated: int = 0
    inserted: int = 0
    deleted: int = 0
    unchanged: int = 0
    missing: int = 0
    """Of a product that there is not: without a title none is made of it."""
    blanks: int = 0
    """Blank cells of fields that stayed as they were."""
    cleared: int = 0
    """Blank cells that cleared their fields."""

    def add(self, outcome: Outcome) -> None:
        """Count an outcome."""
        match outcome.status:
            case "updated":
                self.updated += 1
            case "inserted":
                self.inserted += 1
            case "deleted":
                self.deleted += 1
            case "unchanged":
                self.unchanged += 1
            case _:
                self.missing += 1


@dataclass(slots=True)
class FileUpdater:
    """Reads files row by row and changes the products that they name.

    Parameters
    ----------
    update
        Does operations, as `LiveIndex.update`.
    report
        What is kept of the rows.
    currency
        The shop's money.
    deletes
        Whether the products are removed that rows name.
    clears_blanks
        Whether a blank cell clears its field.
    """

    update: Callable[[Sequence[Operation]], list[Outcome]]
    report: Report
    currency: str
    deletes: bool = False
    clears_blanks: bool = False
    counts: UpdateCounts = field(default_factory=UpdateCounts)

    def run(self, catalogs: Sequence[Catalog], progress: Callable[[int], None]) -> None:
        """Change products; files with titles first, so that another may complete what is new."""
        for catalog in sorted(catalogs, key=lambda one: "title" not in one.columns.names):
            operations = self._operations(catalog)
            while batch := list(islice(operations, _BATCH_SIZE)):
                for outcome in self.update([operation for _, operation in batch]):
                    self.counts.add(outcome)
                    if outcome.status in {"not_found", "conflict", "rejected"}:
                        self._reject_outcome(catalog, batch, outcome)
                progress(self.report.read)

    def _operations(self, catalog: Catalog) -> Iterator[tuple[int, Operation]]:
        """Yield the operations of a file with their lines."""
        facts = survey([catalog])
        self.report.describe(catalog, facts.files[0])
        fields = catalog.columns.names.keys()
        habits = habits_of(catalog, self.currency)
        for row in join_rows([catalog], facts, needs_titles=False):
            if isinstance(row, OtherRow | DuplicateRow):
                self.report.read += 1
                issue = (
                    row.issue if isinstance(row, DuplicateRow) else Issue(row.kind, row.kind, "no product")
                )
                self.report.add_issue("skipped", row.file, row.line, issue)
                continue
            if isinstance(row, BadRow):
                self._reject(row.file, row.line, Issue("row unreadable", row.problem, "row skipped"))
                continue
            self.report.read += row.rows - 1
            values = {**dict.fromkeys(fields), **row.values}
            patch = read_patch(values, habits, clears_blanks=self.clears_blanks)
            if not patch.product_id:
                self._reject(row.file, row.line, Issue("id missing", "there is no product id", "row skipped"))
                continue
            self.report.read += 1
            for issue in patch.issues:
                self.report.add_issue("repaired", row.file, row.line, issue)
            yield row.line, self._operation(patch)

    def _operation(self, patch: RowPatch) -> Operation:
        if self.deletes:
            return Operation("delete", patch.product_id, {})
        if self.clears_blanks:
            self.counts.cleared += patch.blanks
        else:
            self.counts.blanks += patch.blanks
        return Operation("upsert", patch.product_id, patch.fields)

    def _reject(self, file: str, line: int, issue: Issue) -> None:
        self.report.read += 1
        self.report.rejected += 1
        self.report.add_issue("rejected", file, line, issue)

    def _reject_outcome(
        self, catalog: Catalog, batch: Sequence[tuple[int, Operation]], outcome: Outcome
    ) -> None:
        line = next(line for line, operation in batch if operation.product_id == outcome.product_id)
        self.report.rejected += 1
        issue = Issue("no such product", outcome.reason, "row skipped")
        self.report.add_issue("rejected", catalog.name, line, issue)
