"""The file of a book: one SQLite database, brought up to the present version when it is opened."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from shangsou.errors import ShangsouError

# Seconds to wait for the database: pages write one grade at a time, so a longer wait means a hanging disk.
_BUSY_TIMEOUT_S = 5.0
# Kept as `user_version`; files of version 0 have the tables of `_TABLES` alone.
VERSION = 1
_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS queries (
        number INTEGER PRIMARY KEY, qid TEXT UNIQUE NOT NULL, in_set TEXT NOT NULL, text TEXT NOT NULL,
        note TEXT NOT NULL
    )""",
    """
    CREATE TABLE IF NOT EXISTS pairs (
        qid TEXT NOT NULL REFERENCES queries (qid), doc_id TEXT NOT NULL, PRIMARY KEY (qid, doc_id)
    )""",
    # Of what is graded on the page rows are added, and removed only by an undo: the last row of a judge and a
    # pair counts. A NULL is a skip.
    """
    CREATE TABLE IF NOT EXISTS grades (
        number INTEGER PRIMARY KEY, judge TEXT NOT NULL, qid TEXT NOT NULL, doc_id TEXT NOT NULL,
        grade INTEGER, at TEXT NOT NULL, FOREIGN KEY (qid, doc_id) REFERENCES pairs (qid, doc_id)
    )""",
    "CREATE INDEX IF NOT EXISTS grades_of_judge ON grades (judge)",
)
# All that version 1 adds. Columns that earlier programs do not name have defaults, so that a server which
# still runs one goes on saving grades.
_VERSION_1 = (
    "ALTER TABLE grades ADD COLUMN seconds REAL",
    "ALTER TABLE grades ADD COLUMN imported INTEGER NOT NULL DEFAULT 0",
    # Those whose grades were imported; a judge who is not here is a person of the page.
    "CREATE TABLE judges (judge TEXT PRIMARY KEY, kind TEXT NOT NULL)",
    # `asked`: whether the pool asks for the pair too, so that its grades are judgements of the shop.
    """
    CREATE TABLE known_answers (
        qid TEXT NOT NULL, doc_id TEXT NOT NULL, grade INTEGER NOT NULL, asked INTEGER NOT NULL,
        PRIMARY KEY (qid, doc_id), FOREIGN KEY (qid, doc_id) REFERENCES pairs (qid, doc_id)
    )""",
    # As `grades`: the last row of an adjudicator and a pair counts, and a NULL is a skip.
    """
    CREATE TABLE decisions (
        number INTEGER PRIMARY KEY, adjudicator TEXT NOT NULL, qid TEXT NOT NULL, doc_id TEXT NOT NULL,
        grade INTEGER, at TEXT NOT NULL, FOREIGN KEY (qid, doc_id) REFERENCES pairs (qid, doc_id)
    )""",
)


class BookUnavailable(ShangsouError):
    """A book cannot be read or written; nothing was saved."""


@contextmanager
def book_connection(path: Path, *, write: bool = False, create: bool = False) -> Iterator[sqlite3.Connection]:
    """Yield a connection within one transaction, which is on disk (fsync) once this returns.

    All that is read is of one moment; with `write`, nobody else writes between what is read and what is
    written. A file of an earlier version is brought up to this one first; with `create`, a missing file and
    missing tables are made. Raises `BookUnavailable`.
    """
    # Without `rwc`, sqlite3 makes no empty file of a book that was removed meanwhile.
    uri = f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}"
    try:
        # Without an isolation level the module begins no transaction of its own, which it does at the first
        # write alone: reads before it would each be of another moment.
        with closing(sqlite3.connect(uri, uri=True, timeout=_BUSY_TIMEOUT_S, isolation_level=None)) as db, db:
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA foreign_keys = ON")
            version = _version(db)
            if version > VERSION:
                raise BookUnavailable(
                    f"{path}: written by a later version of shangsou (format {version}, this one reads "
                    f"{VERSION}); upgrade; nothing was saved"
                )
            if create or version < VERSION:
                _upgrade(db, create=create)
            db.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            yield db
    except sqlite3.Error as reason:
        raise BookUnavailable(f"{path}: {reason}; nothing was saved") from None


def _upgrade(db: sqlite3.Connection, *, create: bool) -> None:
    """Make what is missing, all of it or nothing; of several processes at once, one does."""
    db.execute("BEGIN IMMEDIATE")
    if create:
        for statement in _TABLES:
            db.execute(statement)
    if _version(db) < VERSION:
        for statement in _VERSION_1:
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {VERSION}")
    db.commit()


def _version(db: sqlite3.Connection) -> int:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)
