"""The cleaning report: what was wrong in a catalog, where, and what was done about it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from indexer.repair import Repair

Kind = Literal["rejected", "skipped", "repaired", "flagged"]
_HEADINGS: dict[Kind, str] = {
    "rejected": "Rows without a product (rejected)",
    "skipped": "Products that were there already (skipped)",
    "repaired": "Products with a value repaired or left empty",
    "flagged": "Worth a look (kept as they are)",
}
# Rows shown for each reason: enough to find the pattern in the file.
EXAMPLES = 5


@dataclass(slots=True)
class Reason:
    """One reason: how often, and its first rows."""

    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    """Counts what happens to the rows of one run."""

    read: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    repaired: int = 0
    """Products, not repairs."""
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    """For each file: field to the name of its column."""
    unused_columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    reasons: dict[Kind, dict[str, Reason]] = field(
        default_factory=lambda: {"rejected": {}, "skipped": {}, "repaired": {}, "flagged": {}}
    )

    @property
    def skipped(self) -> int:
        """Rows that did not become a product: rejected ones and duplicates."""
        return self.rejected + self.duplicates

    def note(self, kind: Kind, file: str, line: int, repair: Repair) -> None:
        """Count a repair, and keep its row if it is among the first."""
        reason = self.reasons[kind].setdefault(repair.reason, Reason())
        reason.count += 1
        if len(reason.examples) < EXAMPLES:
            reason.examples.append(f"{file}:{line}: {repair.what}; {repair.done}")

    def to_text(self) -> str:
        """Return the report for people, the most frequent reasons first."""
        return "\n".join(self._lines()) + "\n"

    def to_json(self) -> dict[str, object]:
        """Return the report as plain JSON values."""
        return {
            "columns": self.columns,
            "unused_columns": {file: list(names) for file, names in self.unused_columns.items()},
            "reasons": [
                {"kind": kind, "reason": name, "count": reason.count, "examples": reason.examples}
                for kind in self.reasons
                for name, reason in self._sorted(kind)
            ],
        }

    def _lines(self) -> Iterator[str]:
        yield (
            f"{self.read:,} rows read: {self.accepted:,} products, {self.rejected:,} rejected, "
            f"{self.duplicates:,} duplicates skipped; {self.repaired:,} products repaired"
        )
        for file, names in self.unused_columns.items():
            if names:
                yield f"{file}: columns not used: {', '.join(names)} (use one with --map FIELD=COLUMN)"
        for kind, heading in _HEADINGS.items():
            if self.reasons[kind]:
                yield f"\n{heading}"
            for name, reason in self._sorted(kind):
                yield f"  {name}: {reason.count:,}"
                for example in reason.examples:
                    yield f"    {example}"
                if reason.count > len(reason.examples):
                    yield f"    … and {reason.count - len(reason.examples):,} more"

    def _sorted(self, kind: Kind) -> list[tuple[str, Reason]]:
        return sorted(self.reasons[kind].items(), key=lambda item: (-item[1].count, item[0]))
