"""The report on sales that were read: what was left out or changed and why, and what is unusual in them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from shangsou.reading.issue_counts import IssueCounts, IssueKind
from shangsou.text.plurals import quantity

_HEADINGS: dict[IssueKind, str] = {
    "rejected": "Rows that cannot be used (left out)",
    "skipped": "Rows that are no sales (left out)",
    "repaired": "Values left empty or changed",
    "flagged": "To look at (kept as they are)",
}
_MAX_SHOWN = 10
_MAX_GAPS_SUMMED = 3


@dataclass(frozen=True, slots=True)
class Gap:
    """Days in a row, the first and the last included, on which the whole shop sold nothing."""

    first_day: date
    last_day: date

    def __str__(self) -> str:
        days = (self.last_day - self.first_day).days + 1
        return f"{self.first_day} to {self.last_day} ({quantity(days, 'day')})"


@dataclass(slots=True)
class TableReport:
    """What was read of a table of what is to come: prices and promotions, or new products."""

    source: str
    rows: int = 0
    used: int = 0
    issues: IssueCounts = field(default_factory=IssueCounts)

    def summary(self) -> str:
        """Return what a command says of it, on one line."""
        counts = self.issues.summary(_HEADINGS)
        return f"{quantity(self.rows, 'row')} of {self.source}: {self.used:,} used" + (
            f", {counts}; --report FILE says which and why" if counts else ""
        )

    def to_json(self) -> dict[str, object]:
        """Return the report as plain JSON values."""
        return {
            "source": self.source,
            "rows": self.rows,
            "used": self.used,
            "reasons": self.issues.to_json(),
        }


@dataclass(slots=True)
class SalesReport:
    """What was read, and what there is to know of it."""

    sources: list[str] = field(default_factory=list)
    """The files, or the shop's events."""
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    """By file: the column of each field."""
    rows: int = 0
    used: int = 0
    """Rows whose quantity counts."""
    issues: IssueCounts = field(default_factory=IssueCounts)
    notes: list[str] = field(default_factory=list)
    """How the table as a whole was understood."""
    currencies: Counter[str] = field(default_factory=Counter)
    """Rows by the code of their currency, of those that name one."""
    first_day: date | None = None
    last_day: date | None = None
    items: int = 0
    quantity: float = 0.0
    returned: float = 0.0
    """What came back, as a number above 0."""
    returned_beyond: float = 0.0
    """Of it what is more than was sold of the item on the day, and so counts nowhere."""
    closed_days: int = 0
    """Days on which the whole shop sold nothing."""
    gaps: list[Gap] = field(default_factory=list)
    """The longest runs of closed days, of a week or more, in the order of time."""
    censored: int = 0
    """Days of items, on open days, whose sales do not tell the demand: out of stock, or not counted yet."""
    begun: list[str] = field(default_factory=list)
    """Items that first sold more than four weeks after the first day."""
    ended: list[str] = field(default_factory=list)
    """Items that last sold more than four weeks before the last day."""
    unsold: list[str] = field(default_factory=list)
    """Items that never sold anything."""

    planned: "TableReport | None" = None
    """On the table of prices and promotions to come."""
    new_products: "TableReport | None" = None
    """On the table of products that have not sold yet."""

    def summary(self) -> list[str]:
        """Return what a command says of the sales before its work, a line each."""
        days = f"{self.first_day} to {self.last_day}"
        sources = ", ".join(self.sources)
        lines = [f"{quantity(self.rows, 'row')} of {sources}: {quantity(self.items, 'item')}, {days}"]
        if counts := self.issues.summary(_HEADINGS):
            lines.append(f"{counts}; --report FILE says which and why")
        if self.gaps:
            runs = ", ".join(map(str, self.gaps[:_MAX_GAPS_SUMMED]))
            more = " and others" if len(self.gaps) > _MAX_GAPS_SUMMED else ""
            lines.append(f"the shop sold nothing from {runs}{more}: these days do not count")
        return lines + self.notes

    def to_text(self) -> str:
        """Return the report for people."""
        return "\n".join(self._lines()) + "\n"

    def to_json(self) -> dict[str, object]:
        """Return the report as plain JSON values."""
        return {
            "sources": self.sources,
            "columns": self.columns,
            "rows": self.rows,
            "used": self.used,
            "notes": self.notes,
            "currencies": dict(self.currencies.most_common()),
            "first_day": str(self.first_day),
            "last_day": str(self.last_day),
            "items": self.items,
            "quantity": self.quantity,
            "returned": self.returned,
            "returned_beyond": self.returned_beyond,
            "closed_days": self.closed_days,
            "gaps": [[str(gap.first_day), str(gap.last_day)] for gap in self.gaps],
            "censored": self.censored,
            "begun": self.begun,
            "ended": self.ended,
            "unsold": self.unsold,
            "reasons": self.issues.to_json(),
            "planned": self.planned and self.planned.to_json(),
            "new_products": self.new_products and self.new_products.to_json(),
        }

    def _lines(self) -> Iterator[str]:
        yield f"{quantity(self.rows, 'row')} read of {', '.join(self.sources)}, {self.used:,} used"
        for name, columns in self.columns.items():
            yield f"  {name}: {', '.join(f'{one} = {column}' for one, column in columns.items())}"
        yield (
            f"{quantity(self.items, 'item')} from {self.first_day} to {self.last_day}, "
            f"{_number(self.quantity)} sold"
        )
        yield from self.notes
        if self.currencies:
            yield "currencies: " + _currency_counts(self.currencies)
        if self.returned:
            beyond = f"; {_number(self.returned_beyond)} is more than they were, and counts nowhere"
            yield (
                f"returned: {_number(self.returned)}, taken off the sales of the item and day"
                f"{beyond if self.returned_beyond else ''}"
            )
        if self.closed_days:
            yield f"{quantity(self.closed_days, 'day')} on which the whole shop sold nothing; not counted"
        yield from (f"  {gap}" for gap in self.gaps)
        if self.censored:
            yield (
                f"{quantity(self.censored, 'day')} of items whose sales do not tell the demand, and are not "
                "counted: out of stock, or before the first or after the last running total"
            )
        yield from _item_lines("first sold more than four weeks after the first day", self.begun)
        yield from _item_lines("last sold more than four weeks before the last day", self.ended)
        yield from _item_lines("never sold", self.unsold)
        yield from self.issues.lines(_HEADINGS)
        for table in (self.planned, self.new_products):
            if table:
                yield f"\n{table.summary()}"
                yield from table.issues.lines(_HEADINGS)


def _item_lines(what: str, ids: Sequence[str]) -> Iterator[str]:
    if ids:
        more = f" and {len(ids) - _MAX_SHOWN:,} more" if len(ids) > _MAX_SHOWN else ""
        yield f"{quantity(len(ids), 'item')} {what}: {', '.join(ids[:_MAX_SHOWN])}{more}"


def _currency_counts(currencies: Counter[str]) -> str:
    return ", ".join(f"{code} {count:,}" for code, count in currencies.most_common())


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or float(value).is_integer() else f"{value:,.2f}"
