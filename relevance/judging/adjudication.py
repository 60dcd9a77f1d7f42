"""Adjudication: pairs on which judges differ, decided by one person, whose decision overrides theirs."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from relevance.judgements import Qrels
from relevance.judging.book import Book, JudgedPair, Progress, progress_of
from relevance.judging.book_tables import read_grades, read_queries, timestamp
from relevance.judging.judge_order import PairKey
from relevance.judging.known_answers import only_known

MIN_DIFFERENCE = 2
"""Judges who differ by one grade may both be right, as the grades are neighbours; from two on, as between
exactly what is wanted and an accessory, one is mistaken or the instructions are."""


@dataclass(frozen=True, slots=True)
class Conflict(JudgedPair):
    """A pair on which judges differ, in the order of adjudication; its grade is the decision.

    It is done if anybody decided it, or this adjudicator skipped it.
    """

    grades: tuple[int, ...]
    """The grades of the judges, lowest first; who gave which is not said, so that it sways nobody."""


def conflicts_for_adjudicator(book: Book, adjudicator: str) -> list[Conflict]:
    """Return the pairs on which judges differ by `MIN_DIFFERENCE` or more, those furthest apart first.

    Ties are in the order of the queries, then of the products. What was decided stays, even if its judges
    agree by now. Known answers that the pool does not ask about are left out: they need no decision. Raises
    `MachineName`.
    """
    with book.connection() as db:
        book.check_person(db, adjudicator)
        grades = _grades_by_pair(read_grades(db))
        alone = only_known(db)
        decisions, skipped = _decisions(db), _skipped(db, adjudicator)
        queries = {query.qid: query for query in read_queries(db)}
    keys = [
        key
        for key, given in grades.items()
        if key in decisions or (given[-1] - given[0] >= MIN_DIFFERENCE and key not in alone)
    ]
    keys += [key for key in decisions if key not in grades]
    ranks = {qid: rank for rank, qid in enumerate(queries)}
    keys.sort(key=lambda key: (-_difference(grades.get(key, ())), ranks[key[0]], key[1]))
    return [
        Conflict(
            position,
            queries[key[0]],
            key[1],
            decisions.get(key),
            key in decisions or key in skipped,
            grades.get(key, ()),
        )
        for position, key in enumerate(keys)
    ]


def adjudication_progress(book: Book, adjudicator: str = "") -> Progress:
    """Return how many conflicts there are, how many anybody decided, and how many the adjudicator skipped."""
    return progress_of(conflicts_for_adjudicator(book, adjudicator))


def decide(book: Book, adjudicator: str, qid: str, doc_id: str, grade: int | None) -> Progress:
    """Save a decision on a pair, None for a skip, and return the progress.

    It replaces this adjudicator's earlier decision of the pair; of those of several the latest counts. Raises
    `NotInBook`, `MachineName`, and `BookUnavailable` if it could not be saved.
    """
    with book.connection(write=True) as db:
        book.check_person(db, adjudicator)
        book.check_pair(db, qid, doc_id)
        db.execute(
            "INSERT INTO decisions (adjudicator, qid, doc_id, grade, at) VALUES (?, ?, ?, ?, ?)",
            (adjudicator, qid, doc_id, grade, timestamp()),
        )
    return adjudication_progress(book, adjudicator)


def undo_last_decision(book: Book, adjudicator: str) -> PairKey | None:
    """Undo the latest decision or skip of an adjudicator and return its pair, None if there is none.

    An earlier decision of the same pair counts again.
    """
    with book.connection(write=True) as db:
        return db.execute(  # type: ignore[no-any-return]
            "DELETE FROM decisions WHERE number = (SELECT max(number) FROM decisions WHERE adjudicator = ?) "
            "RETURNING qid, doc_id",
            (adjudicator,),
        ).fetchone()


def decisions(book: Book) -> Qrels:
    """Return what was decided."""
    decided: dict[str, dict[str, int]] = {}
    with book.connection() as db:
        for (qid, doc_id), grade in _decisions(db).items():
            decided.setdefault(qid, {})[doc_id] = grade
    return decided


def _decisions(db: sqlite3.Connection) -> dict[PairKey, int]:
    """Return the latest decision on each pair; those that became skips are none."""
    return {(qid, doc_id): grade for _, qid, doc_id, grade in _last_rows(db) if grade is not None}


def _skipped(db: sqlite3.Connection, adjudicator: str) -> set[PairKey]:
    return {
        (qid, doc_id) for who, qid, doc_id, grade in _last_rows(db) if grade is None and who == adjudicator
    }


def _last_rows(db: sqlite3.Connection) -> list[tuple[str, str, str, int | None]]:
    """Return the last row of each adjudicator and pair, oldest first."""
    return db.execute(
        "SELECT adjudicator, qid, doc_id, grade FROM decisions WHERE number IN "
        "(SELECT max(number) FROM decisions GROUP BY adjudicator, qid, doc_id) ORDER BY number"
    ).fetchall()


def _grades_by_pair(judges: Mapping[str, Qrels]) -> dict[PairKey, tuple[int, ...]]:
    grades: dict[PairKey, list[int]] = {}
    for qrels in judges.values():
        for qid, by_product in qrels.items():
            for doc_id, grade in by_product.items():
                grades.setdefault((qid, doc_id), []).append(grade)
    return {key: tuple(sorted(given)) for key, given in grades.items()}


def _difference(grades: tuple[int, ...]) -> int:
    return grades[-1] - grades[0] if grades else 0
