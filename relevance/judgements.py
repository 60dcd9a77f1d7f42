"""Judged queries: queries with graded products."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from relevance.lines import numbered_lines
from shangsou.errors import UnusableInput
from shangsou.reading.files import Lines, inspect

Qrels = Mapping[str, Mapping[str, int]]
"""Grades by query id and product id. A positive grade is relevant; an unjudged product is not."""
MAX_GRADE = 3
"""Judges give 0 to 3, which is exactly what is wanted (docs/relevance.md). Qrels of others may go beyond."""

# Up to three digits: gains grow exponentially, and judges use only a few grades. Quepid writes 3 as 3.0.
_GRADE = re.compile(r"\s*(?P<grade>[+-]?[0-9]{1,3})(?:\.0*)?\s*")
# The set of queries whose file has no `set` column.
DEFAULT_SET = "all"
_OTHER_FORMATS = '"shangsou judgements convert" makes it of the files of other tools and of Excel'
_QUERIES_FORMAT = "a header line with the columns qid and query (and set), separated by tabs"
_UNJUDGED_FORMAT = (
    "a query a line, a log of queries, or a header line with the column query (and qid, set), separated by "
    "tabs"
)
# Those besides the query of our own tables of queries and judgements; logs of queries have none of them.
_OWN_COLUMNS = frozenset({"set", "tags", "note", "grade"})
_SEPARATORS = re.compile(r"[\s,]+")
_GRADED_FORMAT = (
    "a header line with the columns query, product_id and grade, separated by tabs; "
    f"with --queries and --qrels two files: {_OTHER_FORMATS}"
)
_QRELS_FORMAT = (
    "a header line with the columns qid, doc_id and grade, separated by tabs, or TREC lines of "
    f"four fields: qid 0 doc_id grade; {_OTHER_FORMATS}"
)


@dataclass(frozen=True, slots=True)
class Query:
    """A judged query. The mean of an evaluation is over sets, so that a large set does not dominate."""

    qid: str
    set: str
    text: str
    tags: tuple[str, ...] = ()
    """Kinds of the query, such as `typo`, `brand`, `long tail`; figures are given for each."""
    note: str = ""
    """What the shopper wants, for judges."""


def read_queries(path: Path, *, needs_qids: bool = True) -> list[Query]:
    """Return the queries of a TSV file with the columns `qid` and `query`.

    It may have `set`, `tags`, separated by commas, and `note` too. Unless `needs_qids`, the column `qid` may
    be missing, and the file may be a log of queries as `read_query_log` reads it, a plain list among them.
    Queries are then `q1`, `q2`, … in the order of the file, each text once.

    Raises `UnusableInput` that names the line: a missing column or value, a qid used twice.
    """
    queries: dict[str, Query] = {}
    rows = read_table(path, ("qid", "query"), _QUERIES_FORMAT) if needs_qids else _rows_with_qids(path)
    for where, row in rows:
        qid = row["qid"]
        if qid in queries:
            raise UnusableInput(f"{where}: qid {qid!r} stands above already; give each query its own qid")
        tags = _tags(row.get("tags", ""))
        queries[qid] = Query(qid, row.get("set") or DEFAULT_SET, row["query"], tags, row.get("note", ""))
    if not queries:
        raise UnusableInput(f"{path}: holds no query; add a line for each below the header")
    return list(queries.values())


def read_qrels(path: Path) -> Qrels:
    """Return the judgements of a TSV file with the columns `qid doc_id grade`, or of TREC qrels.

    TREC qrels have no header and four fields, `qid 0 doc_id grade`, separated by white space. Raises
    `UnusableInput` that names the line: a missing column or value, a grade that is no whole number,
    a product judged twice with different grades.
    """
    qrels: dict[str, dict[str, int]] = {}
    for where, row in _judgements(path):
        grades = qrels.setdefault(row["qid"], {})
        _add_grade(grades, row["doc_id"], row["grade"], where, f"qid {row['qid']!r}")
    if not qrels:
        raise UnusableInput(f"{path}: holds no judgement; wanted is {_QRELS_FORMAT}")
    return qrels


def read_graded_queries(path: Path) -> tuple[list[Query], Qrels]:
    """Return the queries and the judgements of a TSV file with the columns `query product_id grade`.

    The queries become `q1`, `q2`, … in the order of the file, in the set `all`. Raises `UnusableInput` as
    `read_qrels` does.
    """
    queries: dict[str, Query] = {}
    qrels: dict[str, dict[str, int]] = {}
    for where, row in read_table(path, ("query", "product_id", "grade"), _GRADED_FORMAT):
        text = row["query"]
        query = queries.setdefault(text, Query(f"q{len(queries) + 1}", DEFAULT_SET, text))
        grades = qrels.setdefault(query.qid, {})
        _add_grade(grades, row["product_id"], row["grade"], where, f"query {text!r}")
    if not qrels:
        raise UnusableInput(f"{path}: holds no judgement; wanted is {_GRADED_FORMAT}")
    return list(queries.values()), qrels


def read_table(path: Path, required: tuple[str, ...], expected: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each row of a TSV file with a header, as `file:line` and its values by column.

    Values have no blanks around them, column names are in lower case. Raises `UnusableInput`, with a
    description of what is `expected`, if a required column is missing or one of its values is empty.
    """
    lines = _placed(path, numbered_lines(path))
    yield from tsv_rows(next(lines, (f"{path}:1", "")), lines, required, expected)


def tsv_rows(
    header: tuple[str, str], lines: Iterable[tuple[str, str]], required: tuple[str, ...], expected: str
) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield rows as `read_table` does, from lines with their places, `file:line`."""
    header_place, names = header
    columns = [name.strip().lower() for name in names.split("\t")]
    if missing := [name for name in required if name not in columns]:
        raise UnusableInput(
            f"{header_place}: no column {', '.join(missing)} in {names!r}; wanted is {expected}"
        )
    for where, line in lines:
        row = dict(zip(columns, (value.strip() for value in line.split("\t")), strict=False))
        if empty := [name for name in required if not row.get(name)]:
            raise UnusableInput(f"{where}: no {', '.join(empty)} in {line!r}; fill it in or delete the line")
        yield where, row


def _rows_with_qids(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the rows of a file of queries; where it has no qids, each text once with that of its place."""
    first = _first_line(path)
    names = set(_SEPARATORS.split(first.strip().lower()))
    if "qid" in names:
        yield from read_table(path, ("qid", "query"), _UNJUDGED_FORMAT)
        return
    if "query" in names and not _OWN_COLUMNS.isdisjoint(names):
        rows = read_table(path, ("query",), _UNJUDGED_FORMAT)
    else:
        # Imported here, since it imports the normalization of texts, which takes a while to load.
        from shangsou.behaviour.query_logs import read_query_log

        rows = ((str(path), {"query": query.text.strip()}) for query in read_query_log(path))
    texts: set[str] = set()
    for where, row in rows:
        if row["query"] and row["query"] not in texts:
            texts.add(row["query"])
            yield where, {"qid": f"q{len(texts)}", **row}


def _first_line(path: Path) -> str:
    """Return the first line of a file that is not blank, in whichever encoding; empty where it has none."""
    file = inspect(path, str(path))
    if not file.encoding:
        return ""
    with file.text() as stream:
        return next((line for _, line in Lines(stream) if isinstance(line, str) and line.strip()), "")


def has_relevant(qrels: Qrels, qid: str) -> bool:
    """Return whether a query has a relevant product, so that it can be measured."""
    return any(grade > 0 for grade in qrels.get(qid, {}).values())


def _judgements(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    lines = numbered_lines(path)
    number, first = next(lines, (1, ""))
    if "qid" not in first.lower().split() and len(first.split()) == 4:
        yield from _trec_rows(path, chain([(number, first)], lines))
    else:
        header = (f"{path}:{number}", first)
        yield from tsv_rows(header, _placed(path, lines), ("qid", "doc_id", "grade"), _QRELS_FORMAT)


def _placed(path: Path, lines: Iterable[tuple[int, str]]) -> Iterator[tuple[str, str]]:
    """Return lines with their places for messages."""
    return ((f"{path}:{number}", line) for number, line in lines)


def _trec_rows(path: Path, lines: Iterable[tuple[int, str]]) -> Iterator[tuple[str, dict[str, str]]]:
    for number, line in lines:
        values = line.split()
        if len(values) != 4:
            raise UnusableInput(
                f"{path}:{number}: {line!r} has {len(values)} fields; wanted is {_QRELS_FORMAT}"
            )
        yield f"{path}:{number}", dict(zip(("qid", "iteration", "doc_id", "grade"), values, strict=True))


def _tags(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag for tag in map(str.strip, value.replace("，", ",").split(",")) if tag))


def _add_grade(grades: dict[str, int], product_id: str, value: str, where: str, judged_for: str) -> None:
    """Add the grade of a product; raises `UnusableInput` if it has another one already."""
    grade = _grade(value, where)
    before = grades.setdefault(product_id, grade)
    if before != grade:
        raise UnusableInput(
            f"{where}: {product_id!r} has grade {grade} for {judged_for} but grade {before} above; "
            "keep one of the two lines"
        )


def _grade(value: str, where: str) -> int:
    match = _GRADE.fullmatch(value)
    if match is None:
        raise UnusableInput(
            f"{where}: grade {value[:40]!r} is no whole number of up to three digits; "
            "use 0 for not relevant, 1 and more for relevant"
        )
    return int(match["grade"])
