"""The journal of changes in one SQLite file, which every process reads on from its own."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from shangsou.atomic_files import enable_wal, sqlite_problem
from shangsou.errors import UpdatesUnavailable
from shangsou.updates.journal import Change
from shangsou.updates.operation import Operation

# Seconds for which an update waits for that of another process: a batch of 1,000 takes half a second.
_LOCK_TIMEOUT_S = 10.0
_VERSION = 1
_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS changes (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    product_id TEXT NOT NULL,
    fields TEXT NOT NULL
);
PRAGMA user_version = {_VERSION};
COMMIT;
"""
# All of it ASCII: half a surrogate pair is no text that SQLite takes.
_to_json_text = json.JSONEncoder(separators=(",", ":")).encode


class SqliteJournal:
    """A `ChangeJournal` in a file, which is made with the first change."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reader: sqlite3.Connection | None = None
        self._lock = Lock()

    def last_sequence(self) -> int:
        """Return the number of the last change, 0 without any; cheap enough to ask ten times a second."""
        rows = self._read("SELECT seq FROM sqlite_sequence WHERE name = 'changes'", ())
        return int(rows[0][0]) if rows else 0

    def after(self, sequence: int) -> list[Change]:
        """Return the changes with higher numbers, in their order."""
        rows = self._read(
            "SELECT sequence, kind, product_id, fields FROM changes WHERE sequence > ? ORDER BY sequence",
            (sequence,),
        )
        try:
            return [
                Change(number, Operation(kind, product_id, json.loads(fields)))
                for number, kind, product_id, fields in rows
            ]
        except (ValueError, TypeError) as problem:
            # SQLite keeps no checksums.
            raise UpdatesUnavailable(f"{self.path} is damaged: {problem}") from None

    @contextmanager
    def writing(self) -> Iterator["SqliteJournalWriter"]:
        """Hold the journal against other writers; what was appended is durable when the context is left.

        Nothing of it is kept when the context is left by an error.
        """
        with self._translate_errors():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.path, timeout=_LOCK_TIMEOUT_S, isolation_level=None)
            with closing(connection):
                enable_wal(connection, _LOCK_TIMEOUT_S)
                # Each commit reaches the disk before it is answered.
                connection.execute("PRAGMA synchronous = FULL")
                if self._version(connection) == 0:
                    connection.executescript(_SCHEMA)
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield SqliteJournalWriter(connection)
                except BaseException:
                    connection.execute("ROLLBACK")
                    raise
                connection.execute("COMMIT")

    @contextmanager
    def applying(self) -> Iterator[bool]:
        """Do nothing: each process holds the changes in memory of its own."""
        yield True

    def prune(self, sequence: int) -> None:
        """Forget the changes up to a number, which no generation needs any more."""
        if not self.path.exists():
            return
        with self.writing() as writer:
            writer.prune(sequence)

    def backup(self, target: Path) -> None:
        """Copy the journal into a new file, as it is at one moment; nothing without a journal."""
        if not self.path.exists():
            return
        with (
            self._translate_errors(),
            closing(sqlite3.connect(self.path, timeout=_LOCK_TIMEOUT_S)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._reader is not None:
                self._reader.close()
                self._reader = None

    def _read(self, statement: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with self._lock, self._translate_errors():
            if self._reader is None:
                if not self.path.exists():
                    return []
                # Not read-only: the last reader of a journal whose writer was killed recovers it.
                self._reader = sqlite3.connect(self.path, timeout=_LOCK_TIMEOUT_S, check_same_thread=False)
            try:
                if self._version(self._reader) == 0:
                    return []
                return self._reader.execute(statement, values).fetchall()
            except sqlite3.Error:
                # It may have been replaced by a restore: the next read opens the file anew.
                self._reader.close()
                self._reader = None
                raise

    def _version(self, connection: sqlite3.Connection) -> int:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version not in {0, _VERSION}:
            raise UpdatesUnavailable(
                f"changes in {self.path} were written by another version of shangsou (format {version}, this "
                f"one has {_VERSION}); upgrade, or set SHANGSOU_HOME to another folder"
            )
        return int(version)

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as problem:
            words = sqlite_problem(
                problem, "restore it from a backup, or move it away and index the catalog again"
            )
            raise UpdatesUnavailable(f"changes in {self.path}: {words}") from problem
        except OSError as problem:
            raise UpdatesUnavailable(
                f"changes in {self.path}: {problem.strerror}; check that the folder may be written to"
            ) from problem


class SqliteJournalWriter:
    """Appends to a journal that no other process writes to meanwhile."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def append(self, operations: Sequence[Operation], after: int = 0) -> int:
        """Append operations with numbers above `after`, and return the number of the last change."""
        # A journal that was lost begins anew behind what the index holds already.
        self._connection.execute(
            "INSERT INTO sqlite_sequence (name, seq) SELECT 'changes', ? WHERE NOT EXISTS "
            "(SELECT 1 FROM sqlite_sequence WHERE name = 'changes')",
            (after,),
        )
        self._connection.execute(
            "UPDATE sqlite_sequence SET seq = ? WHERE name = 'changes' AND seq < ?", (after, after)
        )
        self._connection.executemany(
            "INSERT INTO changes (kind, product_id, fields) VALUES (?, ?, ?)",
            [(one.kind, one.product_id, _to_json_text(one.fields)) for one in operations],
        )
        (last,) = self._connection.execute("SELECT coalesce(max(sequence), 0) FROM changes").fetchone()
        return int(last)

    def prune(self, sequence: int) -> None:
        """Forget the changes up to a number."""
        self._connection.execute("DELETE FROM changes WHERE sequence <= ?", (sequence,))
