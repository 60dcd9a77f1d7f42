"""The journal of changes: numbered operations, which every process reads on from its own."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple, Protocol

from shangsou.updates.operation import Operation


class Change(NamedTuple):
    """An operation that was accepted."""

    sequence: int
    """Counts up over all changes; numbers may be left out."""
    operation: Operation


class JournalWriter(Protocol):
    """Appends to a journal that no other process writes to meanwhile."""

    def append(self, operations: Sequence[Operation], after: int = 0) -> int:
        """Append operations, all or none, with numbers above `after`, and return that of the last."""
        ...


class ChangeJournal(Protocol):
    """The changes of an index. Safe for many threads.

    Every method raises `UpdatesUnavailable` when it cannot be read or written.
    """

    def last_sequence(self) -> int:
        """Return the number of the last change, 0 without any; cheap enough to ask ten times a second."""
        ...

    def after(self, sequence: int) -> list[Change]:
        """Return the changes with higher numbers, in their order."""
        ...

    def writing(self) -> AbstractContextManager[JournalWriter]:
        """Hold the journal against other writers; what was appended is durable when the context is left.

        Where changes lie in this process alone, nothing is kept when the context is left by an error.
        """
        ...

    def applying(self) -> AbstractContextManager[bool]:
        """Hold the journal while its changes are written into a storage that others search as well.

        False: another process holds it, and writes them.
        """
        ...

    def prune(self, sequence: int) -> None:
        """Forget the changes up to a number, which no generation needs any more; numbers count on."""
        ...

    def backup(self, target: Path) -> None:
        """Copy the journal into a new file, as it is at one moment; nothing where it is in no file."""
        ...

    def close(self) -> None:
        """Close files and connections."""
        ...
