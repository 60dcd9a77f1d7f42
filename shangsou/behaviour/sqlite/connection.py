"""Connections to the event file, with SQLite's failures as our own errors."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from shangsou.atomic_files import enable_wal, sqlite_problem
from shangsou.behaviour.sqlite.tombstones import hash_old_ids
from shangsou.errors import EventsUnavailable

# Seconds for which a write waits for that of another process, which takes milliseconds.
LOCK_TIMEOUT_S = 2.0
_VERSION = 3
# Ids of forgotten shoppers were kept as they were; readers need not care.
_RAW_TOMBSTONES = 1
# Nobody could refuse marketing.
_WITHOUT_MARKETING = 2
# `telling` is 1 for events that show a preference, so that one index serves both histories, which leave
# impressions out, and the deletion of everything.
_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,
    at_us INTEGER NOT NULL,
    received_us INTEGER NOT NULL,
    telling INTEGER NOT NULL,
    owner TEXT NOT NULL,
    action TEXT NOT NULL,
    user_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    query_id TEXT NOT NULL,
    query TEXT NOT NULL,
    product_id TEXT NOT NULL,
    position INTEGER,
    price_fen INTEGER,
    quantity INTEGER,
    order_id TEXT NOT NULL,
    results TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS by_owner ON events (owner, telling, at_us) WHERE owner != '';
CREATE INDEX IF NOT EXISTS by_session ON events (session_id, telling, at_us) WHERE session_id != '';
CREATE INDEX IF NOT EXISTS by_time ON events (at_us);
CREATE TABLE IF NOT EXISTS shoppers (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    changed_us INTEGER NOT NULL DEFAULT 0,
    linked_user TEXT NOT NULL DEFAULT '',
    linked_us INTEGER NOT NULL DEFAULT 0,
    forgotten_us INTEGER NOT NULL DEFAULT 0,
    flagged_us INTEGER NOT NULL DEFAULT 0,
    opted_out INTEGER NOT NULL DEFAULT 0,
    marketing_refused INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_linked_user ON shoppers (linked_user) WHERE linked_user != '';
PRAGMA user_version = {_VERSION};
COMMIT;
"""


def open_for_writing(path: Path) -> sqlite3.Connection:
    """Return a connection whose commits are durable; the file is created if missing."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _make_private(path)
    connection = sqlite3.connect(path, timeout=LOCK_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        _refuse_other_version(connection, path)
        enable_wal(connection, LOCK_TIMEOUT_S)
        # FULL: each commit reaches the disk before it is answered. NORMAL would lose some in a power cut.
        connection.execute("PRAGMA synchronous = FULL")
        # Deleted data is overwritten, not only unlinked.
        connection.execute("PRAGMA secure_delete = ON")
        _upgrade(connection)
        create_tables(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Return a read-only connection; raises `sqlite3.OperationalError` if the file is missing."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        timeout=LOCK_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        _refuse_other_version(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def has_tables(connection: sqlite3.Connection) -> bool:
    """Return whether the tables exist; another thread or process may be creating them."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return bool(version)


def has_marketing(connection: sqlite3.Connection) -> bool:
    """Return whether shoppers can have refused marketing: not in a file of an earlier version."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return bool(version > _WITHOUT_MARKETING)


def create_tables(connection: sqlite3.Connection) -> None:
    """Create the tables if they are missing."""
    connection.executescript(_SCHEMA)


def file_identity(path: Path) -> tuple[int, int] | None:
    """Return the identity of a file, so that a replaced file is noticed; None if it is missing."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Turn errors of SQLite and of the disk into `EventsUnavailable`."""
    try:
        yield
    except sqlite3.Error as problem:
        words = sqlite_problem(problem, "move it away (a new one is made) and restore it from a backup")
        raise EventsUnavailable(f"events in {path}: {words}") from problem
    except OSError as problem:
        raise EventsUnavailable(
            f"events in {path}: {problem.strerror}; check that the folder is there and may be written to"
        ) from problem


def _make_private(path: Path) -> None:
    """Create an empty file if it is missing, unreadable for other users of this machine.

    An existing file is left alone: closing it would release every lock that this process holds on it
    (POSIX), and another process could then remove the write-ahead log under a connection that writes to it.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _upgrade(connection: sqlite3.Connection) -> None:
    """Bring a file of an earlier version up to this one."""
    if not _is_earlier(connection):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have done it while this one waited.
        if _is_earlier(connection):
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            connection.execute("ALTER TABLE shoppers ADD COLUMN marketing_refused INTEGER NOT NULL DEFAULT 0")
            if version == _RAW_TOMBSTONES:
                hash_old_ids(connection)
            connection.execute(f"PRAGMA user_version = {_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    # Until then the ids are still in the file.
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _is_earlier(connection: sqlite3.Connection) -> bool:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return bool(0 < version < _VERSION)


def _refuse_other_version(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version not in (0, _RAW_TOMBSTONES, _WITHOUT_MARKETING, _VERSION):
        raise EventsUnavailable(
            f"events in {path} were written by another version of shangsou (format {version}, this one has "
            f"{_VERSION}); upgrade, or set SHANGSOU_HOME to another folder"
        )
