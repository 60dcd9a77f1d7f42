"""Read and write judgements: our TSV, TREC qrels, and the CSV of Quepid."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Literal

from relevance.judgements import DEFAULT_SET, Qrels, Query, read_qrels
from relevance.lines import numbered_lines
from shangsou.errors import UnusableInput

Format = Literal["tsv", "trec", "quepid"]
_FORMAT_BY_SUFFIX: Mapping[str, Format] = {
    ".tsv": "tsv", ".csv": "quepid", ".trec": "trec", ".qrels": "trec", ".txt": "trec",
}  # fmt: skip
# Column titles of Quepid's exports, without blanks and underscores: the basic one has `query,docid,rating`
# (earlier versions `doc_id`), the detailed one `Query Text,Doc ID,Rating` among others.
_QUEPID_COLUMNS = {"query": "query", "querytext": "query", "docid": "docid", "rating": "rating"}
# A spreadsheet takes a cell with this beginning for a formula; a blank is put before it, which every reader
# strips.
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class JudgementSet:
    """Judgements with their queries."""

    queries: Sequence[Query]
    """Empty if neither this file nor another one contains the queries."""
    qrels: Qrels


def format_of(path: Path) -> Format:
    """Return the format of a file by its name, without `.gz`; raises `UnusableInput`."""
    suffix = Path(path.name.removesuffix(".gz")).suffix.lower()
    if suffix not in _FORMAT_BY_SUFFIX:
        raise UnusableInput(
            f"{path}: its name does not tell the format; say --from or --to: tsv, trec or quepid"
        )
    return _FORMAT_BY_SUFFIX[suffix]


def read_judgement_set(path: Path, kind: Format, queries: Sequence[Query] = ()) -> JudgementSet:
    """Return the judgements of a file in a format.

    Parameters
    ----------
    queries
        The queries, if known. Quepid's files name queries by their text: those of `queries` keep their qid
        and set, others become `q1`, `q2`, … in the order of the file, in the set `all`.

    Raises
    ------
    UnusableInput
        Names the line: see `read_qrels`; for Quepid also two grades of one product for one text.
    """
    return _read_quepid(path, queries) if kind == "quepid" else JudgementSet(queries, read_qrels(path))


def write_judgement_set(judgement_set: JudgementSet, path: Path, kind: Format) -> list[str]:
    """Write judgements in a format, and return messages about what it cannot hold.

    Raises
    ------
    UnusableInput
        If a judgement itself would be lost: an id with white space in TREC or a tab in TSV, and in Quepid a
        judged qid without a text, or one text with two grades of a product.
    """
    writers = {"tsv": _tsv, "trec": _trec, "quepid": _quepid}
    text, lost = writers[kind](judgement_set, path)
    write_text(path, text)
    return lost


def write_queries(queries: Sequence[Query], path: Path) -> None:
    """Write queries as the TSV that `read_queries` reads."""
    columns = {"qid": [query.qid for query in queries], "set": [query.set for query in queries]}
    columns["query"] = [" ".join(query.text.split()) for query in queries]
    if any(query.tags for query in queries):
        columns["tags"] = [", ".join(query.tags) for query in queries]
    if any(query.note for query in queries):
        columns["note"] = [query.note for query in queries]
    lines = ["\t".join(columns)]
    lines += [
        "\t".join(tsv_cell(value, path) for value in cells) for cells in zip(*columns.values(), strict=True)
    ]
    write_text(path, "\n".join(lines) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a text file without changing line ends; raises `UnusableInput`."""
    try:
        path.write_text(text, "utf-8", newline="")
    except OSError as reason:
        raise UnusableInput(f"{path}: cannot be written ({reason.strerror}); name another file") from None


def _tsv(judgement_set: JudgementSet, path: Path) -> tuple[str, list[str]]:
    lines = [
        f"{tsv_cell(qid, path)}\t{tsv_cell(doc_id, path)}\t{grade}\n"
        for qid, doc_id, grade in _triples(judgement_set.qrels)
    ]
    return "qid\tdoc_id\tgrade\n" + "".join(lines), []


def _trec(judgement_set: JudgementSet, path: Path) -> tuple[str, list[str]]:
    for name in {name for qid, doc_id, _ in _triples(judgement_set.qrels) for name in (qid, doc_id)}:
        if len(name.split()) != 1:
            raise UnusableInput(f"{path}: id {name!r} holds white space, which TREC qrels cannot; use tsv")
    return "".join(f"{qid} 0 {doc_id} {grade}\n" for qid, doc_id, grade in _triples(judgement_set.qrels)), []


def _quepid(judgement_set: JudgementSet, path: Path) -> tuple[str, list[str]]:
    texts = {query.qid: " ".join(query.text.split()) for query in judgement_set.queries}
    unknown = [qid for qid in judgement_set.qrels if qid not in texts]
    if unknown:
        raise UnusableInput(
            f"{path}: Quepid names a query by its text, and {len(unknown)} judged qids have none "
            f"(first {unknown[0]!r}); give the file that holds them with --queries"
        )
    by_text: dict[str, dict[str, int]] = {text: {} for text in texts.values()}
    for qid, doc_id, grade in _triples(judgement_set.qrels):
        before = by_text[texts[qid]].setdefault(doc_id, grade)
        if before != grade:
            raise UnusableInput(
                f"{path}: {texts[qid]!r} is the text of two qids, with the grades {before} and {grade} for "
                f"{doc_id!r}; Quepid holds one: convert the sets into files of their own"
            )
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("query", "docid", "rating"))
    for text, grades in by_text.items():
        safe_text = f" {text}" if text.startswith(_FORMULA) else text
        # As in Quepid's own export, a query without a rating has a row of its own.
        writer.writerows([(safe_text, doc_id, grade) for doc_id, grade in grades.items()] or [(safe_text,)])
    return out.getvalue(), _quepid_losses(judgement_set, by_text)


def _quepid_losses(judgement_set: JudgementSet, by_text: Mapping[str, Mapping[str, int]]) -> list[str]:
    lost = [f"the qids: each of the {len(by_text)} queries goes by its text"]
    sets = {query.set for query in judgement_set.queries}
    if sets - {DEFAULT_SET}:
        lost.append(f"the sets: {', '.join(sorted(sets))}")
    if len(by_text) < len(judgement_set.queries):
        lost.append(f"{len(judgement_set.queries) - len(by_text)} queries whose text another query has too")
    return lost


def _read_quepid(path: Path, queries: Sequence[Query]) -> JudgementSet:
    known: dict[str, list[Query]] = {}
    for query in queries:
        known.setdefault(" ".join(query.text.split()), []).append(query)
    used_qids = {query.qid for query in queries}
    new_qids = (qid for number in count(1) if (qid := f"q{number}") not in used_qids)
    queries_by_qid: dict[str, Query] = {}
    qrels: dict[str, dict[str, int]] = {}
    for where, text, doc_id, rating in _quepid_rows(path):
        if text not in known:
            known[text] = [Query(next(new_qids), DEFAULT_SET, text)]
        for query in known[text]:
            queries_by_qid[query.qid] = query
            if not (doc_id and rating):
                continue
            grade = _parse_rating(rating, where)
            before = qrels.setdefault(query.qid, {}).setdefault(doc_id, grade)
            if before != grade:
                raise UnusableInput(
                    f"{where}: {doc_id!r} has rating {grade} for {text!r} but {before} above; keep one line"
                )
    if not qrels:
        raise UnusableInput(f"{path}: holds no rating; wanted are rows of query, docid and rating")
    return JudgementSet(list(queries_by_qid.values()), qrels)


def _quepid_rows(path: Path) -> Iterator[tuple[str, str, str, str]]:
    """Yield `file:line`, query, docid and rating of each row; the last two are empty for an unrated query."""
    # The line number follows the csv reader, which takes several lines for a quoted cell with line feeds.
    line_number = [1]
    rows = csv.reader(_track_line_number(path, line_number), strict=True)
    try:
        header = next(rows, [])
        columns = [_QUEPID_COLUMNS.get(name.replace("_", "").replace(" ", "").lower(), "") for name in header]
        missing = [name for name in ("query", "docid", "rating") if name not in columns]
        if missing:
            raise UnusableInput(
                f"{path}:1: no column {', '.join(missing)} in {','.join(header)!r}; wanted is Quepid's "
                "basic export, query,docid,rating, or its detailed one"
            )
        for row in rows:
            cells = dict(zip(columns, row, strict=False))
            where = f"{path}:{line_number[0]}"
            text = " ".join(cells.get("query", "").split())
            if not text:
                raise UnusableInput(f"{where}: no query in {','.join(row)!r}; fill it in or delete the line")
            yield where, text, cells.get("docid", "").strip(), cells.get("rating", "").strip()
    except csv.Error as reason:
        raise UnusableInput(f"{path}:{line_number[0]}: no CSV ({reason}); export the file again") from None


def _track_line_number(path: Path, line_number: list[int]) -> Iterator[str]:
    for number, line in numbered_lines(path):
        line_number[0] = number
        yield line + "\n"


def _parse_rating(rating: str, where: str) -> int:
    # Quepid stores ratings as floating-point numbers and may write them so.
    try:
        value = float(rating)
    except ValueError:
        value = float("nan")
    if not value.is_integer():
        raise UnusableInput(f"{where}: rating {rating!r} is no whole number; grades here are 0 to 3")
    return int(value)


def _triples(qrels: Qrels) -> Iterator[tuple[str, str, int]]:
    for qid, grades in qrels.items():
        for doc_id, grade in grades.items():
            yield qid, doc_id, grade


def tsv_cell(value: str, path: Path) -> str:
    """Return a value as a cell of TSV; raises `UnusableInput` if it contains a tab or a line feed."""
    if any(char in value for char in "\t\r\n"):
        raise UnusableInput(f"{path}: {value!r} holds a tab or a line feed, which TSV cannot; rename it")
    return value
