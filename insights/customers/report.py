"""The report on orders that were read."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from insights.sales.report import TableReport
from shangsou.reading.issue_counts import IssueKind
from shangsou.text.plurals import quantity

_HEADINGS: dict[IssueKind, str] = {
    "rejected": "Rows that cannot be used (left out)",
    "skipped": "Rows that are no orders (left out)",
    "merged": "Given twice (counted once)",
    "repaired": "Values left empty",
    "flagged": "To look at (kept as they are)",
}


@dataclass(slots=True)
class OrdersReport(TableReport):
    """What was read of orders, and what there is to know of them. `used` counts rows of orders that count."""

    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    """By file: the column of each field."""
    notes: list[str] = field(default_factory=list)
    """How the table as a whole was understood."""
    currencies: Counter[str] = field(default_factory=Counter)
    """Rows by the code of their currency, of those that name one."""
    customers: int = 0
    orders: int = 0
    refunded: int = 0
    """Orders of which all was paid back: they do not count."""
    first_day: date | None = None
    last_day: date | None = None

    def summary_lines(self) -> list[str]:
        """Return what a command says of the orders before its work, a line each."""
        lines = [f"{quantity(self.rows, 'row')} of {self.source}: {self._contents()}"]
        if counts := self.issues.summary(_HEADINGS):
            lines.append(f"{counts}; --report FILE says which and why")
        return lines + self.notes

    def to_text(self) -> str:
        """Return the report for people."""
        return "\n".join(self._lines()) + "\n"

    def to_json(self) -> dict[str, object]:
        """Return the report as plain JSON values."""
        return TableReport.to_json(self) | {
            "columns": self.columns,
            "notes": self.notes,
            "currencies": dict(self.currencies.most_common()),
            "customers": self.customers,
            "orders": self.orders,
            "refunded": self.refunded,
            "first_day": str(self.first_day),
            "last_day": str(self.last_day),
        }

    def _lines(self) -> Iterator[str]:
        yield f"{quantity(self.rows, 'row')} read of {self.source}, {self.used:,} used"
        for name, columns in self.columns.items():
            yield f"  {name}: {', '.join(f'{one} = {column}' for one, column in columns.items())}"
        yield self._contents()
        yield from self.notes
        if self.currencies:
            yield "currencies: " + ", ".join(
                f"{code} {count:,}" for code, count in self.currencies.most_common()
            )
        if self.refunded:
            yield f"{quantity(self.refunded, 'order')} paid back whole; not counted"
        yield from self.issues.lines(_HEADINGS)

    def _contents(self) -> str:
        return (
            f"{quantity(self.orders, 'order')} of {quantity(self.customers, 'customer')} from "
            f"{self.first_day} to {self.last_day}"
        )
