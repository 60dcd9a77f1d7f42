"""Books: pools of pairs with the grades that each judge gave, written to disk at once."""

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Literal

from relevance.judgements import MAX_GRADE, Qrels, Query
from relevance.judging.book_file import book_connection
from relevance.judging.book_tables import (
    count_pairs,
    last_grades,
    read_grades,
    read_judges,
    read_queries,
    timestamp,
)
from relevance.judging.judge_order import PairKey, order_for_judge
from relevance.judging.known_answers import (
    KnownAnswer,
    add_known_answers,
    only_known,
    read_known_answers,
)
from relevance.judging.pool import Pair
from shangsou.errors import ShangsouError, UnusableInput

BOOKS_FOLDER = "judgements"
_SUFFIX = ".sqlite"
# Letters and digits of any script: the name of a book is that of a file, and part of a URL.
_NAME = re.compile(r"[\w-]{1,64}")
MAX_JUDGE_LENGTH = 64
"""As long as the name of a key, under which its holder judges."""
MAX_SECONDS = 300.0
"""A longer time between showing and grading is a pause, which says nothing of the grade. By convention: five
minutes, many times what a grade takes."""
GRADES = range(MAX_GRADE + 1)
"""The grades that judges give."""

JudgeKind = Literal["person", "machine"]


class NoBook(ShangsouError):
    """There is no book of this name."""

    exit_code = 2


class NotInBook(ShangsouError):
    """The pair is not in the book."""


class MachineName(ShangsouError):
    """A person cannot judge under the name of a machine, whose next import would replace the grades."""


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

    def connection(self, *, write: bool = False) -> AbstractContextManager[sqlite3.Connection]:
        """Return a connection within one transaction, `write` to change anything (`book_connection`)."""
        return book_connection(self.path, write=write)

    def add(self, pairs: Sequence[Pair], known: Sequence[KnownAnswer] = ()) -> int:
        """Add pairs that are not in the book yet, new queries at its end; return how many were new.

        Known answers are added as pairs too, or replace the grade that was known. Where neither `pairs` nor
        the book asks for one otherwise, its grades are no judgements of the shop (`only_known`).

        Raises `UnusableInput` if a qid belongs to another query in the book, whose grades would be mixed up.
        """
        queries = dict.fromkeys([*(pair.query for pair in pairs), *(answer.query for answer in known)])
        with self.connection(write=True) as db:
            self._check_texts(db, queries)
            before = count_pairs(db)
            db.executemany(
                "INSERT INTO queries (qid, in_set, text, note) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (qid) DO UPDATE SET note = coalesce(nullif(excluded.note, ''), note)",
                [(query.qid, query.set, query.text, query.note) for query in queries],
            )
            keys = [(pair.query.qid, pair.doc_id) for pair in pairs]
            db.executemany("INSERT INTO pairs (qid, doc_id) VALUES (?, ?) ON CONFLICT DO NOTHING", keys)
            db.executemany("UPDATE known_answers SET asked = 1 WHERE qid = ? AND doc_id = ?", keys)
            add_known_answers(db, known)
            return count_pairs(db) - before

    def queries(self) -> list[Query]:
        """Return the queries in the order in which they are judged."""
        with self.connection() as db:
            return read_queries(db)

    def pairs_for_judge(self, judge: str) -> list[JudgedPair]:
        """Return all pairs in the order in which a judge sees them (`order_for_judge`).

        Raises `MachineName`.
        """
        with self.connection() as db:
            self.check_person(db, judge)
            queries = {query.qid: query for query in read_queries(db)}
            pairs = db.execute("SELECT qid, doc_id FROM pairs").fetchall()
            ordered = order_for_judge(judge, list(queries), pairs, only_known(db))
            grades = last_grades(db, judge)
        return [
            JudgedPair(position, queries[qid], doc_id, grades.get((qid, doc_id)), (qid, doc_id) in grades)
            for position, (qid, doc_id) in enumerate(ordered)
        ]

    def grade(
        self, judge: str, qid: str, doc_id: str, grade: int | None, seconds: float | None = None
    ) -> Progress:
        """Save a judge's grade of a pair, None for a skip, and return the progress of the judge.

        It replaces an earlier grade of the same pair. `seconds` is the time from showing to grading, None
        where it is unknown. Raises `NotInBook`, `MachineName`, and `BookUnavailable` if it was not saved.
        """
        with self.connection(write=True) as db:
            self.check_person(db, judge)
            self.check_pair(db, qid, doc_id)
            db.execute(
                "INSERT INTO grades (judge, qid, doc_id, grade, at, seconds) VALUES (?, ?, ?, ?, ?, ?)",
                (judge, qid, doc_id, grade, timestamp(), seconds),
            )
            return _progress(db, judge)

    def undo_last(self, judge: str) -> tuple[str, str] | None:
        """Undo the latest grade of a judge and return its qid and product, None if there is none.

        An earlier grade of the same pair counts again; what was imported is left. Raises `MachineName`.
        """
        with self.connection(write=True) as db:
            self.check_person(db, judge)
            return db.execute(  # type: ignore[no-any-return]
                "DELETE FROM grades WHERE number = "
                "(SELECT max(number) FROM grades WHERE judge = ? AND NOT imported) "
                "RETURNING qid, doc_id",
                (judge,),
            ).fetchone()

    def progress(self, judge: str) -> Progress:
        """Return the progress of a judge."""
        with self.connection() as db:
            return _progress(db, judge)

    def judges(self) -> dict[str, Progress]:
        """Return the judges with a grade or a skip, sorted by name, with their progress."""
        with self.connection() as db:
            return {judge: _progress(db, judge) for judge in read_judges(db)}

    def pairs(self) -> int:
        """Return the number of pairs."""
        with self.connection() as db:
            return count_pairs(db)

    def qrels(self) -> Mapping[str, Qrels]:
        """Return the grades by judge; skips are left out, and so are judges who only skipped."""
        with self.connection() as db:
            return read_grades(db)

    def kinds(self) -> Mapping[str, JudgeKind]:
        """Return the kind of each judge with a grade or a skip, sorted by name."""
        with self.connection() as db:
            imported = dict(db.execute("SELECT judge, kind FROM judges"))
            return {judge: imported.get(judge, "person") for judge in read_judges(db)}

    def median_seconds(self) -> Mapping[str, float]:
        """Return the median seconds a grade of each judge, of grades that count and whose time is known."""
        seconds: dict[str, dict[PairKey, float | None]] = {}
        with self.connection() as db:
            rows = db.execute("SELECT judge, qid, doc_id, grade, seconds FROM grades ORDER BY number")
            for judge, qid, doc_id, grade, value in rows:
                seconds.setdefault(judge, {})[qid, doc_id] = None if grade is None else value
        known = {
            judge: [one for one in times.values() if one is not None] for judge, times in seconds.items()
        }
        return {judge: median(times) for judge, times in known.items() if times}

    def known_answers(self) -> Qrels:
        """Return the grades that are known."""
        with self.connection() as db:
            return read_known_answers(db)

    def only_known(self) -> set[PairKey]:
        """Return the pairs that are asked for the sake of their known answers alone."""
        with self.connection() as db:
            return only_known(db)

    def check_pair(self, db: sqlite3.Connection, qid: str, doc_id: str) -> None:
        """Raise `NotInBook` for a pair that the book does not ask about."""
        if not db.execute("SELECT 1 FROM pairs WHERE qid = ? AND doc_id = ?", (qid, doc_id)).fetchone():
            raise NotInBook(f"book {self.name!r} does not ask about {doc_id!r} for qid {qid!r}")

    def _check_texts(self, db: sqlite3.Connection, queries: Iterable[Query]) -> None:
        texts = {query.qid: query.text for query in read_queries(db)}
        for query in queries:
            if texts.setdefault(query.qid, query.text) != query.text:
                raise UnusableInput(
                    f"qid {query.qid!r} is {texts[query.qid]!r} in book {self.name!r}, "
                    f"and {query.text!r} here; give the book another name with --name"
                )

    def check_person(self, db: sqlite3.Connection, judge: str) -> None:
        """Raise `MachineName` for the name of a machine."""
        query = "SELECT 1 FROM judges WHERE judge = ? AND kind = 'machine'"
        if db.execute(query, (judge,)).fetchone():
            raise MachineName(f"{judge!r} is a machine judge in book {self.name!r}; judge under another name")


def open_book(home: Path, name: str) -> Book:
    """Return a book of SHANGSOU_HOME; raises `NoBook` that lists the existing ones."""
    book = find_book(home, name)
    if book is None:
        known = ", ".join(book.name for book in books(home)) or "none yet"
        raise NoBook(f'no book {name!r}; there are: {known}. "shangsou judgements open FILE" makes one')
    return book


def find_book(home: Path, name: str) -> Book | None:
    """Return a book of SHANGSOU_HOME, None if there is none of this name."""
    path = home / BOOKS_FOLDER / f"{name}{_SUFFIX}"
    return Book(path) if _NAME.fullmatch(name) and path.is_file() else None


def create_book(home: Path, name: str) -> Book:
    """Return a book of SHANGSOU_HOME, created if missing; raises `UnusableInput` for an invalid name."""
    if not _NAME.fullmatch(name):
        raise UnusableInput(
            f"book {name!r}: a name has up to 64 letters, digits, - and _; give another with --name"
        )
    folder = home / BOOKS_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    book = Book(folder / f"{name}{_SUFFIX}")
    with book_connection(book.path, create=True):
        return book


def books(home: Path) -> list[Book]:
    """Return the books of SHANGSOU_HOME by name."""
    return [Book(path) for path in sorted((home / BOOKS_FOLDER).glob(f"*{_SUFFIX}"))]


def progress_of(pairs: Sequence[JudgedPair]) -> Progress:
    """Return the progress of somebody with these pairs."""
    done = sum(pair.done for pair in pairs)
    skipped = sum(pair.done and pair.grade is None for pair in pairs)
    return Progress(len(pairs), done - skipped, skipped)


def _progress(db: sqlite3.Connection, judge: str) -> Progress:
    grades = last_grades(db, judge).values()
    skipped = sum(grade is None for grade in grades)
    return Progress(count_pairs(db), len(grades) - skipped, skipped)
