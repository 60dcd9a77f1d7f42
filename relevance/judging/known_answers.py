"""Known answers: pairs whose grade is known, mixed in among the others to see how judges do."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from relevance.judgements import Qrels, Query
from relevance.judging.judge_order import PairKey
from relevance.offline.traffic import wilson

MIN_ACCURACY = 0.7
"""A judge below is pointed out: the share of test questions that CrowdFlower (later Figure Eight, then Appen)
asked of its workers by default. There too an answer is right or wrong."""
_Verdict = Literal["good", "unsure", "low"]


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """A pair whose grade is known."""

    query: Query
    doc_id: str
    grade: int


@dataclass(frozen=True, slots=True)
class KnownAccuracy:
    """How a judge graded the pairs whose grade is known."""

    answered: int
    """Above 0."""
    right: int
    """Those that got just the grade that is known."""
    interval: tuple[float, float]
    """The 95 % interval of the share of right ones (Wilson, 1927)."""

    @property
    def share(self) -> float:
        """The share of right answers."""
        return self.right / self.answered

    @property
    def verdict(self) -> _Verdict:
        """Whether the share is below `MIN_ACCURACY`: `low` if beyond chance, else `unsure`."""
        if self.share >= MIN_ACCURACY:
            return "good"
        return "low" if self.interval[1] < MIN_ACCURACY else "unsure"

    def to_json(self) -> dict[str, object]:
        """Return the figures as plain JSON values."""
        return {
            "answered": self.answered,
            "right": self.right,
            "share": round(self.share, 6),
            "interval": [round(end, 6) for end in self.interval],
            "verdict": self.verdict,
        }


def known_accuracy(known: Qrels, grades: Qrels) -> KnownAccuracy | None:
    """Return how a judge with these grades did, None if no answer to the judge's pairs is known."""
    hits = [
        grades[qid][doc_id] == grade
        for qid, answers in known.items()
        for doc_id, grade in answers.items()
        if doc_id in grades.get(qid, {})
    ]
    rate = wilson(sum(hits), len(hits))
    return None if rate is None else KnownAccuracy(rate.of, sum(hits), (rate.low, rate.high))


def known_accuracies(known: Qrels, judges: Mapping[str, Qrels]) -> dict[str, KnownAccuracy]:
    """Return how each judge did who graded a pair whose grade is known."""
    found = {judge: known_accuracy(known, grades) for judge, grades in judges.items()}
    return {judge: accuracy for judge, accuracy in found.items() if accuracy is not None}


def accuracy_text(accuracy: KnownAccuracy) -> str:
    """Return the accuracy as words for a terminal, with a remark where it is low."""
    low, high = accuracy.interval
    text = (
        f"{accuracy.right} of {accuracy.answered} known answers right, {accuracy.share:.2f} "
        f"[{low:.2f}, {high:.2f}]"
    )
    remarks: dict[_Verdict, str] = {
        "good": "",
        "unsure": f" - below {MIN_ACCURACY:g}, but too few to be sure: ask for more known answers",
        "low": f" - LOW: below {MIN_ACCURACY:g}; look at what this judge graded before it counts",
    }
    return text + remarks[accuracy.verdict]


def add_known_answers(db: sqlite3.Connection, answers: Iterable[KnownAnswer]) -> None:
    """Add known answers to a book that holds their queries, or replace the grades known so far."""
    alone = only_known(db)
    for answer in answers:
        key = (answer.query.qid, answer.doc_id)
        is_new = not db.execute("SELECT 1 FROM pairs WHERE qid = ? AND doc_id = ?", key).fetchone()
        db.execute("INSERT INTO pairs (qid, doc_id) VALUES (?, ?) ON CONFLICT DO NOTHING", key)
        db.execute(
            "INSERT INTO known_answers (qid, doc_id, grade, asked) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (qid, doc_id) DO UPDATE SET grade = excluded.grade",
            (*key, answer.grade, not is_new and key not in alone),
        )


def read_known_answers(db: sqlite3.Connection) -> Qrels:
    """Return the grades that are known in a book."""
    answers: dict[str, dict[str, int]] = {}
    for qid, doc_id, grade in db.execute("SELECT qid, doc_id, grade FROM known_answers"):
        answers.setdefault(qid, {})[doc_id] = grade
    return answers


def only_known(db: sqlite3.Connection) -> set[PairKey]:
    """Return the pairs of a book that are asked for the sake of their known answers alone."""
    return set(db.execute("SELECT qid, doc_id FROM known_answers WHERE asked = 0"))


def only_known_queries(db: sqlite3.Connection) -> set[str]:
    """Return the qids of which a book asks nothing but known answers."""
    rows = db.execute(
        "SELECT qid FROM known_answers WHERE qid NOT IN (SELECT qid FROM pairs WHERE (qid, doc_id) NOT IN "
        "(SELECT qid, doc_id FROM known_answers WHERE asked = 0))"
    )
    return {qid for (qid,) in rows}
