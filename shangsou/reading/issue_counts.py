"""Issues found in a file, counted by reason, with examples."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from shangsou.reading.issue import Issue

IssueKind = Literal["rejected", "skipped", "joined", "repaired", "flagged", "merged"]
# Rows shown for each reason: enough to find the pattern in the file.
MAX_EXAMPLES = 5


@dataclass(slots=True)
class IssueCount:
    """One reason with its count and its first rows."""

    count: int = 0
    examples: list[str] = field(default_factory=list)


class IssueCounts:
    """Counts issues by kind and reason."""

    def __init__(self) -> None:
        self._counts: dict[IssueKind, dict[str, IssueCount]] = {
            "rejected": {},
            "skipped": {},
            "joined": {},
            "repaired": {},
            "flagged": {},
            "merged": {},
        }

    def add(self, kind: IssueKind, file: str, line: int, issue: Issue) -> None:
        """Count an issue, and keep its row if it is among the first."""
        self.count(kind, issue.reason, f"{file}:{line}: {issue.problem}; {issue.resolution}")

    def count(self, kind: IssueKind, name: str, example: str) -> None:
        """Count a reason, and keep its example if it is among the first distinct ones."""
        issue_count = self._counts[kind].setdefault(name, IssueCount())
        issue_count.count += 1
        if len(issue_count.examples) < MAX_EXAMPLES and example not in issue_count.examples:
            issue_count.examples.append(example)

    def of(self, kind: IssueKind) -> list[tuple[str, IssueCount]]:
        """Return the reasons of a kind with their counts, most frequent first."""
        return sorted(self._counts[kind].items(), key=lambda item: (-item[1].count, item[0]))

    def summary(self, kinds: Iterable[IssueKind]) -> str:
        """Return how many there are of each of these kinds, as `3 rejected, 1 flagged`; empty for none."""
        counts = {kind: sum(one.count for one in self._counts[kind].values()) for kind in kinds}
        return ", ".join(f"{count:,} {kind}" for kind, count in counts.items() if count)

    def reasons(self, kinds: Iterable[IssueKind], most: int) -> str:
        """Return the most frequent reasons of each kind with an example, for a message of one line."""
        reasons = [
            f"{name} ({one.count:,}, as {one.examples[0]})" for kind in kinds for name, one in self.of(kind)
        ]
        return "; ".join(reasons[:most])

    def lines(self, headings: Mapping[IssueKind, str]) -> Iterator[str]:
        """Yield the report as lines, each kind below its heading."""
        for kind, heading in headings.items():
            if self._counts[kind]:
                yield f"\n{heading}"
            for name, issue_count in self.of(kind):
                yield f"  {name}: {issue_count.count:,}"
                for example in issue_count.examples:
                    yield f"    {example}"
                if issue_count.count > len(issue_count.examples):
                    yield f"    … and {issue_count.count - len(issue_count.examples):,} more"

    def to_json(self) -> list[dict[str, object]]:
        """Return the reasons as plain JSON values."""
        return [
            {"kind": kind, "reason": name, "count": issue_count.count, "examples": issue_count.examples}
            for kind in self._counts
            for name, issue_count in self.of(kind)
        ]
