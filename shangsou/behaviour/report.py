"""The import report of events: which problems their files had, where, and how each was handled."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from shangsou.behaviour.event import Event
from shangsou.reading.issue_counts import IssueCounts, IssueKind

_HEADINGS: dict[IssueKind, str] = {
    "rejected": "Rows without an event (rejected)",
    "repaired": "Events with a value repaired or left empty",
}
_NOT_KEPT: dict[IssueKind, str] = {"skipped": "Events not kept", "repaired": "Events kept at another time"}


@dataclass(slots=True)
class EventReport:
    """Counts the outcomes of the rows of one run."""

    read: int = 0
    accepted: int = 0
    rejected: int = 0
    repaired: int = 0
    """Events, not repairs."""
    actions: Counter[str] = field(default_factory=Counter)
    """The number of accepted events by action."""
    first_at: datetime | None = None
    last_at: datetime | None = None
    issues: IssueCounts = field(default_factory=IssueCounts)
    imported: int = 0
    """Events that were new to the store, if they are imported."""
    duplicates: int = 0
    not_kept: IssueCounts = field(default_factory=IssueCounts)
    """The reasons why valid events were not stored."""

    def count(self, event: Event) -> None:
        """Count an event that was accepted."""
        self.accepted += 1
        self.actions[event.action] += 1
        if self.first_at is None or event.at < self.first_at:
            self.first_at = event.at
        if self.last_at is None or event.at > self.last_at:
            self.last_at = event.at

    def count_outcome(self, status: str, reason: str, detail: str) -> None:
        """Count the outcome of ingesting an event, by `ingest.IngestOutcome`."""
        self.imported += status == "accepted"
        self.duplicates += status == "duplicate"
        if reason:
            self.not_kept.count("repaired" if status == "accepted" else "skipped", reason, detail)

    def to_text(self) -> str:
        """Return the report for people, the most frequent reasons first."""
        return "\n".join(self._lines()) + "\n"

    def to_json(self) -> dict[str, object]:
        """Return the report as plain JSON values."""
        return {
            "read": self.read,
            "imported": self.imported,
            "duplicates": self.duplicates,
            "rejected": self.rejected,
            "repaired": self.repaired,
            "not_kept": self.accepted - self.imported - self.duplicates,
            "actions": dict(self.actions.most_common()),
            "first_at": self.first_at.isoformat() if self.first_at else None,
            "last_at": self.last_at.isoformat() if self.last_at else None,
            "reasons": self.issues.to_json() + self.not_kept.to_json(),
        }

    def _lines(self) -> Iterator[str]:
        yield (
            f"{self.read:,} rows read: {self.accepted:,} events, {self.rejected:,} rejected; "
            f"{self.repaired:,} events repaired"
        )
        if self.first_at and self.last_at:
            yield f"from {self.first_at:%F %R} to {self.last_at:%F %R} UTC"
        yield from (f"  {action}: {count:,}" for action, count in self.actions.most_common())
        yield from self.issues.lines(_HEADINGS)
        yield from self.not_kept.lines(_NOT_KEPT)
        if self.duplicates:
            yield f"\n{self.duplicates:,} were there already"
