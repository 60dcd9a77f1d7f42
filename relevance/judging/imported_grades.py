"""Grades that were made elsewhere, put into a book under the name of their judge."""

from dataclasses import dataclass

from relevance.judgements import Qrels
from relevance.judging.book import GRADES, MAX_JUDGE_LENGTH, Book, JudgeKind
from relevance.judging.book_tables import timestamp
from shangsou.errors import UnusableInput


@dataclass(frozen=True, slots=True)
class ImportedGrades:
    """What an import did, in pairs."""

    imported: int
    replaced: int
    """Grades of an earlier import under this name, which are no longer there."""
    other_queries: int
    """Pairs left out whose qid the book does not have."""
    other_products: int
    """Pairs left out whose product the book does not ask about for the query."""
    kind_before: JudgeKind | None
    """What the judge was by an earlier import; None without one."""

    def to_json(self) -> dict[str, object]:
        """Return the counts as plain JSON values."""
        return {
            "imported": self.imported,
            "replaced": self.replaced,
            "left_out": {"other_queries": self.other_queries, "other_products": self.other_products},
        }


def import_grades(book: Book, judge: str, kind: JudgeKind, qrels: Qrels) -> ImportedGrades:
    """Put grades into a book under the name of a judge, all of them or, after a failure, none.

    Pairs that the book does not ask about are left out. Grades of an earlier import under the same name are
    replaced as a whole.

    Raises
    ------
    UnusableInput
        For an unusable name, one under which somebody judged or decided on the page, a grade that judges do
        not give, and grades of which none is of a pair of the book.
    """
    _check_name(judge)
    _check_grades(qrels)
    with book.connection(write=True) as db:
        acted = (
            "SELECT 1 FROM grades WHERE judge = ?1 AND NOT imported "
            "UNION SELECT 1 FROM decisions WHERE adjudicator = ?1"
        )
        if db.execute(acted, (judge,)).fetchone():
            raise UnusableInput(
                f"{judge!r} judged or decided on the page in book {book.name!r}, which no import may "
                "replace; give another name with --judge"
            )
        qids = {qid for (qid,) in db.execute("SELECT qid FROM queries")}
        pairs = set(db.execute("SELECT qid, doc_id FROM pairs"))
        rows = [
            (qid, doc_id, grade)
            for qid, grades in qrels.items()
            for doc_id, grade in grades.items()
            if (qid, doc_id) in pairs
        ]
        if not rows:
            raise UnusableInput(_nothing_to_import(book, qids, qrels))
        known = db.execute("SELECT kind FROM judges WHERE judge = ?", (judge,)).fetchone()
        replaced = db.execute("DELETE FROM grades WHERE judge = ? AND imported", (judge,)).rowcount
        at = timestamp()
        db.executemany(
            "INSERT INTO grades (judge, qid, doc_id, grade, at, imported) VALUES (?, ?, ?, ?, ?, 1)",
            [(judge, *row, at) for row in rows],
        )
        db.execute(
            "INSERT INTO judges (judge, kind) VALUES (?, ?) "
            "ON CONFLICT (judge) DO UPDATE SET kind = excluded.kind",
            (judge, kind),
        )
    of_other_queries = sum(len(grades) for qid, grades in qrels.items() if qid not in qids)
    left_out = sum(map(len, qrels.values())) - len(rows)
    return ImportedGrades(
        len(rows), replaced, of_other_queries, left_out - of_other_queries, known[0] if known else None
    )


def check_grade(grade: int, qid: str, doc_id: str) -> None:
    """Raise `UnusableInput` for a grade that judges do not give."""
    if grade not in GRADES:
        raise UnusableInput(
            f"grade {grade} of {doc_id!r} for qid {qid!r}; grades of a book are {GRADES[0]} to {GRADES[-1]}: "
            "bring others to this scale first"
        )


def _check_name(judge: str) -> None:
    if judge != judge.strip() or not 0 < len(judge) <= MAX_JUDGE_LENGTH or not judge.isprintable():
        raise UnusableInput(
            f"--judge {judge!r}: a name has 1 to {MAX_JUDGE_LENGTH} printable characters, and no blank at "
            "an end"
        )


def _check_grades(qrels: Qrels) -> None:
    for qid, grades in qrels.items():
        for doc_id, grade in grades.items():
            check_grade(grade, qid, doc_id)


def _nothing_to_import(book: Book, qids: set[str], qrels: Qrels) -> str:
    advice = "name the book that the grades were made for"
    if qids.isdisjoint(qrels):
        return (
            f"book {book.name!r} has none of the {len(qrels):,} queries; its qids are as {_example(qids)}, "
            f"those of the grades as {_example(qrels)}; {advice}"
        )
    qid = next(qid for qid in qrels if qid in qids)
    return (
        f"book {book.name!r} asks about none of the products, as {next(iter(qrels[qid]))!r} for qid {qid!r}; "
        f"{advice}, or open a pool with these pairs"
    )


def _example(qids: "set[str] | Qrels") -> str:
    return ", ".join(repr(qid) for qid in sorted(qids)[:3]) or "-"
