"""The cleaning report of events: what was wrong in their files, where, and what was done about it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from shangsou.behaviour.event import Event
from shangsou.reading.reasons import Kind, Reasons

_HEADINGS: dict[Kind, str] = {
    "rejected": "Rows without an event (rejected)",
    "repaired": "Events with a value repaired or left empty",
    "flagged": "Worth a look (kept as they are)",
}


@dataclass(slots=True)
class EventReport:
    """Counts what happens to the rows of one run."""

    read: int = 0
    accepted: int = 0
    rejected: int = 0
    repaired: int = 0
    """Events, not repairs."""
    actions: Counter[str] = field(default_factory=Counter)
    """How many events of each action were accepted."""
    first_at: datetime | None = None
    last_at: datetime | None = None
    reasons: Reasons = field(default_factory=Reasons)

    def count(self, event: Event) -> None:
        """Count an event that was accepted."""
        self.accepted += 1
        self.actions[event.action] += 1
        if self.first_at is None or event.at < self.first_at:
            self.first_at = event.at
        if self.last_at is None or event.at > self.last_at:
            self.last_at = event.at

    def to_text(self) -> str:
        """Return the report for people, the most frequent reasons first."""
        return "\n".join(self._lines()) + "\n"

    def to_json(self) -> dict[str, object]:
        """Return the report as plain JSON values."""
        return {
            "actions": dict(self.actions.most_common()),
            "first_at": self.first_at.isoformat() if self.first_at else None,
            "last_at": self.last_at.isoformat() if self.last_at else None,
            "reasons": self.reasons.to_json(),
        }

    def _lines(self) -> Iterator[str]:
        yield (
            f"{self.read:,} rows read: {self.accepted:,} events, {self.rejected:,} rejected; "
            f"{self.repaired:,} events repaired"
        )
        if self.first_at and self.last_at:
            yield f"from {self.first_at:%F %R} to {self.last_at:%F %R} UTC"
        yield from (f"  {action}: {count:,}" for action, count in self.actions.most_common())
        yield from self.reasons.lines(_HEADINGS)
