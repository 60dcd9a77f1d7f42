"""Books: pools of pairs with the grades that each judge gave, written to disk at once."""

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

from relevance.judgements import Qrels, Query
from relevance.judging.pool import Pair
from shangsou.errors import ShangsouError, UnusableInput

BOOKS_FOLDER = "judgements"
_SUFFIX = ".sqlite"
# Letters and digits of any script: the name of a book is that of a file, and part of a URL.
_NAME = re.compile(r"[\w-]{1,64}")
# Seconds to wait for the database: pages write one grade at a time, so a longer wait means a hanging disk.
_BUSY_TIMEOUT_S = 5.0
_TABLES = """
CREATE TABLE IF NOT EXISTS queries (
    number INTEGER PRIMARY KEY, qid TEXT UNIQUE NOT NULL, in_set TEXT NOT NULL, text TEXT NOT NULL,
    note TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS pairs (
    qid TEXT NOT NULL REFERENCES queries (qid), doc_id TEXT NOT NULL, PRIMARY KEY (qid, doc_id)
);
-- Grows only, but for what is taken back: the last row of a judge and a pair counts. A NULL is a skip.
CREATE TABLE IF NOT EXISTS grades (
    number INTEGER PRIMARY KEY, judge TEXT NOT NULL, qid TEXT NOT NULL, doc_id TEXT NOT NULL, grade INTEGER,
    at TEXT NOT NULL, FOREIGN KEY (qid, doc_id) REFERENCES pairs (qid, doc_id)
);
CREATE INDEX IF NOT EXISTS grades_of_judge ON grades (judge);
"""


class NoBook(ShangsouError):
    """There is no book of this name."""

    exit_code = 2


class NotInBook(ShangsouError):
    """The pair is not in the book."""


class BookUnavailable(ShangsouError):
    """A book cannot be read or written; nothing was saved."""


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """A pair in the order of a judge, with the judge's grade."""

    position: int
    """From 0."""
    query: Query
    doc_id: str
    grade: int | None
    done: bool
    """Whether it was judged, or skipped if there is no grade."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a judge."""

    pairs: int
    judged: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Book:
    """One book. Safe for many threads and processes: each call opens the file."""

    path: Path

    @property
    def name(self) -> str:
        """The name of the book."""
        return self.path.name.removesuffix(_SUFFIX)

    def add(self, pairs: Sequence[Pair]) -> int:
        """Add pairs that are not in the book yet, new queries at its end; return how many were new.

        Raises `UnusableInput` if a qid belongs to another query in the book, whose grades would be mixed up.
        """
        queries = dict.fromkeys(pair.query for pair in pairs)
        with self._connection() as db:
            texts = {query.qid: query.text for query in _queries(db)}
            for query in queries:
                if texts.get(query.qid, query.text) != query.text:
                    raise UnusableInput(
                        f"qid {query.qid!r} is {texts[query.qid]!r} in book {self.name!r}, "
                        f"and {query.text!r} here; give the book another name with --name"
                    )
            before = _count(db)
            db.executemany(
                "INSERT INTO queries (qid, in_set, text, note) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (qid) DO UPDATE SET note = coalesce(nullif(excluded.note, ''), note)",
                [(query.qid, query.set, query.text, query.note) for query in queries],
            )
            db.executemany(
                "INSERT INTO pairs VALUES (?, ?) ON CONFLICT DO NOTHING",
                [(pair.query.qid, pair.doc_id) for pair in pairs],
            )
            return _count(db) - before

    def queries(self) -> list[Query]:
        """Return the queries in the order in which they are judged."""
        with self._connection() as db:
            return _queries(db)

    def pairs_for_judge(self, judge: str) -> list[JudgedPair]:
        """Return all pairs in the order in which a judge sees them.

        Queries are in the order of the pool, so that all judges begin with the most useful ones; the products
        of a query are shuffled, differently for each judge, so that positions reveal no ranks and no product
        is always judged last, by tired judges.
        """
        with self._connection() as db:
            queries = {query.qid: (number, query) for number, query in enumerate(_queries(db))}
            pairs = db.execute("SELECT qid, doc_id FROM pairs").fetchall()
            grades = _last_grades(db, judge)
        pairs.sort(key=lambda pair: (queries[pair[0]][0], _shuffle_key(judge, *pair)))
        return [
            JudgedPair(position, queries[qid][1], doc_id, grades.get((qid, doc_id)), (qid, doc_id) in grades)
            for position, (qid, doc_id) in enumerate(pairs)
        ]

    def grade(self, judge: str, qid: str, doc_id: str, grade: int | None) -> Progress:
        """Save a judge's grade of a pair, None for a skip, and return the progress of the judge.

        It replaces an earlier grade of the same pair. Raises `NotInBook`, and `BookUnavailable` if it could
        not be saved.
        """
        with self._connection() as db:
            if not db.execute("SELECT 1 FROM pairs WHERE qid = ? AND doc_id = ?", (qid, doc_id)).fetchone():
                raise NotInBook(f"book {self.name!r} does not ask about {doc_id!r} for qid {qid!r}")
            at = datetime.now(UTC).isoformat(timespec="seconds")
            db.execute(
                "INSERT INTO grades (judge, qid, doc_id, grade, at) VALUES (?, ?, ?, ?, ?)",
                (judge, qid, doc_id, grade, at),
            )
            return _progress(db, judge)

    def undo_last(self, judge: str) -> tuple[str, str] | None:
        """Undo the latest grade of a judge and return its qid and product, None if there is none.

        An earlier grade of the same pair counts again.
        """
        with self._connection() as db:
            return db.execute(  # type: ignore[no-any-return]
                "DELETE FROM grades WHERE number = (SELECT max(number) FROM grades WHERE judge = ?) "
                "RETURNING qid, doc_id",
                (judge,),
            ).fetchone()

    def progress(self, judge: str) -> Progress:
        """Return the progress of a judge."""
        with self._connection() as db:
            return _progress(db, judge)

    def judges(self) -> dict[str, Progress]:
        """Return the judges with a grade or a skip, sorted by name, with their progress."""
        with self._connection() as db:
            return {judge: _progress(db, judge) for judge in _judges(db)}

    def pairs(self) -> int:
        """Return the number of pairs."""
        with self._connection() as db:
            return _count(db)

    def qrels(self) -> Mapping[str, Qrels]:
        """Return the grades by judge; skips are left out, and so are judges who only skipped."""
        grades_by_judge: dict[str, dict[str, dict[str, int]]] = {}
        with self._connection() as db:
            for judge in _judges(db):
                for (qid, doc_id), grade in _last_grades(db, judge).items():
                    if grade is not None:
                        grades_by_judge.setdefault(judge, {}).setdefault(qid, {})[doc_id] = grade
        return grades_by_judge

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection within one transaction, which is on disk (fsync) once this returns."""
        try:
            with closing(sqlite3.connect(self.path, timeout=_BUSY_TIMEOUT_S)) as db, db:
                db.execute("PRAGMA synchronous = FULL")
                db.execute("PRAGMA foreign_keys = ON")
                yield db
        except sqlite3.Error as reason:
            raise BookUnavailable(f"{self.path}: {reason}; nothing was saved") from None


def open_book(home: Path, name: str) -> Book:
    """Return a book of SHANGSOU_HOME; raises `NoBook` that lists the existing ones."""
    path = home / BOOKS_FOLDER / f"{name}{_SUFFIX}"
    if not _NAME.fullmatch(name) or not path.is_file():
        known = ", ".join(book.name for book in books(home)) or "none yet"
        raise NoBook(f'no book {name!r}; there are: {known}. "shangsou judgements open FILE" makes one')
    return Book(path)


def create_book(home: Path, name: str) -> Book:
    """Return a book of SHANGSOU_HOME, created if missing; raises `UnusableInput` for an invalid name."""
    if not _NAME.fullmatch(name):
        raise UnusableInput(
            f"book {name!r}: a name has up to 64 letters, digits, - and _; give another with --name"
        )
    folder = home / BOOKS_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    book = Book(folder / f"{name}{_SUFFIX}")
    with book._connection() as db:
        for statement in _TABLES.split(";\n"):
            db.execute(statement)
    return book


def books(home: Path) -> list[Book]:
    """Return the books of SHANGSOU_HOME by name."""
    return [Book(path) for path in sorted((home / BOOKS_FOLDER).glob(f"*{_SUFFIX}"))]


def _queries(db: sqlite3.Connection) -> list[Query]:
    rows = db.execute("SELECT qid, in_set, text, note FROM queries ORDER BY number")
    return [Query(qid, in_set, text, note=note) for qid, in_set, text, note in rows]


def _count(db: sqlite3.Connection) -> int:
    (count,) = db.execute("SELECT count(*) FROM pairs").fetchone()
    return int(count)


def _judges(db: sqlite3.Connection) -> list[str]:
    return [judge for (judge,) in db.execute("SELECT DISTINCT judge FROM grades ORDER BY judge")]


def _last_grades(db: sqlite3.Connection, judge: str) -> dict[tuple[str, str], int | None]:
    """Return a judge's latest grade of each pair, None for a skip."""
    rows = db.execute("SELECT qid, doc_id, grade FROM grades WHERE judge = ? ORDER BY number", (judge,))
    return {(qid, doc_id): grade for qid, doc_id, grade in rows}


def _progress(db: sqlite3.Connection, judge: str) -> Progress:
    grades = _last_grades(db, judge).values()
    skipped = sum(grade is None for grade in grades)
    return Progress(_count(db), len(grades) - skipped, skipped)


def _shuffle_key(judge: str, qid: str, doc_id: str) -> bytes:
    return blake2b("\0".join((judge, qid, doc_id)).encode(), digest_size=8).digest()
