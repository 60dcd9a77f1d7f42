"""The import report of events: which problems their files had, where, and how each was handled."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from shangsou.behaviour.actions import ACTIONS_ADVICE, action_key
from shangsou.behaviour.event import PREFERENCE_ACTIONS, PURCHASE, Event
from shangsou.behaviour.parse import UNKNOWN_ACTION, FieldIssue
from shangsou.reading.issue import Issue
from shangsou.reading.issue_counts import IssueCounts, IssueKind
from shangsou.text.plurals import quantity

_HEADINGS: dict[IssueKind, str] = {
    "rejected": "Rows without an event (rejected)",
    "repaired": "Events with a value repaired or left empty",
}
# Names of actions that the report has one by one; a file whose column was taken for another has thousands.
_MAX_NAMES = 20
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
    foreign_names: dict[str, Counter[str]] = field(default_factory=dict)
    """By action, the number of events that other names for it stood for."""
    unknown_actions: list[str] = field(default_factory=list)
    """The first names of actions, as issues name them, that nobody knows."""
    left_out: int = 0
    """Rows with an action that the user left out."""
    without_text: int = 0
    """Clicks, carts, purchases and the like that name by `query_id` a search of unknown text."""
    first_at: datetime | None = None
    last_at: datetime | None = None
    issues: IssueCounts = field(default_factory=IssueCounts)
    imported: int = 0
    """Events that were new to the store, if they are imported."""
    duplicates: int = 0
    not_kept: IssueCounts = field(default_factory=IssueCounts)
    """The reasons why valid events were not stored."""

    def reject(self, file: str, line: int, field_issue: FieldIssue) -> Issue:
        """Count a row that is no event, and return the issue by which it is counted.

        Unknown actions are counted one by one, up to a number of names.
        """
        issue = field_issue.issue
        if issue.reason == UNKNOWN_ACTION:
            name = f"unknown {issue.problem.removesuffix(' is not known')}"
            if len(self.unknown_actions) < _MAX_NAMES and name not in self.unknown_actions:
                self.unknown_actions.append(name)
            issue = issue._replace(reason=name if name in self.unknown_actions else "other unknown actions")
        self.rejected += 1
        self.issues.add("rejected", file, line, issue)
        return issue

    def count(self, event: Event, name: str = "") -> None:
        """Count an event that was accepted; `name` is how its file calls the action."""
        self.accepted += 1
        self.actions[event.action] += 1
        # A shelf has no search, and its id says so.
        self.without_text += (
            event.action in PREFERENCE_ACTIONS
            and bool(event.query_id)
            and not event.query
            and not event.query_id.startswith("shelf-")
        )
        if name and action_key(name) != action_key(event.action):
            names = self.foreign_names.setdefault(event.action, Counter())
            names[name if name in names or len(names) < _MAX_NAMES else "…"] += 1
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

    def text_advice(self) -> str:
        """Return how to read the texts of searches that events name by `query_id`; empty if all were."""
        if not self.without_text:
            return ""
        return (
            "clicks, carts and purchases with the query_id of a search whose text was not read: "
            f"{self.without_text:,}; name the file of queries (ubi_queries) in the same call"
        )

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
            "left_out": self.left_out,
            "repaired": self.repaired,
            "without_text": self.without_text,
            "not_kept": self.accepted - self.imported - self.duplicates,
            "actions": dict(self.actions.most_common()),
            "foreign_names": {kind: dict(names.most_common()) for kind, names in self.foreign_names.items()},
            "first_at": self.first_at.isoformat() if self.first_at else None,
            "last_at": self.last_at.isoformat() if self.last_at else None,
            "reasons": self.issues.to_json() + self.not_kept.to_json(),
        }

    def _names_of(self, action: str) -> str:
        names = self.foreign_names.get(action, Counter()).most_common()
        return f" (named {', '.join(f'{name} {count:,}' for name, count in names)})" if names else ""

    def _lines(self) -> Iterator[str]:
        yield (
            f"{quantity(self.read, 'row')} read: {quantity(self.accepted, 'event')}, "
            f"{self.rejected:,} rejected; {quantity(self.repaired, 'event')} repaired"
        )
        if self.first_at and self.last_at:
            yield f"from {self.first_at:%F %R} to {self.last_at:%F %R} UTC"
        yield from (
            f"  {action}: {count:,}{self._names_of(action)}" for action, count in self.actions.most_common()
        )
        if len(self.foreign_names.get(PURCHASE, ())) > 1:
            yield (
                f"  {', '.join(self.foreign_names[PURCHASE])}: each is a purchase; where two of them tell of "
                "one order, leave one out, as with --action 下单=none"
            )
        if advice := self.text_advice():
            yield f"  {advice}; events kept already get their text then"
        if self.left_out:
            yield f"  left out by --action: {self.left_out:,}"
        yield from self.issues.lines(_HEADINGS)
        if self.unknown_actions:
            yield f"  {ACTIONS_ADVICE}"
        yield from self.not_kept.lines(_NOT_KEPT)
        if self.duplicates:
            yield f"\n{self.duplicates:,} {'was' if self.duplicates == 1 else 'were'} there already"
