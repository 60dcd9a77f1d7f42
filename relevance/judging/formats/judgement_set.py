"""Judgements with their queries, made of the rated rows of a file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from relevance.judgements import DEFAULT_SET, Qrels, Query
from relevance.judging.formats.grades import grades_by_rating
from relevance.judging.formats.rated_rows import RatedRow, ReadOptions
from shangsou.errors import UnusableInput

# Judges that a message lists.
_MAX_LISTED = 10


@dataclass(frozen=True, slots=True)
class JudgementSet:
    """Judgements with their queries."""

    queries: Sequence[Query]
    """Empty if neither this file nor another one contains the queries."""
    qrels: Qrels
    numbered_qids: frozenset[str] = frozenset()
    """The qids that were given here, since the file names its queries by their text alone."""
    notes: Sequence[str] = ()
    """What was left out or joined, for people."""


def triples(qrels: Qrels) -> Iterator[tuple[str, str, int]]:
    """Yield qid, product id and grade of each judgement."""
    for qid, grades in qrels.items():
        for doc_id, grade in grades.items():
            yield qid, doc_id, grade


def build_judgement_set(
    rated_rows: Iterable[RatedRow], path: Path, queries: Sequence[Query], options: ReadOptions
) -> JudgementSet:
    """Return the judgements in the rows of a file, with several judges the median of their grades.

    Parameters
    ----------
    path
        For messages.
    queries
        The queries, if known. A text among them has their qid and set; others keep the qid of the file, or
        become `q1`, `q2`, … in the order of the file. Queries without a text are found by qid.

    Raises
    ------
    UnusableInput
        Names the place: a row without a query or a product, a rating without a grade, two grades of one
        product; or there is no rating at all, or none of a wanted judge.
    """
    rows = list(rated_rows)
    rated = _of_judges([row for row in rows if row.rating], path, options.judges)
    if not rated:
        raise UnusableInput(f"{path}: holds no rating; wanted are rows of a query, a product and a rating")
    first_places: dict[str, str] = {}
    for row in rated:
        first_places.setdefault(row.rating, row.where)
    grades = grades_by_rating(first_places, options.labels)
    naming = _Naming(queries)
    for row in rows:
        naming.add(row)
    by_judge: dict[str, dict[str, dict[str, int]]] = {}
    for row in rated:
        if not row.doc_id:
            raise UnusableInput(f"{row.where}: a rating without a product; fill in its id or delete the row")
        for qid in naming.qids(row):
            judged = by_judge.setdefault(row.judge, {}).setdefault(qid, {})
            before = judged.setdefault(row.doc_id, grades[row.rating])
            if before != grades[row.rating]:
                raise UnusableInput(
                    f"{row.where}: {row.doc_id!r} has rating {grades[row.rating]} for "
                    f"{row.query or row.qid!r} but {before} above; keep one row"
                )
    notes = []
    if unrated := sum(not row.rating and bool(row.doc_id) for row in rows):
        notes.append(f"{unrated:,} rows have no rating and are left out")
    if len(by_judge) > 1:
        notes.append(f"{len(by_judge)} judges: the median of their grades, the lower of two in the middle")
    return JudgementSet(naming.queries(), _consensus(by_judge), frozenset(naming.numbered), notes)


class _Naming:
    """Finds the qid of each row."""

    def __init__(self, queries: Sequence[Query]) -> None:
        self._by_text: dict[str, list[Query]] = {}
        self._by_qid = {query.qid: query for query in queries}
        for query in queries:
            self._by_text.setdefault(" ".join(query.text.split()), []).append(query)
        self._new: dict[tuple[str, str], Query] = {}
        self._used: dict[str, Query] = {}
        self._free_qids = (qid for number in count(1) if (qid := f"q{number}") not in self._by_qid)
        self.numbered: list[str] = []

    def add(self, row: RatedRow) -> None:
        if not (row.query or row.qid):
            raise UnusableInput(
                f"{row.where}: no query; fill it in or delete the row (cells that are merged in Excel count "
                "for their first row only: unmerge and fill them)"
            )
        for query in self._find(row):
            self._used[query.qid] = query

    def qids(self, row: RatedRow) -> list[str]:
        return [query.qid for query in self._find(row)] or [row.qid]

    def queries(self) -> list[Query]:
        return list(self._used.values())

    def _find(self, row: RatedRow) -> Sequence[Query]:
        if not row.query:
            return [self._by_qid[row.qid]] if row.qid in self._by_qid else []
        text = " ".join(row.query.split())
        if text in self._by_text:
            return self._by_text[text]
        if (row.qid, text) not in self._new:
            self._new[row.qid, text] = self._new_query(row, text)
        return [self._new[row.qid, text]]

    def _new_query(self, row: RatedRow, text: str) -> Query:
        qid = row.qid or next(self._free_qids)
        if qid in self._by_qid:
            raise UnusableInput(
                f"{row.where}: qid {qid!r} is {text!r} here and {self._by_qid[qid].text!r} elsewhere; give "
                "each query its own qid"
            )
        if not row.qid:
            self.numbered.append(qid)
        self._by_qid[qid] = query = Query(qid, row.set or DEFAULT_SET, text)
        return query


def _of_judges(rated: list[RatedRow], path: Path, judges: Sequence[str]) -> list[RatedRow]:
    if not judges:
        return rated
    known = list(dict.fromkeys(row.judge for row in rated if row.judge))
    for judge in judges:
        if judge not in known:
            named = ", ".join(known[:_MAX_LISTED]) or "the file does not say"
            raise UnusableInput(f"{path}: {judge!r} rated nothing here; who did: {named}")
    return [row for row in rated if row.judge in judges]


def _consensus(by_judge: Mapping[str, Mapping[str, Mapping[str, int]]]) -> Qrels:
    if len(by_judge) == 1:
        return next(iter(by_judge.values()))
    # Imported here, since it imports numpy.
    from relevance.judging.consensus import consensus

    return consensus(by_judge)
