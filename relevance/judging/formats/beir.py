"""Queries of BEIR, whose qrels lie in a folder of their own: `queries.jsonl` and `qrels/test.tsv`."""

from pathlib import Path

from relevance.judgements import DEFAULT_SET, Query
from relevance.judging.formats.json_values import text_of
from relevance.judging.formats.text_lines import text_lines
from shangsou.errors import UnusableInput
from shangsou.reading.json_lines import json_object

_QUERIES = ("queries.jsonl", "queries.jsonl.gz")


def find_beir_queries(qrels: Path) -> Path | None:
    """Return the file of queries beside the qrels or in the folder above, None if there is none."""
    folders = (qrels.parent, qrels.resolve().parent.parent)
    return next((path for folder in folders for name in _QUERIES if (path := folder / name).is_file()), None)


def read_beir_queries(path: Path) -> list[Query]:
    """Return the queries of JSON Lines with `_id` and `text`.

    Raises `UnusableInput` that names the line: no object, no id or text, a list in its place, an
    id used twice.
    """
    queries: dict[str, Query] = {}
    for where, line in text_lines(path, None):
        record = json_object(line)
        if isinstance(record, str):
            raise UnusableInput(f"{where}: {record}; wanted is a query a line, with _id and text")
        qid, text = text_of(record, ("_id", "id"), where), text_of(record, ("text",), where)
        if not (qid and text):
            raise UnusableInput(f"{where}: no _id and text in {line[:80]!r}; fill them in or delete the line")
        if qid in queries:
            raise UnusableInput(f"{where}: _id {qid!r} stands above already; give each query its own")
        queries[qid] = Query(qid, DEFAULT_SET, text)
    return list(queries.values())
