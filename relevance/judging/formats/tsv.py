"""Our own TSV: judgements as `qid doc_id grade`, and queries."""

from collections.abc import Sequence
from pathlib import Path

from relevance.judgements import Query, tsv_rows
from relevance.judging.formats.columns import is_known
from relevance.judging.formats.judgement_set import JudgementSet, triples
from relevance.judging.formats.rated_rows import RatedRow, ReadOptions, Rows
from relevance.judging.formats.text_lines import text_lines
from shangsou.errors import UnusableInput
from shangsou.output_files import write_text

COLUMNS = ("qid", "doc_id", "grade")


def is_tsv(line: str) -> bool:
    """Return whether a line is our header, without other columns of judgements, as the text or the judge."""
    names = [name.strip().lower() for name in line.split("\t")]
    others = [name for name in names if name not in COLUMNS]
    return all(column in names for column in COLUMNS) and not any(map(is_known, others))


def read_tsv(path: Path, options: ReadOptions) -> Rows:
    """Yield the judgements of a TSV with our header; raises `UnusableInput`."""
    expected = "a header line with the columns qid, doc_id and grade, separated by tabs"
    lines = text_lines(path, options.encoding)
    for where, row in tsv_rows(next(lines, (f"{path}:1", "")), lines, COLUMNS, expected):
        yield RatedRow(where, "", row["qid"], row["doc_id"], row["grade"])


def tsv_text(judgement_set: JudgementSet, path: Path) -> tuple[str, list[str]]:
    """Return judgements as TSV, and what it does not hold; raises `UnusableInput` for a tab in an id."""
    lines = [
        f"{tsv_cell(qid, path)}\t{tsv_cell(doc_id, path)}\t{grade}\n"
        for qid, doc_id, grade in triples(judgement_set.qrels)
    ]
    return "\t".join(COLUMNS) + "\n" + "".join(lines), []


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


def tsv_cell(value: str, path: Path) -> str:
    """Return a value as a cell of TSV; raises `UnusableInput` if it contains a tab or a line feed."""
    if any(char in value for char in "\t\r\n"):
        raise UnusableInput(f"{path}: {value!r} holds a tab or a line feed, which TSV cannot; rename it")
    return value
