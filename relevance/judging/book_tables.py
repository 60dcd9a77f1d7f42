"""Queries to the tables of a book, within the transaction of who asks."""

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime

from relevance.judgements import Qrels, Query
from relevance.judging.judge_order import PairKey


def read_queries(db: sqlite3.Connection) -> list[Query]:
    """Return the queries in the order in which they are judged."""
    rows = db.execute("SELECT qid, in_set, text, note FROM queries ORDER BY number")
    return [Query(qid, in_set, text, note=note) for qid, in_set, text, note in rows]


def count_pairs(db: sqlite3.Connection) -> int:
    """Return the number of pairs."""
    (count,) = db.execute("SELECT count(*) FROM pairs").fetchone()
    return int(count)


def read_judges(db: sqlite3.Connection) -> list[str]:
    """Return the judges with a grade or a skip, sorted by name."""
    return [judge for (judge,) in db.execute("SELECT DISTINCT judge FROM grades ORDER BY judge")]


def last_grades(db: sqlite3.Connection, judge: str) -> dict[PairKey, int | None]:
    """Return a judge's latest grade of each pair, None for a skip."""
    rows = db.execute("SELECT qid, doc_id, grade FROM grades WHERE judge = ? ORDER BY number", (judge,))
    return {(qid, doc_id): grade for qid, doc_id, grade in rows}


def read_grades(db: sqlite3.Connection) -> Mapping[str, Qrels]:
    """Return the grades by judge; skips are left out, and so are judges who only skipped."""
    grades_by_judge: dict[str, dict[str, dict[str, int]]] = {}
    for judge in read_judges(db):
        for (qid, doc_id), grade in last_grades(db, judge).items():
            if grade is not None:
                grades_by_judge.setdefault(judge, {}).setdefault(qid, {})[doc_id] = grade
    return grades_by_judge


def timestamp() -> str:
    """Return the time now, as books keep it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
