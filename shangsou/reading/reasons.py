"""What was wrong in a file, where, and what was done about it: counted by reason, with examples."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from shangsou.reading.repair import Repair

Kind = Literal["rejected", "skipped", "repaired", "flagged"]
# Rows shown for each reason: enough to find the pattern in the file.
EXAMPLES = 5


@dataclass(slots=True)
class Reason:
    """One reason: how often, and its first rows."""

    count: int = 0
    examples: list[str] = field(default_factory=list)


class Reasons:
    """Counts repairs by kind and reason."""

    def __init__(self) -> None:
        self._reasons: dict[Kind, dict[str, Reason]] = {
            "rejected": {},
            "skipped": {},
            "repaired": {},
            "flagged": {},
        }

    def note(self, kind: Kind, file: str, line: int, repair: Repair) -> None:
        """Count a repair, and keep its row if it is among the first."""
        self.count(kind, repair.reason, f"{file}:{line}: {repair.what}; {repair.done}")

    def count(self, kind: Kind, name: str, example: str) -> None:
        """Count a reason, and keep its example if it is among the first that say something else."""
        reason = self._reasons[kind].setdefault(name, Reason())
        reason.count += 1
        if len(reason.examples) < EXAMPLES and example not in reason.examples:
            reason.examples.append(example)

    def of(self, kind: Kind) -> list[tuple[str, Reason]]:
        """Return the reasons of a kind with their names, the most frequent first."""
        return sorted(self._reasons[kind].items(), key=lambda item: (-item[1].count, item[0]))

    def lines(self, headings: Mapping[Kind, str]) -> Iterator[str]:
        """Yield the reasons for people, each kind below its heading."""
        for kind, heading in headings.items():
            if self._reasons[kind]:
                yield f"\n{heading}"
            for name, reason in self.of(kind):
                yield f"  {name}: {reason.count:,}"
                for example in reason.examples:
                    yield f"    {example}"
                if reason.count > len(reason.examples):
                    yield f"    … and {reason.count - len(reason.examples):,} more"

    def to_json(self) -> list[dict[str, object]]:
        """Return the reasons as plain JSON values."""
        return [
            {"kind": kind, "reason": name, "count": reason.count, "examples": reason.examples}
            for kind in self._reasons
            for name, reason in self.of(kind)
        ]
