"""The cleaning report: how a catalog was read, which problems it had, and how each was handled."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from indexer.derived_groups import DerivedGroupCounts
from indexer.fields import VARIANT_LISTS
from indexer.price_levels import UNKNOWN_RETAIL
from indexer.shapes.shape import Table
from indexer.shop_summary import ShopSummary
from indexer.sku_combinations import UNREAD_COMBINATIONS
from shangsou.reading.issue import Issue
from shangsou.reading.issue_counts import IssueCounts, IssueKind

if TYPE_CHECKING:
    from indexer.catalog import Catalog
    from indexer.survey import FileSurvey
    from shangsou.lexicon.catalog_learner import TypeSummary

HEADINGS: dict[IssueKind, str] = {
    "rejected": "Rows without a product (rejected)",
    "skipped": "Rows that are no further product (skipped)",
    "joined": "Rows of one product that differ (joined, the later value kept unless another is named)",
    "repaired": "Products with a value repaired or left empty",
    "flagged": "Worth a look (kept as they are)",
    "merged": "Values that state the amount of an earlier one (spelled as that, so that they count as one)",
}

# Reasons that leave the shop wrong until someone looks at them.
_DOUBTFUL: Sequence[tuple[IssueKind, str]] = (("joined", UNKNOWN_RETAIL), ("repaired", UNREAD_COMBINATIONS))
# Columns listed that are not used: of any real export all, of 16,384 columns not.
_MAX_NAMES = 60
_MAX_NAME_LENGTH = 40


@dataclass(slots=True)
class Report:
    """Counts the outcomes of the rows of one run."""

    read: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    """Rows that are the same as an earlier one in every column."""
    joined: int = 0
    """Rows that were joined with another one of the same product."""
    others: int = 0
    """Rows that are no product: totals, repeated headers, parents of variants."""
    repaired: int = 0
    """Products, not repairs."""
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    """For each file, the column names by field."""
    unused_columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    """For each file, how it was read."""
    questions: list[str] = field(default_factory=list)
    """What only the shop can answer, such as whether prices are in fen."""
    shop: ShopSummary = field(default_factory=ShopSummary)
    issues: IssueCounts = field(default_factory=IssueCounts)
    places: dict[str, Callable[[int], str]] = field(default_factory=dict)
    """For each file, what its rows are called by their lines."""
    types: "TypeSummary | None" = None
    """None where no types were learned."""
    derived_groups: DerivedGroupCounts | None = None
    """None where no groups are derived."""

    @property
    def skipped(self) -> int:
        """Rows without a product: rejected ones, duplicates, and those that are none."""
        return self.rejected + self.duplicates + self.others

    def describe(self, catalog: "Catalog", survey: "FileSurvey") -> None:
        """Keep how a file is read."""
        columns = catalog.columns
        self.places[catalog.name] = catalog.place
        self.columns[catalog.name] = dict(columns.names)
        lists = [name for name in columns.unused if name.lower() in VARIANT_LISTS]
        holds_lists = bool(lists) and not isinstance(catalog.shape, Table)
        self.unused_columns[catalog.name] = tuple(
            name for name in columns.unused if not (holds_lists and name in lists)
        )
        notes = [f"recognized as a {columns.platform.name} export"] if columns.platform else []
        notes += [catalog.shape.note] if catalog.shape.note else []
        notes += [f"{lists[0]} lists the variants"] if holds_lists else []
        identity = survey.identity
        if identity.group != "group_id" and identity.group:
            group = columns.names.get(identity.group, identity.group)
            notes.append(
                f"{columns.names.get(identity.product, '')} numbers the variants of a {group}".strip()
            )
        self.questions += [
            f"{catalog.name}: {question}"
            for question in survey.price_units.questions(columns.names, catalog.mapping, self.shop.currency)
        ]
        self.notes[catalog.name] = notes

    def add_issue(self, kind: IssueKind, file: str, line: int, issue: Issue) -> None:
        """Count an issue, and keep its row if it is among the first."""
        place = self.places[file](line)
        self.issues.count(kind, issue.reason, f"{place}: {issue.problem}; {issue.resolution}")

    def to_text(self) -> str:
        """Return the report for people, the most frequent reasons first."""
        return "\n".join(self._lines()) + "\n"

    def to_json(self) -> dict[str, object]:
        """Return the report as plain JSON values."""
        return {
            "columns": self.columns,
            "unused_columns": {file: list(names) for file, names in self.unused_columns.items()},
            "notes": self.notes,
            "fill": self.shop.fill(),
            "warnings": self._warnings(),
            "shop": self.shop.to_json(),
            "reasons": self.issues.to_json(),
            "product_types": self.types._asdict() if self.types else {},
            "derived_groups": asdict(self.derived_groups) if self.derived_groups else {},
        }

    def _warnings(self) -> list[str]:
        """Return what makes the shop wrong although each row could be read.

        Fields that no product has although they have a column or every shop needs them, and what is in doubt.
        """
        columns = {cell: name for names in self.columns.values() for cell, name in names.items()}
        warnings = []
        for name, filled in self.shop.filled().items():
            cells = (name, f"{name}_fen", f"{name}_url")
            column = next((columns[cell] for cell in cells if cell in columns), "")
            if self.accepted and not filled and (column or name == "price"):
                warnings.append(_none_of(name, self.accepted, column))
        for kind, reason in _DOUBTFUL:
            counted = dict(self.issues.of(kind)).get(reason)
            if counted:
                warnings.append(f"{reason}: {counted.count:,} products, as {counted.examples[0]}")
        return warnings + self.questions

    def _lines(self) -> Iterator[str]:
        yield (
            f"{self.read:,} rows read: {self.accepted:,} products, {self.rejected:,} rejected, "
            f"{self.duplicates:,} duplicates skipped; {self.repaired:,} products repaired"
        )
        if self.joined or self.others:
            yield (
                f"{self.joined:,} rows joined with another of the same product, "
                f"{self.others:,} rows that are no product"
            )
        for file, names in self.columns.items():
            for note in self.notes.get(file, ()):
                yield f"{file}: {note}"
            yield f"{file}: {', '.join(f'{name} is {field}' for field, name in names.items())}"
            unused = self.unused_columns[file]
            if unused:
                more = f" and {len(unused) - _MAX_NAMES:,} more" if len(unused) > _MAX_NAMES else ""
                shown = ", ".join(name[:_MAX_NAME_LENGTH] for name in unused[:_MAX_NAMES])
                yield f"{file}: columns not used: {shown}{more} (use one with --map FIELD=COLUMN)"
        for warning in self._warnings():
            yield f"Warning: {warning}"
        yield from self.shop.lines()
        yield from self.issues.lines(HEADINGS)
        if self.derived_groups and self.derived_groups.groups:
            yield from _group_lines(self.derived_groups)
        if self.types:
            yield from _type_lines(self.types)


def _none_of(field: str, count: int, column: str) -> str:
    where = f"; the column {column} gives none that can be read" if column else "; no column gives it"
    return f"{field}: none of {count:,} products{where}"


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
