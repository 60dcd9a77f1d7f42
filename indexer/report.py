"""The cleaning report: which problems a catalog had, where, and how each was handled."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from indexer.derived_groups import DerivedGroupCounts
from shangsou.reading.issue import Issue
from shangsou.reading.issue_counts import IssueCounts, IssueKind

if TYPE_CHECKING:
    from shangsou.lexicon.catalog_learner import TypeSummary

_HEADINGS: dict[IssueKind, str] = {
    "rejected": "Rows without a product (rejected)",
    "skipped": "Products that were there already (skipped)",
    "repaired": "Products with a value repaired or left empty",
    "flagged": "Worth a look (kept as they are)",
    "merged": "Values that state the amount of an earlier one (spelled as that, so that they count as one)",
}


@dataclass(slots=True)
class Report:
    """Counts the outcomes of the rows of one run."""

    read: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    repaired: int = 0
    """Products, not repairs."""
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    """For each file, the column names by field."""
    unused_columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    issues: IssueCounts = field(default_factory=IssueCounts)
    types: "TypeSummary | None" = None
    """None where no types were learned."""
    derived_groups: DerivedGroupCounts | None = None
    """None where no groups are derived."""

    @property
    def skipped(self) -> int:
        """Rows without a product: rejected ones and duplicates."""
        return self.rejected + self.duplicates

    def add_issue(self, kind: IssueKind, file: str, line: int, issue: Issue) -> None:
        """Count an issue, and keep its row if it is among the first."""
        self.issues.add(kind, file, line, issue)

    def to_text(self) -> str:
        """Return the report for people, the most frequent reasons first."""
        return "\n".join(self._lines()) + "\n"

    def to_json(self) -> dict[str, object]:
        """Return the report as plain JSON values."""
        return {
            "columns": self.columns,
            "unused_columns": {file: list(names) for file, names in self.unused_columns.items()},
            "reasons": self.issues.to_json(),
            "product_types": self.types._asdict() if self.types else {},
            "derived_groups": asdict(self.derived_groups) if self.derived_groups else {},
        }

    def _lines(self) -> Iterator[str]:
        yield (
            f"{self.read:,} rows read: {self.accepted:,} products, {self.rejected:,} rejected, "
            f"{self.duplicates:,} duplicates skipped; {self.repaired:,} products repaired"
        )
        for file, names in self.unused_columns.items():
            if names:
                yield f"{file}: columns not used: {', '.join(names)} (use one with --map FIELD=COLUMN)"
        yield from self.issues.lines(_HEADINGS)
        if self.derived_groups and self.derived_groups.groups:
            yield from _group_lines(self.derived_groups)
        if self.types:
            yield from _type_lines(self.types)


def _group_lines(counts: DerivedGroupCounts) -> Iterator[str]:
    yield (
        f"Groups of variants derived: {counts.groups:,}, of {counts.products:,} products that no column "
        "groups; --no-derive-groups derives none"
    )
    for example in counts.examples:
        differences = "; ".join(
            f"{name} {first} / {second}" for name, (first, second) in example.differences.items()
        )
        yield f"  {' | '.join(example.titles)} ({differences})"


def _type_lines(types: "TypeSummary") -> Iterator[str]:
    yield (
        f"Product types: {types.without:,} of {types.products:,} have none, {types.unsure:,} are unsure; "
        "they are found by words and meaning alone"
    )
    for heading, examples in (("none", types.examples), ("unsure", types.unsure_examples)):
        yield from (f"  {heading}: {example}" for example in examples)
    if types.without or types.unsure:
        yield "  give them in a column product_type, or in product_types.tsv of SHANGSOU_HOME"
